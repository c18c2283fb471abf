from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from hotline.queueing.dialling import AWAKE_FOR, QuietHours, Source, Window, first_moment
from tests.unit.hotline.queueing.hours import (
    MORNING_AFTER,
    NIGHT,
    NOON,
    PROMPT_SOURCES,
    QUIET,
    moments,
    quiets,
    windows,
)


def first(
    at: datetime,
    *,
    source: Source = Source.WEB,
    asked_at: datetime = NOON,
    window: Window | None = None,
    quiet: QuietHours = QUIET,
) -> datetime:
    return first_moment(at, source=source, asked_at=asked_at, window=window, quiet=quiet)


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
    @given(moments, quiets)
    def test_over_after__is_the_first_moment_that_is_not_quiet(
        self, moment: datetime, quiet: QuietHours
    ) -> None:
        over = quiet.over_after(moment)

        assert moment <= over < moment + timedelta(days=1)
        assert not quiet.cover(over)
        assert over == moment or quiet.cover(over - timedelta(microseconds=1))


class TestFirstMoment:
    def test_first_moment__day_without_window_is_at_once(self) -> None:
        assert first(NOON) == NOON

    def test_first_moment__night_without_window_waits_for_morning(self) -> None:
        assert first(NIGHT) == MORNING_AFTER

    @pytest.mark.parametrize("source", PROMPT_SOURCES)
    def test_first_moment__who_just_pressed_the_key_at_night_is_awake(self, source: Source) -> None:
        assert first(NIGHT, source=source, asked_at=NIGHT) == NIGHT
        assert first(NIGHT + AWAKE_FOR, source=source, asked_at=NIGHT) == MORNING_AFTER

    @pytest.mark.parametrize("after", [timedelta(0), timedelta(hours=1, minutes=30)])
    def test_first_moment__chosen_night_is_kept_across_midnight(self, after: timedelta) -> None:
        window = Window(NIGHT, NIGHT + timedelta(hours=2))

        assert first(NIGHT + after, window=window) == NIGHT + after

    def test_first_moment__before_the_window_waits_for_it(self) -> None:
        assert first(NOON, window=Window(NIGHT, NIGHT + timedelta(hours=2))) == NIGHT

    def test_first_moment__missed_window_comes_again_next_day(self) -> None:
        window = Window(NOON, NOON + timedelta(hours=1))

        assert first(NOON + timedelta(hours=1), window=window) == NOON + timedelta(days=1)

    def test_first_moment__whole_day_chooses_no_hours_so_quiet_hours_hold(self) -> None:
        assert first(NOON, window=Window(NIGHT, NIGHT + timedelta(days=1))) == MORNING_AFTER

    @settings(deadline=None)
    @given(data=st.data(), source=st.sampled_from(Source), at=moments, quiet=quiets)
    def test_first_moment__keeps_chosen_hours_or_quiet_ones_and_settles_at_once(
        self, data: st.DataObject, source: Source, at: datetime, quiet: QuietHours
    ) -> None:
        asked_at = data.draw(moments)
        window = data.draw(windows(asked_at))

        found = first(at, source=source, asked_at=asked_at, window=window, quiet=quiet)

        assert found >= at
        assert first(found, source=source, asked_at=asked_at, window=window, quiet=quiet) == found
        if window is not None and window.names_hours:
            passed = (found - window.opens_at) % timedelta(days=1)
            assert found >= window.opens_at
            assert passed < window.closes_at - window.opens_at
        else:
            is_awake = source in PROMPT_SOURCES and found < asked_at + AWAKE_FOR
            assert is_awake or not quiet.cover(found)
