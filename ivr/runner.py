"""The shell round one call: an inbox, the pure flow, and the deeds it asks for.

One task per call takes inputs from its inbox one after the other, lets the flow decide and carries
the actions out in their order. Telephone, engine, queue and timers only post to the inbox. Nothing
here blocks: the engine answers over its socket, the database works in threads.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from hotline.log import current_call
from ivr import notice
from ivr.audio import CallAudio
from ivr.catalogue import PromptCatalogue
from ivr.deeds import Deeds
from ivr.desk import Desk
from ivr.dialled_leg import Dialling
from ivr.digits import KeyFilter
from ivr.flow import inputs, inputs_control
from ivr.flow.definition import FlowDefinition
from ivr.flow.expected import Expected
from ivr.flow.flow import step
from ivr.flow.parties import find
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext, State
from ivr.lawyer_leg import LawyerLeg
from ivr.listening import Listening, Words
from ivr.parties import PartyLegs
from ivr.party_desk import PartyDesk
from ivr.shown_states import SHOWN_STATES
from ivr.sip.line import LineCall, RemoteMedia
from ivr.understanding import Understanding

log = logging.getLogger(__name__)

# Pauses before the end of a call is written again; after the last try recovery at the next start
# finds the call.
_END_RETRY_SECONDS = (0.5, 2.0, 5.0)

# A deed in the database or at the engine that takes longer is stuck, and the call goes on without.
# Longer than a writer may have to wait (hotline.database), so that none comes true after that.
_DEED_SECONDS = 25.0


class CallRunner:
    """Runs one call from its first input to its last deed."""

    def __init__(
        self,
        *,
        flow: FlowDefinition,
        context: CallContext,
        desk: Desk,
        audio: CallAudio,
        catalogue: PromptCatalogue,
        records: PartyDesk,
        dialling: Dialling,
        words: Words | None = None,
    ) -> None:
        self._inbox: asyncio.Queue[inputs.Input | Callable[[], Awaitable[None]]] = asyncio.Queue()
        # The parts know the inbox and not the runner: a call that is over leaves no cycle.
        post = self._inbox.put_nowait
        self._flow = flow
        self._context = context
        self._desk = desk
        self._audio = audio
        self._parties = PartyLegs(
            desk=desk,
            records=records,
            audio=audio,
            dialling=dialling,
            post=post,
            post_deed=post,
        )
        self.lawyer_leg = LawyerLeg(
            flow=flow,
            desk=desk,
            records=records,
            audio=audio,
            catalogue=catalogue,
            dialling=dialling,
            post=post,
            post_deed=post,
        )
        speech = desk.speech
        self._listening = Listening(desk=speech, audio=audio, words=words, post=post)
        self._keys = KeyFilter()
        self._deeds = Deeds(
            context=context,
            desk=desk,
            audio=audio,
            catalogue=catalogue,
            default_language=flow.default_language,
            media_host=dialling.media_host,
            parties=self._parties,
            lawyer_leg=self.lawyer_leg,
            records=records,
            information=desk.information(flow),
            listening=self._listening,
            understanding=Understanding(desk=speech, audio=audio),
            post=post,
        )
        self._shown = ""

    @property
    def call_id(self) -> str:
        """The call's id."""
        return self._desk.call_id

    @property
    def audio(self) -> CallAudio:
        """The call's audio."""
        return self._audio

    @property
    def is_queued(self) -> bool:
        """Whether the caller holds a place in the queue."""
        return self._context.queued

    @property
    def position(self) -> int | None:
        """The place in the queue as the flow last heard it."""
        return self._context.position

    @property
    def expected(self) -> Expected | None:
        """The expected wait as the flow last heard it."""
        return self._context.expected

    @property
    def lawyer(self) -> str | None:
        """The present lawyer's user id."""
        return self._context.lawyer

    def take_line(self, call: LineCall, *, local_port: int) -> None:
        """Names the caller's telephone and the port of the caller's leg."""
        self._deeds.take_line(call, local_port=local_port)

    def watch_line(self) -> None:
        """Finds out whether the caller is still there, whose audio never came."""
        self._deeds.watch_line()

    def post(self, event: inputs.Input) -> None:
        """Puts something that happened into the inbox."""
        self._inbox.put_nowait(event)

    def post_deed(self, deed: Callable[[], Awaitable[None]]) -> None:
        """Puts a deed into the inbox, to be done in its turn."""
        self._inbox.put_nowait(deed)

    async def recognise_caller(self) -> None:
        """Looks the caller up, beside the call, and tells the flow where that leads anywhere."""
        standing = await asyncio.to_thread(self._desk.recognise)
        known = inputs.CallerKnown(
            is_straight=standing.is_straight,
            is_slow=standing.is_slow,
            language=standing.language,
            topic=standing.topic,
        )
        if known != inputs.CallerKnown():
            self.post(known)

    def lawyer_accepted(self, *, leg: str, lawyer: str) -> None:
        """A lawyer took the caller: opens the lawyer's audio, then tells the flow."""

        async def open_leg() -> None:
            if self._context.state is State.ENDED:
                return
            by_phone = await self.lawyer_leg.open(leg)
            await self._advance(inputs.OfferAccepted(leg=leg, lawyer=lawyer, by_phone=by_phone))

        self.post_deed(open_leg)

    def party_wanted(self, wanted: inputs_control.PartyWanted) -> None:
        """Somebody is wanted in the call; who cannot come is not left ringing."""

        async def reach() -> None:
            await self._advance(wanted)
            if find(self._context.parties, wanted.party) is None:
                await self._parties.refuse(wanted.party)

        self.post_deed(reach)

    def party_accepted(self, party: str) -> None:
        """A colleague took the invitation."""
        self.post_deed(lambda: self._parties.accepted(party))

    def party_refused(self, party: str) -> None:
        """A colleague did not take the invitation."""
        self.post_deed(lambda: self._parties.lose(party, "declined"))

    def leg_heard(self, leg: str, *, is_there: bool) -> bool:
        """Audio of a leg has come or stopped; returns whether it is a leg of this call's others."""
        if leg == self._audio.lawyer_leg:
            self.lawyer_leg.heard(is_there=is_there)
        elif not self._audio.has_party(leg):
            return False
        elif is_there:
            self.post_deed(lambda: self._parties.heard(leg))
        return True

    def party_lost(self, leg: str) -> None:
        """A party's audio has been gone for the engine's time limit."""
        if self._audio.has_party(leg):
            self._parties.fell_silent(leg)

    def recogniser_lost(self, stream: object) -> None:
        """Nobody can hear what is said on a side."""
        self._listening.stream_failed(stream)

    def key_pressed(self, digit: str, *, by_signalling: bool = False) -> None:
        """The caller pressed a key; one that comes both ways counts once."""
        at = asyncio.get_running_loop().time()
        takes = self._keys.takes_signalling if by_signalling else self._keys.takes_audio
        if takes(digit, at=at):
            self.post(inputs.DigitPressed(digit))

    def answered(self, media: RemoteMedia) -> None:
        """The caller confirmed our answer; the audio is where the confirmation says."""

        async def hear() -> None:
            await self._audio.change_caller(media)
            await asyncio.to_thread(lambda: self._desk.change(answered_at=self._desk.now()))
            await self._advance(inputs.CallAnswered())

        self.post_deed(hear)

    def media_changed(self, media: RemoteMedia) -> None:
        """The caller's phone moved its audio or holds us."""
        self.post_deed(lambda: self._audio.change_caller(media))

    async def run(self) -> None:
        """Works through the inbox until the call has ended and everything is given back."""
        current_call.set(self.call_id)
        log.info("call begins")
        while self._context.state is not State.ENDED:
            event = await self._inbox.get()
            try:
                await (event() if callable(event) else self._advance(event))
            except Exception:
                log.exception("a deed failed")
        await self._finish()

    async def _advance(self, event: inputs.Input) -> None:
        before = self._context
        self._context, deeds = step(self._flow, before, event)
        self._deeds.context = self._context
        if notice.is_given(self._flow, before, self._context, event, unsaid=self._deeds.unsaid):
            self._desk.note_notice()
        log.debug("step", extra={"input": type(event).__name__, "state": self._context.state.name})
        for action in deeds:
            try:
                async with asyncio.timeout(_DEED_SECONDS):
                    await self._deeds.do(action)
            except Exception:
                # One deed that fails must not keep the call from the next: the flow's timers lead
                # on to a person, and the end of the call gives everything back.
                log.exception("a deed failed", extra={"action": type(action).__name__})
        await self._show_state()

    async def _finish(self) -> None:
        self._deeds.stop_timer()
        self._listening.drop()
        reason = self._context.end_reason or EndReason.SYSTEM
        try:
            await self._parties.close()
            await self.lawyer_leg.close()
            await self._audio.close()
        except Exception:
            log.exception("audio could not be closed")
        await self._write_end(reason)
        while not self._inbox.empty():
            self._inbox.get_nowait()
        log.info("call ended", extra={"reason": reason.value})

    async def _write_end(self, reason: EndReason) -> None:
        """Writes the end, again if the database is away: a lawyer must not stay in a dead call."""
        for delay in _END_RETRY_SECONDS:
            try:
                await asyncio.to_thread(self._end_record, reason)
            except Exception:
                log.exception("the call's end could not be written, trying again")
                await asyncio.sleep(delay)
            else:
                return
        await asyncio.to_thread(self._end_record, reason)

    def _end_record(self, reason: EndReason) -> None:
        self._desk.end(reason.value, self._audio.quality, is_refused=self._context.refused)

    async def _show_state(self) -> None:
        shown = SHOWN_STATES.get(self._context.state)
        if shown is None or shown == self._shown:
            return
        self._shown = shown
        try:
            if shown == "talking":
                await asyncio.to_thread(self._desk.talk_began)
            else:
                await asyncio.to_thread(lambda: self._desk.change(state=shown))
        except Exception:
            log.exception("the call's state could not be written")
