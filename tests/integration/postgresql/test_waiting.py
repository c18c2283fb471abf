"""Forecasts, call-backs by themselves, messages and the rota on PostgreSQL."""

from tests.unit.callback.test_abandoned import *  # noqa: F403
from tests.unit.callback.test_messages import TestMayHear  # noqa: F401
from tests.unit.hotline.queueing.test_forecasts import *  # noqa: F403
from tests.unit.hotline.rota.test_service import (  # noqa: F401
    TestIsStaffed,
    TestSwaps,
    test_now_due__expected_late_here_left,
    test_sheet__counts_shifts_duty_and_talks_of_the_month,
)
