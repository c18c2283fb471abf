"""What each action of the flow does: at the telephone, the engine and the database."""

import asyncio
import logging
from collections.abc import Callable, Collection
from functools import singledispatchmethod

from hotline.agents.rules import Reason
from ivr.audio import CallAudio
from ivr.catalogue import PromptCatalogue
from ivr.desk import Desk
from ivr.flow import actions, actions_control, inputs
from ivr.flow.mixing import LAWYER, hearing
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext
from ivr.information import Information
from ivr.lawyer_leg import LawyerLeg
from ivr.listening import Listening
from ivr.parties import PartyLegs
from ivr.party_desk import PartyDesk
from ivr.playing import Playing
from ivr.sip.line import LineCall
from ivr.understanding import Understanding

log = logging.getLogger(__name__)


_REASONS = {
    EndReason.LAWYER_LOST: Reason.CALL_LOST,
    EndReason.LAWYER_UNREACHED: Reason.PHONE_UNANSWERED,
}
"""What becomes of a lawyer who is released; wrap-up if not named here."""


class Deeds:
    """Carries out actions for one call.

    Attributes:
        context: What the flow knows of the call after the step whose actions are carried out.
    """

    def __init__(
        self,
        *,
        context: CallContext,
        desk: Desk,
        audio: CallAudio,
        catalogue: PromptCatalogue,
        default_language: str,
        media_host: str,
        parties: PartyLegs,
        lawyer_leg: LawyerLeg,
        records: PartyDesk,
        information: Information,
        listening: Listening,
        understanding: Understanding,
        post: Callable[[inputs.Input], None],
    ) -> None:
        self.context = context
        self._desk = desk
        self._audio = audio
        self._playing = Playing(
            audio=audio, catalogue=catalogue, default_language=default_language, post=post
        )
        self._media_host = media_host
        self._parties = parties
        self._lawyer_leg = lawyer_leg
        self._records = records
        self._information = information
        self._listening = listening
        self._understanding = understanding
        self._post = post
        self._line_call: LineCall | None = None
        self._local_port = 0
        self._muted: frozenset[str] = frozenset()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def unsaid(self) -> Collection[str]:
        """Prompts of this call for which there was no audio."""
        return self._playing.unsaid

    def take_line(self, call: LineCall, *, local_port: int) -> None:
        """Names the caller's telephone and the port of the caller's leg."""
        self._line_call, self._local_port = call, local_port

    def watch_line(self) -> None:
        """Finds out whether the caller's telephone is still there."""
        if self._line_call is not None:
            self._line_call.watch()

    def stop_timer(self) -> None:
        """Drops the timer, if one runs."""
        if self._timer is not None:
            self._timer.cancel()

    @singledispatchmethod
    async def do(self, action: actions.Action) -> None:
        """Carries out one action.

        Raises:
            Whatever the telephone, the engine or the database raise; the call goes on.
        """
        raise AssertionError(f"no deed for {type(action).__name__}")

    @do.register
    async def _(self, _action: actions.Answer) -> None:
        if self._line_call is not None:
            self._line_call.answer(host=self._media_host, port=self._local_port)

    @do.register
    async def _(self, action: actions.Reject) -> None:
        if self._line_call is not None:
            self._line_call.reject(action.status)

    @do.register
    async def _(self, _action: actions.HangUp) -> None:
        if self._line_call is not None:
            self._line_call.hang_up()

    @do.register
    async def _(self, action: actions.Play) -> None:
        await self._playing.play(action)

    @do.register
    async def _(self, _action: actions.StopPlaying) -> None:
        await self._audio.stop_playing()

    @do.register
    async def _(self, action: actions.StartTimer) -> None:
        self.stop_timer()
        event = inputs.TimerFired(action.visit)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(action.seconds, self._post, event)

    @do.register
    async def _(self, action: actions.SetLanguage) -> None:
        await asyncio.to_thread(lambda: self._desk.change(language=action.language))

    @do.register
    async def _(self, action: actions.SetTopic) -> None:
        await asyncio.to_thread(lambda: self._desk.change(topic=action.topic))

    @do.register
    async def _(self, action: actions.Enqueue) -> None:
        position = await asyncio.to_thread(
            self._desk.enqueue,
            language=action.language,
            topic=action.topic,
            at_head=action.at_head,
            is_emergency=action.is_emergency,
            is_elderly=action.is_elderly,
        )
        busy = await asyncio.to_thread(self._desk.busy, position)
        expected = await asyncio.to_thread(self._desk.expect)
        self._post(inputs.Enqueued(position, expected, busy=busy))

    @do.register
    async def _(self, _action: actions.HurryPlace) -> None:
        await asyncio.to_thread(self._desk.hurry)

    @do.register
    async def _(self, action: actions.LeaveQueue) -> None:
        await asyncio.to_thread(self._desk.leave_queue, action.reason)

    @do.register
    async def _(self, action: actions.RegisterCallback) -> None:
        registered = await asyncio.to_thread(
            self._desk.register_callback,
            language=action.language,
            topic=action.topic,
            source=self._source(action),
            number=action.number,
        )
        self._post(inputs.CallbackRegistered() if registered else inputs.CallbackRefused())

    @do.register
    async def _(self, action: actions.KeepCaller) -> None:
        kept = await asyncio.to_thread(
            self._desk.register_callback,
            language=action.language,
            topic=action.topic,
            source="lost",
        )
        log.warning("caller cut off", extra={"called_back": kept})

    @do.register
    async def _(self, _action: actions.Bridge) -> None:
        await self._audio.stop_playing()
        await self._mix()

    @do.register
    async def _(self, _action: actions.Unbridge | actions_control.Mix) -> None:
        await self._mix()

    @do.register
    async def _(self, action: actions_control.ReachParty) -> None:
        await self._parties.reach(action.party)

    @do.register
    async def _(self, action: actions_control.DropParty) -> None:
        await self._parties.drop(action.party.id, action.reason.value)

    @do.register
    async def _(self, action: actions_control.ChangeParty) -> None:
        party = action.party
        await asyncio.to_thread(self._records.change_purpose, party.id, party.purpose.value)

    @do.register
    async def _(self, action: actions_control.HandOver) -> None:
        await self._understanding.end_lawyer()
        self._lawyer_leg.hang_up_telephone()
        await self._parties.promote(action.party.id)

    @do.register
    async def _(self, action: actions_control.SignalLawyer) -> None:
        await self._audio.signal_lawyer(action.tone)

    @do.register
    async def _(self, action: actions_control.SendDigits) -> None:
        leg = action.party.id if action.party is not None else None
        await self._audio.send_digits(leg, action.digits)

    @do.register
    async def _(self, action: actions_control.PauseRecording) -> None:
        if action.paused:
            # First, so that not even the beginning of what shall not be kept is understood.
            await self._understanding.follow(self.context)
        await self._audio.pause_recording(paused=action.paused)
        if action.paused:
            await asyncio.to_thread(lambda: self._records.pause(by=action.by, reason=action.reason))
        else:
            await self._understanding.follow(self.context)
            await asyncio.to_thread(lambda: self._records.end_pause(by=action.by))

    @do.register
    async def _(self, action: actions.StartRecording) -> None:
        begin = self._desk.begin_message if action.is_message else self._desk.begin_recording
        recording = await asyncio.to_thread(begin)
        if recording is None:
            # The lawyer has just written the caller's refusal down; it is on its way here.
            return
        await self._audio.start_recording(
            recording.id, recording.path, is_message=action.is_message
        )
        await self._understanding.follow(self.context)

    @do.register
    async def _(self, _action: actions.StopRecording) -> None:
        await self._understanding.end_all()
        if self._audio.is_paused:
            await asyncio.to_thread(lambda: self._records.end_pause(by="system"))
        await self._audio.stop_recording()

    @do.register
    async def _(self, action: actions.LookUp) -> None:
        found: tuple[str, ...] = ()
        try:
            found = await asyncio.to_thread(self._information.look_up, action)
        finally:
            # Whatever went wrong, the caller does not wait for it.
            self._post(inputs.Found(found))

    @do.register
    async def _(self, action: actions.Listen) -> None:
        await self._listening.begin(action.language)

    @do.register
    async def _(self, _action: actions.StopListening) -> None:
        await self._listening.end()

    @do.register
    async def _(self, action: actions.RefuseRecording) -> None:
        await asyncio.to_thread(self._desk.refuse_recording, action.by)

    @do.register
    async def _(self, _action: actions.OpenTicket) -> None:
        if (lawyer := self.context.lawyer) is not None:
            await asyncio.to_thread(self._desk.open_ticket, lawyer)

    @do.register
    async def _(self, action: actions.StoreRating) -> None:
        await asyncio.to_thread(self._desk.store_rating, action.rating)

    @do.register
    async def _(self, action: actions.ReleaseLawyer) -> None:
        await self._understanding.end_lawyer()
        await self._lawyer_leg.close()
        reason = _REASONS.get(action.reason, Reason.CALL_ENDED)
        await asyncio.to_thread(self._desk.release_lawyer, reason)

    def _source(self, action: actions.RegisterCallback) -> str:
        """How the wish came about."""
        if action.with_message:
            return "message"
        return "key" if self.context.open else "hours"

    async def _mix(self) -> None:
        muted = self.context.muted
        await self._audio.mix(hearing(self.context))
        await self._understanding.follow(self.context)
        if muted != self._muted:
            # Afterwards: nobody shall believe to be unheard while they are not.
            is_lawyer = LAWYER in muted
            await asyncio.to_thread(
                lambda: self._records.mute(lawyer=is_lawyer, muted=muted - {LAWYER})
            )
            self._muted = muted
