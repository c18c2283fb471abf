"""What the worker does for calling back: attempts whose process died are given back."""

from sqlmodel import col, select

from callback import attempts
from callback.rules import AttemptResult, CallbackState
from hotline.house import House
from hotline.tables import Callback


def sweep(house: House) -> None:
    """Ends attempts that have had no result for too long; called every minute."""
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
