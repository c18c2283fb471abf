from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from hotline.clock import start_of_day

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 3, 2, 15, 59, tzinfo=UTC), datetime(2026, 3, 1, 16, tzinfo=UTC)),
        (datetime(2026, 3, 2, 16, 0, tzinfo=UTC), datetime(2026, 3, 2, 16, tzinfo=UTC)),
        (datetime(2026, 12, 31, 20, 0, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_start_of_day__is_midnight_in_the_zone(now: datetime, expected: datetime) -> None:
    assert start_of_day(now, SHANGHAI) == expected
