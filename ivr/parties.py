"""The parties of one call at the telephone and the engine: reached, heard, let go."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from hotline.calls.parties import LAWYER, PHONE
from hotline.calls.rules import INVITATION_SECONDS
from ivr.audio import CallAudio
from ivr.desk import Desk
from ivr.dialled_leg import DialledListener, Dialling
from ivr.flow import inputs, inputs_control, mixing
from ivr.flow.parties import Party, Purpose
from ivr.party_desk import PartyDesk
from ivr.sip.line import EndReason, LineCall, RemoteMedia

log = logging.getLogger(__name__)

# Longer than this a telephone that is wanted while a caller waits is not let ring.
RING_SECONDS = 40.0

Deed = Callable[[], Awaitable[None]]


class PartyLegs:
    """Everybody beside the caller and the lawyer.

    Args:
        desk: The call's row.
        records: The parties' rows.
        audio: The call's audio.
        dialling: The way to telephones.
        post: Takes the flow's inputs.
        post_deed: Takes deeds to be done in the call's own order.
    """

    def __init__(
        self,
        *,
        desk: Desk,
        records: PartyDesk,
        audio: CallAudio,
        dialling: Dialling,
        post: Callable[[inputs.Input], None],
        post_deed: Callable[[Deed], None],
    ) -> None:
        self._desk = desk
        self._records = records
        self._audio = audio
        self._dialling = dialling
        self._post = post
        self._post_deed = post_deed
        self._present: set[str] = set()
        self._telephones: dict[str, LineCall] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # Who waits for a telephone to be answered, and what has come of it before that.
        self._waiting: dict[str, str] = {}
        self._early: set[str] = set()
        self._audible: set[str] = set()

    def __len__(self) -> int:
        return len(self._present)

    async def reach(self, party: Party) -> None:
        """Dials a telephone, waits for a colleague's answer, or opens a supervisor's audio."""
        self._present.add(party.id)
        if party.purpose in _WAITERS:
            self._waiting[party.id] = _WAITERS[party.purpose]
        try:
            facts = await asyncio.to_thread(self._records.facts, party.id)
            if facts.kind == PHONE:
                self._begin(party.id, self._dial(party.id, facts.target or ""))
            elif facts.kind == LAWYER:
                self._begin(party.id, self._wait_for_colleague(party.id))
            else:
                await self._open_browser(party.id)
        except Exception:
            await self.lose(party.id, "failed")
            raise

    async def accepted(self, party_id: str) -> None:
        """A colleague took the invitation: opens the audio for the browser to find."""
        if party_id in self._present:
            self._end_task(party_id)
            await self._open_browser(party_id)

    async def heard(self, party_id: str) -> None:
        """A browser's audio is there, for the first time or again."""
        if party_id in self._telephones:
            self._audible.add(party_id)
            await self._let_hear_early(party_id)
        elif party_id in self._present:
            await asyncio.to_thread(self._records.answered, party_id)
            self._post(inputs_control.PartyAnswered(party_id))

    async def _let_hear_early(self, party_id: str) -> None:
        """Lets whoever waits hear a telephone that is not answered yet.

        Some networks announce audio and send none, so our own ring tone goes on until there is
        some (RFC 3960 section 3.2).
        """
        waits = self._waiting.get(party_id)
        if waits is not None and party_id in self._early & self._audible:
            await self._audio.hear_early(party_id, waits)

    async def lose(self, party_id: str, reason: str) -> None:
        """A party was not reached, or is gone: closes what it had and tells the flow."""
        if party_id in self._present:
            await self._close(party_id, reason)
            self._post(inputs_control.PartyLeft(party_id))

    def fell_silent(self, party_id: str) -> None:
        """A party's audio has been gone for the engine's time limit."""
        if not self._audio.may_be_silent(party_id):
            self._post_deed(lambda: self.lose(party_id, "lost"))

    async def drop(self, party_id: str, reason: str) -> None:
        """Stops reaching a party, or ends its leg. Idempotent."""
        if party_id in self._present:
            await self._close(party_id, reason)

    async def promote(self, party_id: str) -> None:
        """The party is the call's lawyer from now on; its leg stays open."""
        self._present.discard(party_id)
        await self._audio.promote(party_id)
        await asyncio.to_thread(self._records.hand_over, party_id)

    async def refuse(self, party_id: str) -> None:
        """The flow had no use for a party that was asked for: it is not left ringing."""
        if party_id not in self._present:
            await asyncio.to_thread(self._records.closed, party_id, "not_possible")

    async def close(self) -> None:
        """Lets everybody go."""
        for party_id in tuple(self._present):
            try:
                await self._close(party_id, "call_ended")
            except Exception:
                log.exception("a party could not be let go")

    async def _dial(self, party_id: str, target: str) -> None:
        def moved(media: RemoteMedia) -> None:
            self._post_deed(lambda: self._audio.change_leg(party_id, media))
            self._post(inputs_control.PartyHeld(party_id, is_holding=not media.direction.listens))

        def announced(media: RemoteMedia) -> None:
            self._post_deed(lambda: self._begin_early(party_id, media))

        def ended(reason: EndReason) -> None:
            self._post_deed(lambda: self.lose(party_id, _ENDED.get(reason, reason.value)))

        reason = await self._dialling.dial(
            target,
            open_port=lambda: self._audio.open_party(party_id),
            listener=DialledListener(on_media=moved, on_end=ended, on_early=announced),
            take=lambda call: self._took(party_id, call),
            timeout_seconds=RING_SECONDS,
        )
        if reason is None:
            self._waiting.pop(party_id, None)
            self._post_deed(lambda: self._audio.end_early(party_id))
            await asyncio.to_thread(self._records.answered, party_id)
            self._post(inputs_control.PartyAnswered(party_id))
        else:
            self._post_deed(lambda: self.lose(party_id, reason.value))

    async def _begin_early(self, party_id: str, media: RemoteMedia) -> None:
        if party_id in self._waiting:
            await self._audio.change_leg(party_id, media, is_early=True)
            self._early.add(party_id)
            await self._let_hear_early(party_id)

    def _took(self, party_id: str, call: LineCall) -> None:
        if party_id in self._present:
            self._telephones[party_id] = call
        else:
            # Let go between the wish and the dialling.
            call.hang_up()

    async def _wait_for_colleague(self, party_id: str) -> None:
        await asyncio.sleep(INVITATION_SECONDS)
        self._post_deed(lambda: self.lose(party_id, EndReason.NO_ANSWER.value))

    async def _open_browser(self, party_id: str) -> None:
        source = self._records.voice_source(party_id)
        port = await self._audio.open_party(party_id, source=source)
        host = self._dialling.media_host
        await asyncio.to_thread(lambda: self._desk.leg_ready(party_id, host=host, port=port))

    async def _close(self, party_id: str, reason: str) -> None:
        self._present.discard(party_id)
        self._waiting.pop(party_id, None)
        self._early.discard(party_id)
        self._audible.discard(party_id)
        telephone = self._telephones.pop(party_id, None)
        if telephone is not None:
            telephone.hang_up()
        self._end_task(party_id)
        await self._audio.close_party(party_id)
        await asyncio.to_thread(self._records.closed, party_id, reason)

    def _begin(self, party_id: str, deed: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(deed)
        self._tasks[party_id] = task
        task.add_done_callback(_log_failure)

    def _end_task(self, party_id: str) -> None:
        task = self._tasks.pop(party_id, None)
        if task is not None:
            task.cancel()


_WAITERS = {Purpose.CONSULT: mixing.LAWYER, Purpose.TRANSFER: mixing.CALLER}
"""Who hears nobody else until the party answers."""

_ENDED = {EndReason.CALLER_HUNG_UP: "hung_up"}
"""The line calls the other side the caller; to a lawyer it is the party."""


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("reaching a party failed", exc_info=error)
