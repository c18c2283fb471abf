"""The hub: every connected page, and what happened read once for all of them.

One follower reads the events; what rings is told at once, the rest soon and together, in the order
of `batch`; `telling` makes of each what every audience may see; the last ones are kept in a ring,
so that a page that comes back with `?after=N` gets what it missed. Whoever was away longer gets a
snapshot. A page never waits for another: each has a line of its own, and one that does not read is
sent away.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from agent_console import protocol
from agent_console.audience import Audience, Told
from agent_console.batch import Batch
from agent_console.client import Client
from agent_console.presence import Presence
from agent_console.protocol import CloseCode, Kind
from agent_console.ring import Ring
from agent_console.snapshot import Resumed, Snapshot
from agent_console.telling import tell
from hotline.accounts.service import user_of_token
from hotline.bus import Live
from hotline.calls.service import ENDED
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

# A page that is not let in comes back by itself.
_READY_SECONDS = 5.0
# So many events are told at once; then what has begun to ring meanwhile is looked for.
SLICE = 12
# After so many slices the rest is told without a look, so that a batch ends however much happens.
_MOST_SLICES = 20
# Rows that change again and again are told once in this time, so that little is being told when
# something rings. The first change after a pause waits for nothing.
_PACE_SECONDS = 0.1

_OF_CALLS = (EventType.CALL_CHANGED, EventType.CALL_ENDED)


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
        self._ring = Ring(ring_length)
        self._batch = Batch()
        self._read_to = 0
        self._rest_from = 0.0
        self._slices = 0
        self._following = asyncio.Event()
        self._lawyer_of_call: dict[str, str | None] = {}
        self.presence = Presence(house)

    @property
    def seq(self) -> int:
        """The number of what the pages have been told last."""
        return self._ring.seq

    def __len__(self) -> int:
        return len(self._clients)

    async def run(self) -> None:
        """Serves the pages until cancelled; may be run again when it has failed."""
        follower = Follower(
            self._house, on_batch=self._on_batch, on_live=self._on_live, due_in=self._due_in
        )
        self._read_to = await follower.start()
        self._ring.clear(self._read_to)
        self._batch = Batch()
        self._slices = 0
        self._lawyer_of_call.clear()
        self._following.set()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(follower.run())
                tasks.create_task(self.presence.run())
                tasks.create_task(self._send_summaries())
                tasks.create_task(self._recheck_members())
        finally:
            self._following.clear()
            for client in self._clients:
                client.kick(CloseCode.GOING_AWAY)

    async def is_ready(self) -> bool:
        """Waits until events are followed; False when that takes too long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_READY_SECONDS):
                await self._following.wait()
        return self._following.is_set()

    def can_resume(self, after: int) -> bool:
        """Whether everything that was told after this is still in the ring."""
        return self._following.is_set() and self._ring.can_resume(after)

    def resume(self, client: Client, resumed: Resumed, *, after: int) -> None:
        """Lets a page go on after the last event it has."""
        client.seq = after
        data = resumed.model_dump(mode="json")
        client.send(protocol.hello(after, at=resumed.server_time, data=data))
        self._join(client)

    def begin(self, client: Client, snapshot: Snapshot) -> bool:
        """Lets a page begin with a snapshot.

        Returns:
            False when so much has happened since the snapshot was read that it is too old, or
            when nothing is followed.
        """
        after = self._ring.safe_after(snapshot.seq) if self._following.is_set() else None
        if after is None:
            return False
        client.seq = after
        data = snapshot.model_dump(mode="json")
        client.send(protocol.hello(after, at=snapshot.server_time, data=data))
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

    async def _on_batch(self, events: Sequence[Event]) -> None:
        for event in events:
            if event.type in _OF_CALLS:
                self._lawyer_of_call.pop(str(event.data.get("call_id")), None)
        if not self._batch:
            self._ring.begin_batch()
        if events:
            self._batch.add(events)
            self._read_to = events[-1].seq
        await self._tell(self._batch.take_ringing())
        if (due_in := self._due_in()) is None or due_in <= 0:
            await self._tell_slice()

    def _due_in(self) -> float | None:
        """When what does not ring is to be told, in seconds; None while there is nothing."""
        if not self._batch:
            return None
        return self._rest_from - asyncio.get_running_loop().time()

    async def _tell_slice(self) -> None:
        """Tells some of the rest; the follower comes back for more, with what is new by then."""
        self._slices += 1
        most = SLICE if self._slices < _MOST_SLICES else len(self._batch)
        rest = self._batch.take(most)
        try:
            await self._tell(rest)
        finally:
            if not self._batch:
                self._slices = 0
                self._ring.end_batch(self._read_to)
                if rest:
                    self._rest_from = asyncio.get_running_loop().time() + _PACE_SECONDS

    async def _tell(self, events: Sequence[Event]) -> None:
        for told in await asyncio.to_thread(tell, self._house, events) if events else ():
            self._ring.add(told)
            for client in self._clients:
                self._hand_on(client, told)

    async def _on_live(self, live: Live) -> None:
        if live.kind != Kind.TRANSCRIPT_PARTIAL or not self._clients:
            return
        call_id = str(live.data.get("call_id"))
        if call_id not in self._lawyer_of_call:
            call = await asyncio.to_thread(self._find_call, call_id)
            if call is None or call.state == ENDED:
                # A word that comes too late for its call; nothing would ever forget the call.
                return
            self._lawyer_of_call[call_id] = call.lawyer_id
        lawyer_id = self._lawyer_of_call[call_id]
        if lawyer_id is not None:
            data = {**live.data, "final": False}
            self._send_now(Audience(users=frozenset({lawyer_id})), Kind.TRANSCRIPT_PARTIAL, data)

    def _send_now(self, audience: Audience, kind: Kind, data: protocol.Data) -> None:
        """Sends something of the moment; it carries the last seq and is not kept."""
        text = protocol.event(self._ring.seq, kind, at=self._house.clock.now(), data=data)
        for client in self._clients:
            if audience.includes(client.member.user_id, client.member.roles):
                client.send(text)

    def _find_call(self, call_id: str) -> Call | None:
        with self._house.database.reading() as session:
            return session.get(Call, call_id)

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
