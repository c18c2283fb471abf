"""Calling back: a lawyer has accepted and waits, the citizen is dialled, once."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from callback import attempts
from hotline.callers import service as callers
from hotline.calls import service as calls
from hotline.house import House
from hotline.tables import Call, Caller
from ivr.desk import Desk
from ivr.flow import inputs
from ivr.flow.states import callback_call
from ivr.listeners import OutboundListener
from ivr.runner import CallRunner
from ivr.sip.line import EndReason, LineError

if TYPE_CHECKING:
    from ivr.switchboard import Switchboard

log = logging.getLogger(__name__)

# A telephone that rings longer than this is not picked up; mobile networks end it at about 60 s.
_RING_SECONDS = 45.0

_LAWYER_UNREACHED = "lawyer_unreached"
_CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class _Claim:
    """An attempt that is this process's: its number, and whom to dial."""

    attempt: int
    number: str = field(repr=False)


class Outbound:
    """One attempt to reach a citizen."""

    def __init__(self, board: "Switchboard", *, call_id: str, leg: str, lawyer: str) -> None:
        self._board = board
        self._desk = Desk(board.house, call_id)
        self._call_id = call_id
        self._leg = leg
        self._lawyer = lawyer

    async def run(self) -> None:
        """Claims the attempt, dials, and runs the call to its end."""
        flow, version = self._board.flow, self._board.flow_version
        claim = await asyncio.to_thread(
            _claim, self._board.house, self._call_id, node=self._board.node, flow_version=version
        )
        if claim is None:
            log.warning("call back was claimed elsewhere", extra={"call_id": self._call_id})
            return
        call = await asyncio.to_thread(self._read_call)
        context = callback_call(
            language=call.language or flow.default_language,
            topic=call.topic,
            lawyer=self._lawyer,
            leg=self._leg,
        )
        runner = self._board.new_runner(self._call_id, context, flow=flow)
        dialling = asyncio.create_task(self._dial(runner, claim))
        try:
            await self._board.run(runner)
        finally:
            dialling.cancel()
            # An attempt that came to something stays what it is; the lawyer, or we, may have hung
            # up before the citizen answered.
            await asyncio.to_thread(self._desk.callee_failed, claim.attempt, _CANCELLED)

    async def _dial(self, runner: CallRunner, claim: _Claim) -> None:
        result: EndReason | None
        try:
            await runner.lawyer_leg.open(self._leg)
            if not await runner.lawyer_leg.reached():
                # The lawyer's telephone was not answered with the key: nobody rings the citizen.
                await asyncio.to_thread(self._desk.callee_failed, claim.attempt, _LAWYER_UNREACHED)
                return
            listener = OutboundListener(runner)
            port = await runner.audio.open_caller(None)
            call = await self._board.line.dial(
                claim.number,
                from_number=self._board.house.settings.caller_id,
                host=self._board.media_host,
                port=port,
                listener=listener,
                timeout_seconds=_RING_SECONDS,
            )
            runner.take_line(call, local_port=port)
            result = await listener.settled
        except LineError:
            log.exception("dialling failed")
            result = EndReason.UNREACHABLE
        except Exception:
            log.exception("dialling failed unexpectedly")
            result = EndReason.FAILED
        await self._tell(runner, claim.attempt, result)

    async def _tell(self, runner: CallRunner, attempt: int, result: EndReason | None) -> None:
        if result is None:
            await asyncio.to_thread(self._desk.callee_answered, attempt)
            runner.post(inputs.CalleeAnswered())
        else:
            await asyncio.to_thread(self._desk.callee_failed, attempt, result.value)
            runner.post(inputs.CalleeFailed(result.value))

    def _read_call(self) -> Call:
        with self._board.house.database.reading() as session:
            return calls.find(session, self._call_id)


def _claim(house: House, call_id: str, *, node: str, flow_version: str) -> _Claim | None:
    """Takes the attempt for this process; None if another process was faster."""
    with house.database.session() as session:
        call = calls.find(session, call_id)
        if call.callback_id is None or call.state == calls.ENDED:
            return None
        attempt = attempts.begin_attempt(session, house, call.callback_id)
        if attempt is None:
            return None
        call.node, call.flow_version = node, flow_version
        session.add(call)
        caller = session.get_one(Caller, call.caller_id)
        return _Claim(attempt, callers.number_of(house, caller))
