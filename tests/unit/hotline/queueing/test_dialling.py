from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from hotline.queueing.dialling import QuietHours

SHANGHAI = ZoneInfo("Asia/Shanghai")
QUIET = QuietHours()
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 3, 2, 23, 0, tzinfo=SHANGHAI)
MORNING_AFTER = datetime(2026, 3, 3, 8, 0, tzinfo=SHANGHAI)

MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    max_value=datetime(2027, 12, 31),  # noqa: DTZ001  # hypothesis adds the zone
    timezones=st.sampled_from([UTC, SHANGHAI]),
)
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
QUIETS = st.builds(QuietHours, begins=TIMES, ends=TIMES)


class TestQuietHours:
    @pytest.mark.parametrize(
        ("hour", "minute", "is_quiet"),
        [
            (20, 59, False),
            (21, 0, True),
            (23, 59, True),
            (0, 0, True),
            (7, 59, True),
            (8, 0, False),
        ],
    )
    def test_cover__default_is_nine_in_the_evening_to_eight(
        self, hour: int, minute: int, is_quiet: bool
    ) -> None:
        assert QUIET.cover(NOON.replace(hour=hour, minute=minute)) is is_quiet

    def test_cover__hours_within_a_day(self) -> None:
        siesta = QuietHours(begins=time(12), ends=time(14))

        assert siesta.cover(NOON)
        assert not siesta.cover(NOON.replace(hour=14))

    def test_cover__equal_ends_are_never_quiet(self) -> None:
        assert not QuietHours(begins=time(8), ends=time(8)).cover(NIGHT)

    def test_over_after__evening_ends_next_morning(self) -> None:
        assert QUIET.over_after(NIGHT) == MORNING_AFTER

    def test_over_after__small_hours_end_the_same_morning(self) -> None:
        assert QUIET.over_after(MORNING_AFTER.replace(hour=3)) == MORNING_AFTER

    @settings(deadline=None)
    @given(MOMENTS, QUIETS)
    def test_over_after__is_the_first_moment_that_is_not_quiet(
        self, moment: datetime, quiet: QuietHours
    ) -> None:
        over = quiet.over_after(moment)

        assert moment <= over < moment + timedelta(days=1)
        assert not quiet.cover(over)
        assert over == moment or quiet.cover(over - timedelta(microseconds=1))
