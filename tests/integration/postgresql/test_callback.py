"""Calling back on PostgreSQL: what holds on SQLite must hold there."""

from tests.unit.callback.test_attempts import *  # noqa: F403
from tests.unit.callback.test_jobs import *  # noqa: F403
from tests.unit.callback.test_service import *  # noqa: F403
