"""Wishes to be called back whose time has passed wait for their next one.

A wish that was due and could not be served in its hours must be offered to nobody: accepted, it
might not be dialled. Its moment is moved in the database, so that the list of places and the
citizen's page say when the call will come.
"""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from hotline.configuration import service as configuration
from hotline.events import EventType
from hotline.house import House
from hotline.queueing.callback_configuration import CallbackRules
from hotline.queueing.dialling import QuietHours, Source, Window, first_moment
from hotline.tables import Callback, QueueEntry

# From a lawyer's acceptance until the telephone side begins to dial: two processes are told.
_BEGINNING = timedelta(seconds=5)


def postpone(session: Session, house: House, *, now: datetime, rings_for: timedelta) -> None:
    """Moves the wishes that are due but may not be dialled.

    Those are moved as well that could be dialled now, but no more when an offer made now is
    accepted in its last second. Those that are being offered or dialled are left alone.

    Args:
        session: The round's session.
        house: The process's house.
        now: The round's moment.
        rings_for: How long an offer rings.
    """
    quiet = configuration.current(session, CallbackRules).quiet_hours(house.settings.zone)
    query = (
        select(Callback)
        .join(QueueEntry, col(QueueEntry.callback_id) == col(Callback.id))
        .where(
            col(QueueEntry.state) == "waiting",
            col(Callback.state) == "waiting",
            col(Callback.next_attempt_at) <= now,
        )
    )
    for callback in session.exec(query).all():
        for moment in (now, now + rings_for + _BEGINNING):
            first = _first_moment(callback, moment, quiet)
            if first > moment:
                _move(session, house, callback.id, first)
                break


def _first_moment(callback: Callback, at: datetime, quiet: QuietHours) -> datetime:
    opens_at, closes_at = callback.window_from, callback.window_to
    return first_moment(
        at,
        source=Source(callback.source),
        asked_at=callback.created_at,
        window=Window(opens_at, closes_at) if opens_at and closes_at else None,
        quiet=quiet,
    )


def _move(session: Session, house: House, callback_id: str, moment: datetime) -> None:
    """Writes the moment, unless the wish has begun to be dialled or has ended meanwhile."""
    moved = session.exec(
        update(Callback)
        .where(col(Callback.id) == callback_id, col(Callback.state) == "waiting")
        .values(next_attempt_at=moment)
    )
    if moved.rowcount == 1:
        house.record(session, EventType.CALLBACK_CHANGED, callback_id=callback_id, state="waiting")
