"""Where calls, lawyers and events meet: the state of the ivr process.

The event loop owns everything here. The line brings calls, the engine brings keys and ends of
prompts, the database's events bring lawyers; each is handed to the call it belongs to.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from hotline.events import Event, EventType
from hotline.house import House
from hotline.transcripts.rules import StreamState
from ivr import arrivals, desk as desks
from ivr.audio import CallAudio
from ivr.catalogue import PromptCatalogue
from ivr.control import control
from ivr.desk import Desk
from ivr.dialled_leg import Dialling
from ivr.flow import inputs
from ivr.flow.definition import FlowDefinition
from ivr.flow.numbers import tail_of
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext, incoming_call
from ivr.listeners import InboundListener
from ivr.listening import Words
from ivr.media.pool import MediaPool
from ivr.media.telling import (
    Digit,
    EngineDied,
    LegHeard,
    LegSilent,
    MediaEvent,
    PromptFinished,
    RecordingStopped,
)
from ivr.outbound import Outbound
from ivr.party_desk import PartyDesk
from ivr.runner import CallRunner
from ivr.sip.line import Line, LineCall
from ivr.standings import Standings

log = logging.getLogger(__name__)

_SERVICE_UNAVAILABLE = 503
_RETRY_AFTER_SECONDS = 5
_NOT_TAKEN = "not_taken"

# What speech recognition says of a side that it does not hear.
_DEAF = (StreamState.UNSUPPORTED.value, StreamState.DEGRADED.value)


@dataclass(slots=True)
class Switchboard:
    """All calls of this process."""

    house: House
    line: Line
    engines: MediaPool
    flow: FlowDefinition
    catalogue: PromptCatalogue
    node: str
    media_host: str
    flow_version: str = ""
    words: Words | None = None
    on_flow_changed: Callable[[], None] = lambda: None
    on_prompts_changed: Callable[[], None] = lambda: None
    _calls: dict[str, CallRunner] = field(default_factory=dict)
    _by_leg: dict[str, CallRunner] = field(default_factory=dict)
    _heard: set[str] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _standings: Standings = field(init=False)

    def __post_init__(self) -> None:
        self._standings = Standings(self.house, self._calls, self.spawn)

    @property
    def call_count(self) -> int:
        """Calls going on."""
        return len(self._calls)

    # What the line brings.

    def welcome(self, call: LineCall) -> None:
        """A call comes in."""
        self.spawn(self._begin_inbound(call))

    async def _begin_inbound(self, call: LineCall) -> None:
        listener = InboundListener()
        call.listen(listener)
        number = call.caller
        # The flow may change while this call begins; the call keeps to the one it began with.
        flow, version = self.flow, self.flow_version
        arrival = await asyncio.to_thread(arrivals.look, self.house, flow)
        runner: CallRunner | None = None
        try:
            call_id = await asyncio.to_thread(
                arrivals.begin,
                self.house,
                number=number,
                called=call.called,
                node=self.node,
                flow_version=version,
            )
            runner = self.new_runner(call_id, incoming_call(flow.default_language), flow=flow)
            port = await runner.audio.open_caller(call.media)
        except Exception:
            log.exception("a call could not be taken")
            call.reject(_SERVICE_UNAVAILABLE, retry_after_seconds=_RETRY_AFTER_SECONDS)
            if runner is not None:
                self._forget(runner)
                await asyncio.to_thread(Desk(self.house, runner.call_id).end, _NOT_TAKEN)
            return
        runner.take_line(call, local_port=port)
        arrived = inputs.CallArrived(
            open=arrival.is_open,
            number_known=number is not None,
            tail=tail_of(number),
            before=arrival.before,
            after=arrival.after,
        )
        runner.post(arrived)
        listener.attach(runner)
        if number is not None:
            self.spawn(runner.recognise_caller())
        await self.run(runner)

    def use_flow(self, flow: FlowDefinition, version: str) -> None:
        """Leads calls that arrive from now on by another flow; the others finish on theirs."""
        if version != self.flow_version:
            log.info("another flow is in force", extra={"flow": version})
        self.flow, self.flow_version = flow, version

    def new_runner(
        self, call_id: str, context: CallContext, *, flow: FlowDefinition | None = None
    ) -> CallRunner:
        """Makes the runner of a call and registers its caller's leg."""
        runner = CallRunner(
            flow=flow or self.flow,
            context=context,
            desk=Desk(self.house, call_id),
            audio=CallAudio(self.engines.choose(), call_id),
            catalogue=self.catalogue,
            records=PartyDesk(self.house, call_id),
            dialling=Dialling(self.line, self.house.settings.caller_id, self.media_host),
            words=self.words,
        )
        self._calls[call_id] = runner
        self._by_leg[runner.audio.caller_leg] = runner
        return runner

    async def run(self, runner: CallRunner) -> None:
        """Runs a call to its end and forgets it."""
        try:
            await runner.run()
        finally:
            self._forget(runner)

    def _forget(self, runner: CallRunner) -> None:
        self._calls.pop(runner.call_id, None)
        self._by_leg.pop(runner.audio.caller_leg, None)
        self._heard.discard(runner.audio.caller_leg)

    # What the engine brings.

    def hear(self, event: MediaEvent) -> None:
        """Something happened to the audio."""
        match event:
            case Digit(leg, digit):
                self._digit(leg, digit)
            case PromptFinished(leg, play, interrupted):
                self._post_to_leg(leg, inputs.PromptFinished(play=play, interrupted=interrupted))
            case LegHeard(leg):
                if leg in self._by_leg:
                    self._heard.add(leg)
                self._other_audio(leg, is_there=True)
            case LegSilent(leg):
                self._silent(leg)
            case RecordingStopped():
                self.spawn(self._recording_stopped(event))
            case EngineDied(process_id):
                self._lose_engine(process_id)

    def _lose_engine(self, process_id: int) -> None:
        """Ends the calls whose audio died; those of other engines go on."""
        lost = [r for r in self._calls.values() if r.audio.engine_process == process_id]
        log.error("calls lost their media engine", extra={"calls": len(lost)})
        for runner in lost:
            runner.post(inputs.EngineFailed())

    def _post_to_leg(self, leg: str, event: inputs.Input) -> None:
        if (runner := self._by_leg.get(leg)) is not None:
            runner.post(event)

    def _digit(self, leg: str, digit: str) -> None:
        """Keys of the caller lead through menus; a lawyer's telephone takes the call with one."""
        if (runner := self._by_leg.get(leg)) is not None:
            runner.key_pressed(digit)
            return
        for other in self._calls.values():
            if other.audio.lawyer_leg == leg:
                other.lawyer_leg.digit_pressed(digit)

    def _silent(self, leg: str) -> None:
        """A leg that was heard before and is not any more has gone without a good-bye.

        One that was never heard may be a telephone that sends nothing while nobody speaks: its
        network is asked.
        """
        runner = self._by_leg.get(leg)
        if runner is None:
            self._other_audio(leg, is_there=False)
            for other in self._calls.values():
                other.party_lost(leg)
        elif runner.audio.may_be_silent(leg):
            return
        elif leg in self._heard:
            log.warning("caller fell silent on the wire")
            runner.post(inputs.HangUpRequested(EndReason.CALLER_LOST))
        else:
            runner.watch_line()

    def _other_audio(self, leg: str, *, is_there: bool) -> None:
        """A leg of a lawyer, a party or a supervisor was heard, or has stopped."""
        if leg not in self._by_leg:
            any(runner.leg_heard(leg, is_there=is_there) for runner in self._calls.values())

    async def _recording_stopped(self, stopped: RecordingStopped) -> None:
        recording, seconds = stopped.recording, stopped.seconds
        if stopped.error is not None:
            log.error("recording ended by itself", extra={"recording": recording})
        try:
            await asyncio.to_thread(desks.recording_stopped, self.house, recording, seconds=seconds)
        except Exception:
            # The row stays "recording": the sweep at the next start finds the file.
            log.exception("recording could not be finished", extra={"recording": recording})

    # What the database brings.

    async def follow(self, event: Event) -> None:
        """Something happened elsewhere in the house."""
        data = event.data
        runner = self._calls.get(str(data.get("call_id")))
        if event.type == EventType.OFFER_ACCEPTED:
            self._accepted(runner, data)
        elif event.type == EventType.FLOW_CHANGED:
            self.on_flow_changed()
        elif event.type == EventType.PROMPT_CHANGED:
            self.on_prompts_changed()
        elif event.type in (EventType.QUEUE_CHANGED, EventType.LAWYER_CHANGED):
            self._standings.update_soon()
        elif runner is not None:
            self._tell(runner, event)

    def _tell(self, runner: CallRunner, event: Event) -> None:
        """Something happened that is about one of our calls."""
        data = event.data
        match event.type:
            case EventType.LEG_CONNECTED | EventType.LEG_DISCONNECTED:
                is_there = event.type == EventType.LEG_CONNECTED
                runner.leg_heard(str(data.get("leg_id")), is_there=is_there)
            case EventType.CALL_CONTROL_REQUESTED:
                control(self.house, runner, data)
            case EventType.SPEECH_CHANGED if data.get("state") in _DEAF:
                runner.recogniser_lost(data.get("stream"))
            case EventType.HANG_UP_REQUESTED:
                self._hang_up(runner, str(data.get("by")))
            case _:
                pass

    def _accepted(self, runner: CallRunner | None, data: dict[str, object]) -> None:
        leg, lawyer = str(data["leg_id"]), str(data["lawyer_id"])
        if runner is not None:
            runner.lawyer_accepted(leg=leg, lawyer=lawyer)
        elif data.get("callback_id") is not None:
            outbound = Outbound(self, call_id=str(data["call_id"]), leg=leg, lawyer=lawyer)
            self.spawn(outbound.run())

    def _hang_up(self, runner: CallRunner, by: str) -> None:
        async def hang_up() -> None:
            if by == runner.lawyer:
                runner.lawyer_leg.hung_up()
            else:
                runner.post(inputs.HangUpRequested(EndReason.SUPERVISOR))

        # In its turn: that this lawyer took the caller may not have been taken in yet.
        runner.post_deed(hang_up)

    # The process.

    def spawn(self, deed: Coroutine[object, object, None]) -> None:
        """Runs something beside, kept alive and its failure logged."""
        task = asyncio.get_running_loop().create_task(self._guard(deed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guard(self, deed: Coroutine[object, object, None]) -> None:
        try:
            await deed
        except Exception:
            log.exception("a task failed")

    async def end_all(self, *, timeout_seconds: float) -> None:
        """Ends every call: callers who waited keep their place as a call back."""
        for runner in list(self._calls.values()):
            runner.post(inputs.HangUpRequested(EndReason.SYSTEM))
        tasks = [task for task in self._tasks if not task.done()]
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_seconds)
