"""What the worker does for those who wait: lost attempts are given back, forecasts judged."""

from sqlmodel import col, select

from callback import attempts
from callback.rules import AttemptResult, CallbackState
from hotline.house import House
from hotline.queueing import forecasts
from hotline.tables import Callback


def sweep(house: House) -> None:
    """Ends attempts without result, and asks what came true of forecasts; called every minute."""
    with house.database.session() as session:
        forecasts.settle(session, house)
    now = house.clock.now()
    with house.database.reading() as session:
        query = select(Callback.id, Callback.attempts).where(
            col(Callback.state) == CallbackState.DIALLING.value,
            col(Callback.next_attempt_at) <= now,
        )
        lost = session.exec(query).all()
    for callback_id, attempt in lost:
        with house.database.session() as session:
            attempts.attempt_failed(
                session, house, callback_id, attempt=attempt, result=AttemptResult.LOST.value
            )
