"""What a call meets, over a real database."""

from datetime import timedelta

import pytest
from sqlmodel import select

from callback import service as callbacks
from hotline.agents.rules import LawyerState
from hotline.announcements import service as announcements
from hotline.announcements.service import MOST_AT_ONCE, NewAnnouncement, Place
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.errors import Conflict, InvalidInput
from hotline.house import House
from hotline.queueing.offers import make_offer
from hotline.rota import service as rota
from hotline.rota.rules import Span
from hotline.rota.service import NewSeat
from hotline.tables import Lawyer, Offer, QueueEntry, User
from ivr.arrivals import Arrival, begin, look
from ivr.crowd import busy
from ivr.flow.busy import Busy
from tests.unit.hotline.factories import create_lawyer
from tests.unit.ivr.flow.definitions import make_flow

FLOW = make_flow()


def switch_on(house: House, ids: dict[str, str], **values: object) -> str:
    """An announcement that is on; its id."""
    new = {
        "text": "系统检修",
        "prompt": "flood",
        "languages": ["zh", "en"],
        "place": Place.BEFORE,
        **values,
    }
    with house.database.session() as session:
        by = session.get_one(User, ids["supervisor"])
        row = announcements.switch_on(session, house, NewAnnouncement(**new), by=by)  # type: ignore[arg-type]  # a test's dictionary
        return row.id


def set_hours(house: House, ids: dict[str, str], **values: object) -> None:
    """Other rules about hours."""
    with house.database.session() as session:
        before = configuration.latest(session, "hours")
        configuration.change(
            session,
            house,
            "hours",
            values,
            expected=before.version if before else 0,
            by=session.get_one(User, ids["admin"]),
        )


def test_look__round_the_clock_and_quiet(house: House) -> None:
    assert look(house, FLOW) == Arrival(is_open=True)


def test_look__closed_by_administrators_today(house: House, ids: dict[str, str]) -> None:
    today = house.clock.now().astimezone(house.settings.zone).date().isoformat()
    set_hours(house, ids, exceptions=[{"day": today}])
    assert not look(house, FLOW).is_open


def test_look__a_timetable_that_is_missing_closes_nothing(
    house: House, ids: dict[str, str]
) -> None:
    set_hours(house, ids, in_force="nowhere")
    assert look(house, FLOW).is_open


def test_look__announcements_until_their_end_or_until_switched_off(
    house: House, ids: dict[str, str], clock: FakeClock
) -> None:
    first = switch_on(house, ids, ends_at=clock.now() + timedelta(hours=1))
    switch_on(house, ids, prompt="strike", languages=["zh"], place=Place.AFTER)
    assert look(house, FLOW) == Arrival(True, ("flood@zh", "flood@en"), ("strike@zh",))

    clock.advance(seconds=3600)
    assert look(house, FLOW).before == ()

    with house.database.session() as session:
        by = session.get_one(User, ids["supervisor"])
        (still_on,) = announcements.now_on(session, clock.now())
        announcements.switch_off(session, house, still_on.id, by=by)
        announcements.switch_off(session, house, first, by=by)
    assert look(house, FLOW) == Arrival(is_open=True)


def test_switch_on__what_nobody_would_bear_or_hear(
    house: House, ids: dict[str, str], clock: FakeClock
) -> None:
    with pytest.raises(InvalidInput):
        switch_on(house, ids, ends_at=clock.now())
    for _ in range(MOST_AT_ONCE):
        switch_on(house, ids)
    with pytest.raises(Conflict):
        switch_on(house, ids)


@pytest.mark.parametrize(("position", "expected"), [(1, None), (31, None), (32, Busy.LONG)])
def test_busy__more_ahead_than_administrators_allow(
    house: House, ids: dict[str, str], position: int, expected: Busy | None
) -> None:
    with house.database.reading() as session:
        assert busy(session, position) is expected


def test_busy__nobody_is_signed_in(house: House, ids: dict[str, str]) -> None:
    with house.database.session() as session:
        for name in ("li", "wang"):
            session.get_one(Lawyer, ids[name]).state = "offline"
    with house.database.reading() as session:
        assert busy(session, 1) is Busy.UNSTAFFED
    set_hours(house, ids, says_unstaffed=False, busy_above=None)
    with house.database.reading() as session:
        assert busy(session, 1000) is None


def plan(house: House, ids: dict[str, str], *, in_hours: float, lawyer: str | None = "li") -> None:
    """A shift of eight hours, with one seat."""
    begins = house.clock.now() + timedelta(hours=in_hours)
    seat = NewSeat(lawyer_id=ids[lawyer] if lawyer else None)
    with house.database.session() as session:
        rota.plan_span(
            session,
            house,
            Span(begins, begins + timedelta(hours=8)),
            label="",
            seats=[seat],
            by=session.get_one(User, ids["supervisor"]),
        )


def sign_everybody_out(house: House) -> None:
    with house.database.session() as session:
        for lawyer in session.exec(select(Lawyer)):
            lawyer.state = "offline"


class TestRota:
    @pytest.fixture(autouse=True)
    def _nobody_is_there(self, house: House, ids: dict[str, str]) -> None:
        set_hours(house, ids, needs_rota=True)
        sign_everybody_out(house)

    def test_look__a_shift_is_on(self, house: House, ids: dict[str, str]) -> None:
        plan(house, ids, in_hours=-1)
        assert look(house, FLOW).is_open

    def test_look__an_hour_without_a_shift_is_out_of_hours(
        self, house: House, ids: dict[str, str]
    ) -> None:
        plan(house, ids, in_hours=1)
        assert not look(house, FLOW).is_open

    def test_look__a_seat_that_nobody_has_promises_nobody(
        self, house: House, ids: dict[str, str]
    ) -> None:
        plan(house, ids, in_hours=-1, lawyer=None)
        assert not look(house, FLOW).is_open

    def test_look__who_is_signed_in_counts(self, house: House, ids: dict[str, str]) -> None:
        plan(house, ids, in_hours=1)
        with house.database.session() as session:
            session.get_one(Lawyer, ids["li"]).state = "idle"
        assert look(house, FLOW).is_open

    def test_look__no_rota_closes_nothing(self, house: House) -> None:
        assert look(house, FLOW).is_open

    def test_look__the_clock_counts_before_the_rota(
        self, house: House, ids: dict[str, str]
    ) -> None:
        plan(house, ids, in_hours=-1)
        set_hours(house, ids, needs_rota=True, in_force="shut", timetables={"shut": {}})
        assert not look(house, FLOW).is_open

    def test_look__the_rota_is_not_asked_unless_wanted(
        self, house: House, ids: dict[str, str]
    ) -> None:
        plan(house, ids, in_hours=1)
        set_hours(house, ids)
        assert look(house, FLOW).is_open


def test_begin__what_rings_for_the_caller_at_a_lawyer_is_withdrawn(house: House) -> None:
    with house.database.session() as session:
        callbacks.request(session, house, number="13800001111", language="zh", topic=None)
        entry = session.exec(select(QueueEntry)).one()
        lawyer = create_lawyer(session, house)
        offer = make_offer(session, house, entry, lawyer, fence=1)
    for number in ("13900002222", None, "13800001111"):
        with house.database.reading() as session:
            assert session.get_one(Offer, offer.id).state == "open"
        begin(house, number=number, called="12348", node="test", flow_version="")
    with house.database.reading() as session:
        assert session.get_one(Offer, offer.id).reason == "superseded"
        assert session.get_one(QueueEntry, entry.id).state == "waiting"
        assert session.get_one(Lawyer, lawyer.user_id).state == LawyerState.AVAILABLE
