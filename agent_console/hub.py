"""The hub: every connected page, and each event read once for all of them.

One follower reads the events; `telling` makes of each what every audience may see; the last ones
are kept in a ring, so that a page that comes back with `?after=N` gets what it missed. Whoever was
away longer gets a snapshot. A page never waits for another: each has a line of its own, and one
that does not read is sent away.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from agent_console import protocol
from agent_console.audience import Audience, Told
from agent_console.client import Client
from agent_console.presence import Presence
from agent_console.protocol import CloseCode, Kind
from agent_console.snapshot import Resumed, Snapshot
from agent_console.telling import tell
from hotline.accounts.service import user_of_token
from hotline.bus import Live
from hotline.events import Event, EventType
from hotline.follower import Follower
from hotline.house import House
from hotline.tables import Call
from hotline.views.access import LAWYER, WATCHERS
from hotline.views.figures import summary
from hotline.views.reader import Reader

log = logging.getLogger(__name__)

# Some minutes of a busy hotline; the texts are shared, so this is a few megabytes.
RING_LENGTH = 2000

_SUMMARY_SECONDS = 2.0
_RECHECK_SECONDS = 30.0


# The key of the row that an event tells of; rows are read as they are now, not as they were.
_ROWS_OF = {
    EventType.CALL_CHANGED.value: "call_id",
    EventType.LAWYER_CHANGED.value: "lawyer_id",
    EventType.TICKET_CHANGED.value: "ticket_id",
}


class Hub:
    """The pages of one web process."""

    def __init__(
        self,
        house: House,
        *,
        ring_length: int = RING_LENGTH,
        recheck_seconds: float = _RECHECK_SECONDS,
    ) -> None:
        """Args:
        house: The process's house.
        ring_length: How many events a page may miss and still resume.
        recheck_seconds: How soon a page is closed whose sign-in has ended.
        """
        self._house = house
        self._recheck_seconds = recheck_seconds
        self._clients: set[Client] = set()
        self._ring: deque[Told] = deque(maxlen=ring_length)
        self._ring_begins_after = 0
        self._seq = 0
        self._lawyer_of_call: dict[str, str | None] = {}
        self.presence = Presence(house)

    @property
    def seq(self) -> int:
        """The last event that the pages have been told of."""
        return self._seq

    def __len__(self) -> int:
        return len(self._clients)

    async def run(self) -> None:
        """Serves the pages until cancelled; may be run again when it has failed."""
        self._ring.clear()
        follower = Follower(
            self._house, self._on_event, on_live=self._on_live, choose=without_overtaken
        )
        self._seq = self._ring_begins_after = await follower.start()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(follower.run())
                tasks.create_task(self.presence.run())
                tasks.create_task(self._send_summaries())
                tasks.create_task(self._recheck_members())
        finally:
            for client in self._clients:
                client.kick(CloseCode.GOING_AWAY)

    def can_resume(self, after: int) -> bool:
        """Whether everything after this event is still in the ring."""
        return self._ring_begins_after <= after <= self._seq

    def resume(self, client: Client, resumed: Resumed, *, after: int) -> None:
        """Lets a page go on after the last event it has."""
        client.seq = after
        data = resumed.model_dump(mode="json")
        client.send(protocol.hello(after, at=resumed.server_time, data=data))
        self._join(client)

    def begin(self, client: Client, snapshot: Snapshot) -> bool:
        """Lets a page begin with a snapshot.

        Returns:
            False when so much has happened since the snapshot was read that it is too old.
        """
        if snapshot.seq < self._ring_begins_after:
            return False
        client.seq = snapshot.seq
        data = snapshot.model_dump(mode="json")
        client.send(protocol.hello(snapshot.seq, at=snapshot.server_time, data=data))
        self._join(client)
        return True

    def leave(self, client: Client) -> None:
        """Forgets a page."""
        if client in self._clients:
            self._clients.remove(client)
            if LAWYER in client.member.roles:
                self.presence.went(client.member.user_id)

    def _join(self, client: Client) -> None:
        # Nothing is awaited between catching up and joining, so no event falls in between.
        for told in self._ring:
            self._hand_on(client, told)
        self._clients.add(client)
        if LAWYER in client.member.roles:
            self.presence.came(client.member.user_id)

    def _hand_on(self, client: Client, told: Told) -> None:
        if told.seq <= client.seq:
            return
        client.seq = told.seq
        text = told.text_for(client.member.user_id, client.member.roles)
        if text is not None:
            client.send(text)

    async def _on_event(self, event: Event) -> None:
        if event.type in (EventType.CALL_CHANGED, EventType.CALL_ENDED):
            self._lawyer_of_call.pop(str(event.data.get("call_id")), None)
        try:
            told = await asyncio.to_thread(tell, self._house, event)
        except Exception:
            # One event that cannot be shown must not hold up those that follow; the pages' rows
            # come right with the next event about the same thing.
            log.exception("event could not be told", extra={"event": event.type})
            told = None
        self._seq = event.seq
        if told is None:
            return
        if len(self._ring) == self._ring.maxlen:
            self._ring_begins_after = self._ring[0].seq
        self._ring.append(told)
        for client in self._clients:
            self._hand_on(client, told)

    async def _on_live(self, live: Live) -> None:
        if live.kind != Kind.TRANSCRIPT_PARTIAL or not self._clients:
            return
        call_id = str(live.data.get("call_id"))
        if call_id not in self._lawyer_of_call:
            self._lawyer_of_call[call_id] = await asyncio.to_thread(self._find_lawyer, call_id)
        lawyer_id = self._lawyer_of_call[call_id]
        if lawyer_id is not None:
            data = {**live.data, "final": False}
            self._send_now(Audience(users=frozenset({lawyer_id})), Kind.TRANSCRIPT_PARTIAL, data)

    def _send_now(self, audience: Audience, kind: Kind, data: protocol.Data) -> None:
        """Sends something of the moment; it carries the last seq and is not kept."""
        text = protocol.event(self._seq, kind, at=self._house.clock.now(), data=data)
        for client in self._clients:
            if audience.includes(client.member.user_id, client.member.roles):
                client.send(text)

    def _find_lawyer(self, call_id: str) -> str | None:
        with self._house.database.reading() as session:
            call = session.get(Call, call_id)
            return call.lawyer_id if call else None

    async def _send_summaries(self) -> None:
        audience = Audience(WATCHERS)
        while True:
            await asyncio.sleep(_SUMMARY_SECONDS)
            if not any(not WATCHERS.isdisjoint(one.member.roles) for one in self._clients):
                continue
            try:
                data = await asyncio.to_thread(self._summary)
            except Exception:
                log.exception("figures could not be counted")
            else:
                self._send_now(audience, Kind.SUMMARY, data)

    def _summary(self) -> protocol.Data:
        with self._house.database.reading() as session:
            return summary(Reader(session, self._house)).model_dump(mode="json")

    async def _recheck_members(self) -> None:
        """Sends away whoever has signed out or been shut out since connecting."""
        while True:
            await asyncio.sleep(self._recheck_seconds)
            clients = list(self._clients)
            try:
                tokens = {client.member.token for client in clients}
                good = await asyncio.to_thread(self._good_tokens, tokens)
            except Exception:
                log.exception("sign-ins could not be checked")
                continue
            for client in clients:
                if client.member.token not in good:
                    client.kick(CloseCode.NOT_SIGNED_IN)

    def _good_tokens(self, tokens: set[str]) -> set[str]:
        with self._house.database.reading() as session:
            return {token for token in tokens if user_of_token(session, self._house, token)}


def without_overtaken(events: Sequence[Event]) -> list[Event]:
    """Leaves out what a later event tells again: rows are read as they are now, not as they were.

    When much happens at once an offer must not wait until the same row has been told ten times.
    """
    last = {_subject(event): event.seq for event in events}
    return [event for event in events if last[_subject(event)] == event.seq]


def _subject(event: Event) -> tuple[str, object]:
    """What an event tells of; events that tell of the same take each other's place."""
    if event.type == EventType.QUEUE_CHANGED:
        return event.type, "everybody"
    if event.type in _ROWS_OF:
        return event.type, event.data.get(_ROWS_OF[event.type])
    return event.type, event.seq
