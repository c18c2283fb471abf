"""What the worker does for those who wait: lost attempts are given back, forecasts judged."""

from sqlmodel import col, select

from callback import attempts
from callback.repository import find
from callback.rules import ATTEMPT_LIMIT, AttemptResult, CallbackState
from hotline.calls import service as calls
from hotline.house import House
from hotline.queueing import forecasts
from hotline.tables import Call, Callback

_LOST = "ivr_restarted"


def sweep(house: House) -> None:
    """Ends attempts without result, and asks what came true of forecasts; called every minute."""
    with house.database.session() as session:
        forecasts.settle(session, house)
    _end_lost_attempts(house)
    _end_lost_calls(house)


def _end_lost_attempts(house: House) -> None:
    """Gives back the wishes of those who began to dial and never said what came of it."""
    with house.database.reading() as session:
        query = select(Callback.id).where(
            col(Callback.state) == CallbackState.DIALLING.value,
            col(Callback.next_attempt_at) <= house.clock.now(),
        )
        lost = session.exec(query).all()
    for callback_id in lost:
        with house.database.session() as session:
            call = attempts.latest_call(session, find(session, callback_id))
            if call is not None:
                attempts.attempt_failed(session, house, call, result=AttemptResult.LOST.value)


def _end_lost_calls(house: House) -> None:
    """Ends the calls that nobody dials: their process died, or never heard of the acceptance."""
    with house.database.reading() as session:
        query = select(Call.id).where(
            col(Call.direction) == "out",
            col(Call.callback_id).is_not(None),
            col(Call.state) == "dialling",
            col(Call.started_at) <= house.clock.now() - ATTEMPT_LIMIT,
        )
        lost = session.exec(query).all()
    for call_id in lost:
        with house.database.session() as session:
            call = session.get_one(Call, call_id, with_for_update=True)
            if not call.node:
                attempts.refuse(session, house, call)
                continue
            attempts.attempt_failed(session, house, call, result=AttemptResult.LOST.value)
            calls.end(session, house, call, reason=_LOST)
