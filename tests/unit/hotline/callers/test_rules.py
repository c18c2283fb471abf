from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hotline.callers.rules import (
    EarlierCall,
    Group,
    OpenTicket,
    Record,
    Standing,
    age_on,
    born_of,
    groups_of,
    standing,
)
from hotline.queueing.rules import Priority

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)

CUT_OFF = EarlierCall(
    ended_at=NOW - timedelta(minutes=3),
    end_reason="caller_lost",
    placed_at=NOW - timedelta(minutes=20),
    topic="family",
)
TICKET = OpenTicket("user_1", topic="contracts", matter="loan")


def served(record: Record, *, topic: str | None = None) -> Standing:
    return standing(record, now=NOW, today=TODAY, cut_off=timedelta(minutes=10), topic=topic)


def test_standing__nobody_known_is_served_like_everybody() -> None:
    assert served(Record()) == Standing()


class TestElderly:
    @pytest.mark.parametrize(
        ("born", "is_elderly"),
        [
            (date(1966, 11, 22), True),
            (date(1966, 11, 23), False),
            (date(1940, 1, 1), True),
            (date(1990, 1, 1), False),
        ],
    )
    def test_standing__from_sixty_straight_and_slow(self, born: date, is_elderly: bool) -> None:
        found = served(Record(born=born))
        assert (found.priority is Priority.ELDERLY) is is_elderly
        assert (found.is_straight, found.is_slow) == (is_elderly, is_elderly)

    def test_standing__a_lawyers_word_counts_where_no_day_is_known(self) -> None:
        assert served(Record(groups=frozenset({Group.ELDERLY}))).is_slow

    def test_standing__a_known_day_of_birth_counts_more(self) -> None:
        record = Record(born=date(1990, 1, 1), groups=frozenset({Group.ELDERLY}))
        assert served(record) == Standing()

    def test_standing__disabled_are_as_urgent_but_choose_for_themselves(self) -> None:
        found = served(Record(groups=frozenset({Group.DISABLED})))
        assert found.priority is Priority.ELDERLY
        assert not found.is_straight


class TestMinors:
    def test_standing__below_eighteen(self) -> None:
        assert served(Record(born=date(2008, 11, 23))).priority is Priority.MINOR
        assert served(Record(born=date(2008, 11, 22))).priority is Priority.NORMAL

    def test_standing__before_the_elderly(self) -> None:
        both = frozenset({Group.MINOR, Group.ELDERLY})
        assert served(Record(groups=both)).priority is Priority.MINOR


class TestWages:
    @pytest.mark.parametrize(
        ("topic", "priority"),
        [
            ("labour", Priority.WAGES),
            (None, Priority.WAGES),
            ("family", Priority.NORMAL),
        ],
    )
    def test_standing__migrant_workers_who_ask_about_work(
        self, topic: str | None, priority: Priority
    ) -> None:
        record = Record(groups=frozenset({Group.MIGRANT_WORKER}))
        assert served(record, topic=topic).priority is priority

    def test_standing__an_open_matter_of_wages(self) -> None:
        record = Record(ticket=replace(TICKET, matter="wages"))
        assert served(record, topic="family").priority is Priority.WAGES


class TestReturning:
    def test_standing__to_the_lawyer_of_the_open_ticket(self) -> None:
        found = served(Record(ticket=TICKET))
        assert found.priority is Priority.RETURNING
        assert found.lawyer_id == "user_1"
        assert found.is_straight
        assert found.topic == "contracts"
        assert not found.is_slow


class TestCutOff:
    def test_standing__gets_the_old_place_back(self) -> None:
        found = served(Record(last=CUT_OFF))
        assert found.priority is Priority.CUT_OFF
        assert found.placed_at == CUT_OFF.placed_at
        assert (found.is_straight, found.topic) == (True, "family")

    def test_standing__keeps_the_lawyer_of_the_talk_that_broke_off(self) -> None:
        found = served(Record(last=CUT_OFF, ticket=TICKET))
        assert found.priority is Priority.CUT_OFF
        assert found.lawyer_id == "user_1"

    @pytest.mark.parametrize(
        "last",
        [
            replace(CUT_OFF, ended_at=NOW - timedelta(minutes=10, seconds=1)),
            replace(CUT_OFF, end_reason="caller_hung_up"),
            replace(CUT_OFF, end_reason="lawyer_hung_up"),
            replace(CUT_OFF, end_reason="callback_booked"),
        ],
    )
    def test_standing__not_after_ten_minutes_or_a_wanted_end(self, last: EarlierCall) -> None:
        assert served(Record(last=last)) == Standing()


class TestBornOf:
    @pytest.mark.parametrize(
        ("identity", "born"),
        [
            ("11010519491231002X", date(1949, 12, 31)),
            ("11010519491231002x", date(1949, 12, 31)),
            (" 440524188001010014 ", date(1880, 1, 1)),
            ("110105194912310021", None),
            ("11010519491331002X", None),
            ("1101051949123100", None),
            ("护照号码", None),
            ("", None),
        ],
    )
    def test_born_of__a_number_with_the_right_check(self, identity: str, born: date | None) -> None:
        assert born_of(identity) == born


def test_age_on__leap_day() -> None:
    assert age_on(date(2026, 2, 28), born=date(1964, 2, 29)) == 61
    assert age_on(date(2026, 3, 1), born=date(1964, 2, 29)) == 62


class TestGroupsOf:
    def test_groups_of__facts_about_the_caller(self) -> None:
        facts = {"age": 67, "disabilities": ["sight"], "migrant_worker": True}
        expected = {Group.ELDERLY, Group.DISABLED, Group.MIGRANT_WORKER}
        assert groups_of(facts) == expected
        assert groups_of({"age": 16}) == {Group.MINOR}

    @pytest.mark.parametrize(
        "facts",
        [
            {},
            {"age": 67, "applicant": "near_relative"},
            {"age": None, "disabilities": [], "migrant_worker": None},
            {"age": True, "migrant_worker": "no"},
            {"age": 40},
        ],
    )
    def test_groups_of__nothing_that_is_not_said_of_the_caller(
        self, facts: dict[str, object]
    ) -> None:
        assert groups_of(facts) == frozenset()
