"""Shifts by the clock on the wall, clashes, attendance; and no formula in a spreadsheet."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis.strategies import builds, dates, integers, lists, sampled_from, times

from hotline.agents.rules import OFF_DUTY, LawyerState
from hotline.rota import rules
from hotline.rota.configuration import RotaRules
from hotline.rota.rules import Attendance, Moved, Refusal, Skills, Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
RULES = RotaRules()
START = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)


def span(begin: float, end: float) -> Span:
    """From and to in hours after the start."""
    return Span(START + timedelta(hours=begin), START + timedelta(hours=end))


spans = builds(
    lambda begin, length: span(begin / 4, (begin + length) / 4), integers(0, 400), integers(1, 40)
)


class TestLocalSpan:
    def test_local_span__night_passes_midnight(self) -> None:
        night = rules.local_span(date(2026, 11, 30), time(20), time(8), SHANGHAI)
        assert night.starts_at == datetime(2026, 11, 30, 12, tzinfo=UTC)
        assert night.ends_at == datetime(2026, 12, 1, 0, tzinfo=UTC)

    def test_local_span__summer_time_shortens_the_night(self) -> None:
        night = rules.local_span(date(2026, 3, 28), time(22), time(6), BERLIN)
        assert night.seconds == 7 * 3600

    @given(day=dates(date(2020, 1, 1), date(2040, 1, 1)), begins=times(), ends=times())
    def test_local_span__is_never_empty_nor_longer_than_a_day(
        self, day: date, begins: time, ends: time
    ) -> None:
        shift = rules.local_span(day, begins, ends, SHANGHAI)
        assert timedelta(0) < shift.ends_at - shift.starts_at <= timedelta(days=1)


def test_month_span__december_ends_with_the_year() -> None:
    december = rules.month_span(date(2026, 12, 24), SHANGHAI)
    assert december.starts_at == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert december.ends_at == datetime(2026, 12, 31, 16, tzinfo=UTC)


class TestClash:
    def test_clash__shifts_that_meet_do_not_overlap(self) -> None:
        assert rules.clash(span(4, 8), [span(0, 4), span(8, 10)], RULES) is None

    def test_clash__shifts_without_a_gap_add_up(self) -> None:
        assert rules.clash(span(8, 13), [span(4, 8), span(0, 4)], RULES) is Refusal.TOO_LONG
        assert rules.clash(span(8.25, 13), [span(4, 8), span(0, 4)], RULES) is None

    @given(one=spans, other=spans)
    def test_clash__overlapping_is_mutual(self, one: Span, other: Span) -> None:
        assert one.overlaps(other) == other.overlaps(one)
        assert one.overlaps(other) == (one.common(other).seconds > 0)

    @given(wanted=lists(spans, max_size=30))
    def test_clash__what_is_let_pass_never_overlaps(self, wanted: list[Span]) -> None:
        had: list[Span] = []
        for each in wanted:
            if rules.clash(each, had, RULES) is None:
                had.append(each)
        ordered = sorted(had)
        assert all(
            first.ends_at <= then.starts_at
            for first, then in zip(ordered, ordered[1:], strict=False)
        )
        longest = timedelta(hours=RULES.longest_hours)
        begun = None
        for position, each in enumerate(ordered):
            joins = position > 0 and ordered[position - 1].ends_at == each.starts_at
            begun = begun if joins and begun is not None else each.starts_at
            assert each.ends_at - begun <= longest


@pytest.mark.parametrize(
    ("language", "topic", "expected"),
    [
        (None, None, None),
        ("zh", "labour", None),
        ("bo", None, Refusal.LANGUAGE),
        ("zh", "family", Refusal.TOPIC),
    ],
)
def test_lacks__language_before_topic(
    language: str | None, topic: str | None, expected: Refusal | None
) -> None:
    skills = Skills(frozenset({"zh"}), frozenset({"labour"}))
    assert rules.lacks(skills, language=language, topic=topic) is expected
    everything = Skills(frozenset({"zh", "bo"}), frozenset({"*"}))
    assert rules.lacks(everything, language=language, topic=topic) is None


class TestAttendance:
    @pytest.mark.parametrize(
        ("minutes", "came", "is_here", "expected"),
        [
            (-16, None, False, Attendance.AHEAD),
            (-15, None, False, Attendance.EXPECTED),
            (-5, -5, True, Attendance.HERE),
            (10, None, False, Attendance.EXPECTED),
            (11, None, False, Attendance.LATE),
            (60, 20, True, Attendance.HERE),
            (60, 0, False, Attendance.LEFT),
            (5, 0, False, Attendance.EXPECTED),
        ],
    )
    def test_attendance__by_the_minute(
        self, minutes: int, came: int | None, is_here: bool, expected: Attendance
    ) -> None:
        came_at = None if came is None else START + timedelta(minutes=came)
        now = START + timedelta(minutes=minutes)
        found = rules.attendance(span(0, 4), now=now, came_at=came_at, is_here=is_here, rules=RULES)
        assert found is expected

    def test_is_late__after_the_tolerance_only(self) -> None:
        assert not rules.is_late(span(0, 4), START + timedelta(minutes=10), RULES)
        assert rules.is_late(span(0, 4), START + timedelta(minutes=10, seconds=1), RULES)
        assert not rules.is_late(span(0, 4), None, RULES)


states = sampled_from(list(LawyerState))


class TestOnDuty:
    def test_on_duty__who_never_changed_was_there_or_not(self) -> None:
        assert rules.on_duty([], span(0, 4), otherwise="available") == [span(0, 4)]
        assert rules.on_duty([], span(0, 4), otherwise="offline") == []

    def test_on_duty__came_an_hour_late_and_left_early(self) -> None:
        moves = [
            Moved(START + timedelta(hours=1), "offline", "available"),
            Moved(START + timedelta(hours=3), "busy", "offline"),
        ]
        duty = rules.on_duty(moves, span(0, 4), otherwise="offline")
        assert rules.seconds_kept(span(0, 4), duty) == 2 * 3600
        assert rules.first_seen(span(0, 4), duty, RULES) == START + timedelta(hours=1)

    @given(steps=lists(builds(lambda at, to: (at, to), integers(0, 239), states), max_size=40))
    def test_on_duty__is_the_time_spent_in_states_of_duty(
        self, steps: list[tuple[int, LawyerState]]
    ) -> None:
        state = "offline"
        moves = []
        for minute, to in sorted(steps, key=lambda step: step[0]):
            moves.append(Moved(START + timedelta(minutes=minute), state, to.value))
            state = to.value
        duty = rules.on_duty(moves, span(0, 4), otherwise="offline")

        minutes = 0
        for minute in range(240):
            at = START + timedelta(minutes=minute)
            latest = [move.after for move in moves if move.at <= at]
            minutes += (latest[-1] if latest else "offline") not in OFF_DUTY
        assert rules.seconds_kept(span(0, 4), duty) == minutes * 60


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_cell__is_never_a_formula(text: str) -> None:
    assert rules.cell(text) == f"'{text}"


def test_cell__numbers_and_names_stay() -> None:
    assert (rules.cell(-3), rules.cell("张律师")) == ("-3", "张律师")
