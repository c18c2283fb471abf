"""Calling back: a lawyer has accepted and waits, the citizen is dialled, once."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from callback import attempts
from hotline.callers import service as callers
from hotline.calls import legs, service as calls
from hotline.house import House
from hotline.tables import Call, Caller
from ivr.audio import CallOverError
from ivr.desk import Desk
from ivr.flow import inputs
from ivr.flow.reasons import EndReason as FlowEndReason
from ivr.flow.states import callback_call
from ivr.listeners import OutboundListener
from ivr.runner import CallRunner
from ivr.sip.heartbeat import Health
from ivr.sip.line import EndReason

if TYPE_CHECKING:
    from ivr.switchboard import Switchboard

log = logging.getLogger(__name__)

# A telephone that rings longer than this is not picked up; mobile networks end it at about 60 s.
_RING_SECONDS = 45.0

_LAWYER_UNREACHED = "lawyer_unreached"
_CANCELLED = "cancelled"

_SILENT = frozenset({Health.DEGRADED, Health.DOWN})


@dataclass(frozen=True, slots=True)
class Claim:
    """A call that is this process's: whom to dial, and for what."""

    number: str = field(repr=False)
    language: str | None
    topic: str | None


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
            take_up, self._board.house, self._call_id, node=self._board.node, flow_version=version
        )
        if claim is None:
            return
        context = callback_call(
            language=claim.language or flow.default_language,
            topic=claim.topic,
            lawyer=self._lawyer,
            leg=self._leg,
        )
        try:
            runner = self._board.new_runner(self._call_id, context, flow=flow)
        except Exception:
            await asyncio.to_thread(self._desk.callee_failed, EndReason.FAILED.value)
            await asyncio.to_thread(self._desk.end, FlowEndReason.CALLEE_FAILED.value)
            raise
        dialling = asyncio.create_task(self._dial(runner, claim))
        try:
            await self._board.run(runner)
        finally:
            dialling.cancel()
            # An attempt that came to something stays what it is; the lawyer, or we, may have hung
            # up before the citizen answered.
            await asyncio.to_thread(self._desk.callee_failed, _CANCELLED)

    async def _dial(self, runner: CallRunner, claim: Claim) -> None:
        result: EndReason | None
        try:
            await runner.lawyer_leg.open(self._leg)
            if not await runner.lawyer_leg.reached():
                # The lawyer's telephone was not answered with the key: nobody rings the citizen.
                await asyncio.to_thread(self._desk.callee_failed, _LAWYER_UNREACHED)
                return
            if not await asyncio.to_thread(self._is_lawyer_there):
                # Hung up before this call could be told.
                runner.lawyer_leg.hung_up()
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
        except CallOverError:
            # The lawyer hung up while this was under way.
            return
        except Exception:
            log.exception("dialling failed")
            result = EndReason.FAILED
        await self._tell(runner, result)

    async def _tell(self, runner: CallRunner, result: EndReason | None) -> None:
        if result is None:
            await asyncio.to_thread(self._desk.callee_answered)
            runner.post(inputs.CalleeAnswered())
            return
        if result is EndReason.UNREACHABLE and self._is_trunk_silent():
            # Not the citizen's telephone: ours.
            result = EndReason.FAILED
        await asyncio.to_thread(self._desk.callee_failed, result.value)
        runner.post(inputs.CalleeFailed(result.value))

    def _is_lawyer_there(self) -> bool:
        with self._board.house.database.reading() as session:
            return bool(legs.open_legs(session, self._call_id, role=legs.LAWYER))

    def _is_trunk_silent(self) -> bool:
        """Whether trunks that are asked do not answer, and none does."""
        healths = {trunk.health for trunk in self._board.line.trunks}
        return not healths.isdisjoint(_SILENT) and Health.UP not in healths


def take_up(house: House, call_id: str, *, node: str, flow_version: str) -> Claim | None:
    """Takes the call for this process; None if there is nothing to dial.

    Another process may have been faster. A call that shall not be dialled any more is ended here,
    in the same transaction: nobody is left waiting in it.
    """
    with house.database.session() as session:
        call = session.get_one(Call, call_id, with_for_update=True)
        if call.callback_id is None or call.state == calls.ENDED or call.node:
            log.info("call back was claimed elsewhere or is over", extra={"call_id": call_id})
            return None
        if not attempts.begin_attempt(session, house, call, node=node):
            attempts.refuse(session, house, call)
            log.warning("call back is not dialled any more", extra={"call_id": call_id})
            return None
        call.flow_version = flow_version
        session.add(call)
        caller = session.get_one(Caller, call.caller_id)
        return Claim(callers.number_of(house, caller), call.language, call.topic)
