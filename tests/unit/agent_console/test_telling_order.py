"""However events fall into batches and wherever a connection breaks, pages end up the same."""

import os
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, example, given, settings, strategies as st
from sqlmodel import Session, col, select

from agent_console.batch import Batch
from agent_console.ring import Ring
from agent_console.snapshot import read_snapshot
from agent_console.telling import tell
from hotline.agents import service as agents
from hotline.calls import service as calls
from hotline.events import Event, EventType, last_seq, read_after
from hotline.house import House
from hotline.queueing import service as queueing
from hotline.queueing.offers import accept, decline, make_offer
from hotline.queueing.repository import live_entries, live_entry_of_call, open_offers
from hotline.tables import Call, Lawyer, Leg, QueueEntry, User
from hotline.views.reader import Reader
from tests.unit.agent_console.page import Page
from tests.unit.api.factories import add_waiting

# More with HOTLINE_STORIES, as the queue's own stories.
_EXAMPLES = int(os.environ.get("HOTLINE_STORIES", "10"))

ROLES = frozenset({"lawyer"})


def _call(house: House) -> None:
    add_waiting(house, number="13800001234")


def _offer(house: House) -> None:
    with house.database.session() as session:
        entry = _first(session, QueueEntry, QueueEntry.state, "waiting")
        lawyer = _first(session, Lawyer, Lawyer.state, "available")
        if entry is not None and lawyer is not None:
            make_offer(session, house, entry, lawyer, fence=1)


def _accept(house: House) -> None:
    with house.database.session() as session:
        for offer in open_offers(session)[:1]:
            won = accept(session, house, offer.id, offer.lawyer_id)
            house.record(session, EventType.LEG_READY, leg_id=won.leg_id, call_id=won.call_id)


def _decline(house: House) -> None:
    with house.database.session() as session:
        for offer in open_offers(session)[:1]:
            decline(session, house, offer.id, offer.lawyer_id)


def _give_up(house: House) -> None:
    with house.database.session() as session:
        for entry in live_entries(session)[:1]:
            queueing.leave(session, house, entry, reason="caller_hung_up")


def _talk(house: House) -> None:
    with house.database.session() as session:
        for leg in session.exec(select(Leg).where(col(Leg.state) != "closed")):
            call = session.get_one(Call, leg.call_id)
            calls.change(session, house, call, state="talking")


def _end(house: House) -> None:
    with house.database.session() as session:
        call = session.exec(select(Call).where(col(Call.state) != "ended")).first()
        if call is not None:
            entry = live_entry_of_call(session, call.id)
            if entry is not None:
                queueing.leave(session, house, entry, reason="caller_hung_up")
            calls.end(session, house, call, reason="caller_hung_up")


def _rest(house: House) -> None:
    with house.database.session() as session:
        lawyer = _first(session, Lawyer, Lawyer.state, "wrap_up")
        if lawyer is not None:
            agents.end_wrap_up(session, house, lawyer)


def _first(session: Session, table: Any, column: Any, value: str) -> Any:
    return session.exec(select(table).where(col(column) == value)).first()


DEEDS: Sequence[Callable[[House], None]] = (
    *(_call, _offer, _accept, _talk, _end, _rest, _offer, _accept, _decline, _give_up),
)


# As many as there may be.
_ALL = 1000


class Server:
    """What the hub does with batches, without sockets."""

    def __init__(self, house: House, lawyer_id: str) -> None:
        self.house, self.lawyer_id = house, lawyer_id
        self.ring = Ring(1000)
        self.batch = Batch()
        self.read_to = self._newest()
        self.ring.clear(self.read_to)
        self.plain = self.join()

    def join(self) -> Page:
        """A page that begins with a snapshot of now."""
        with self.house.database.reading() as session:
            reader = Reader(session, self.house, session.get_one(User, self.lawyer_id))
            snapshot = read_snapshot(reader)
        after = self.ring.safe_after(snapshot.seq)
        assert after is not None
        page = Page(self.lawyer_id)
        page.begin(after, snapshot.model_dump(mode="json"))
        return page

    def tell(self, *, rest: int = _ALL) -> None:
        """Tells what rings, and some of the rest; the plain page hears event by event."""
        with self.house.database.reading() as session:
            events = read_after(session, self.read_to)
        for event in events:
            for text in self._texts([event]):
                self.plain.hear(text)
        if not self.batch:
            self.ring.begin_batch()
        if events:
            self.batch.add(events)
            self.read_to = events[-1].seq
        self._add(self.batch.take_ringing())
        self._add(self.batch.take(rest))
        if not self.batch:
            self.ring.end_batch(self.read_to)

    def _add(self, events: Sequence[Event]) -> None:
        for told in tell(self.house, events):
            self.ring.add(told)

    def catch_up(self, page: Page, *, at_most: int = 1000) -> None:
        """The page comes back, hears so many messages, and loses the connection again."""
        assert self.ring.can_resume(page.seq)
        missed = [told for told in self.ring if told.seq > page.seq]
        for told in missed[:at_most]:
            text = told.text_for(self.lawyer_id, ROLES)
            if text is not None:
                page.hear(text)

    def _texts(self, events: Sequence[Event]) -> list[str]:
        texts = (told.text_for(self.lawyer_id, ROLES) for told in tell(self.house, events))
        return [text for text in texts if text is not None]

    def _newest(self) -> int:
        with self.house.database.reading() as session:
            return last_seq(session)


@settings(
    max_examples=_EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    batches=st.lists(
        st.tuples(
            st.lists(st.sampled_from(DEEDS), min_size=1, max_size=8),
            st.integers(0, 8),
            st.integers(0, 12),
            st.sampled_from((0, 1, 2, 5, _ALL)),
        ),
        min_size=2,
        max_size=4,
    )
)
@example(
    [
        ([_call, _offer], 8, 12, _ALL),
        ([_accept, _end, _rest, _call, _offer], 8, 3, _ALL),
        ([_accept], 8, 9, _ALL),
    ]
)
@example(
    [
        ([_call, _offer], 8, 12, _ALL),
        ([_accept, _end, _rest], 2, 3, 0),
        ([_call, _offer], 1, 2, 1),
        ([_accept], 0, 9, _ALL),
    ]
)
def test_pages__end_up_the_same_whatever_the_order(
    house: House, ids: dict[str, str], batches: list[tuple[list[Any], int, int, int]]
) -> None:
    server = Server(house, ids["li"])
    staying, losing = server.join(), server.join()
    late: list[Page] = []
    for deeds, joins_before, heard, rest in batches:
        for place, deed in enumerate(deeds):
            if place == joins_before:
                late.append(server.join())
            deed(house)
        server.tell(rest=rest)
        server.catch_up(staying)
        server.catch_up(losing, at_most=heard)
    server.tell()
    server.catch_up(staying)
    for page in (losing, *late):
        server.catch_up(page)

    for page in (staying, losing, *late):
        assert page.shown() == server.plain.shown()
    for page in (staying, losing):
        assert page.remembered() == server.plain.remembered()
