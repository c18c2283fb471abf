"""Queries about the rota."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, or_, select

from hotline.rota.rules import History, Moved, Span
from hotline.tables import Call, Lawyer, LawyerStateChange, RotaSeat, RotaShift, RotaSwap, User

OPEN_SWAPS = ("asked", "accepted")


def span_of(shift: RotaShift) -> Span:
    """When the shift is."""
    return Span(shift.starts_at, shift.ends_at)


def shifts_in(session: Session, window: Span) -> Sequence[RotaShift]:
    """The shifts that share a moment with the window, in order."""
    query = (
        select(RotaShift)
        .where(col(RotaShift.starts_at) < window.ends_at, col(RotaShift.ends_at) > window.starts_at)
        .order_by(col(RotaShift.starts_at), col(RotaShift.id))
    )
    return session.exec(query).all()


def shifts_begun_in(session: Session, window: Span) -> Sequence[RotaShift]:
    """The shifts that begin inside the window."""
    query = select(RotaShift).where(
        col(RotaShift.starts_at) >= window.starts_at, col(RotaShift.starts_at) < window.ends_at
    )
    return session.exec(query.order_by(col(RotaShift.starts_at))).all()


def seats_of(session: Session, shift_ids: Iterable[str]) -> Sequence[RotaSeat]:
    """The seats of shifts, in the order they were added."""
    query = select(RotaSeat).where(col(RotaSeat.shift_id).in_(list(shift_ids)))
    return session.exec(query.order_by(col(RotaSeat.id))).all()


def taken_seats(
    session: Session, window: Span, *, lawyer_id: str | None = None
) -> list[tuple[RotaSeat, RotaShift]]:
    """The seats that somebody has in shifts sharing a moment with the window, in order."""
    query = (
        select(RotaSeat, RotaShift)
        .join(RotaShift, col(RotaShift.id) == col(RotaSeat.shift_id))
        .where(col(RotaShift.starts_at) < window.ends_at, col(RotaShift.ends_at) > window.starts_at)
        .order_by(col(RotaShift.starts_at), col(RotaSeat.id))
    )
    if lawyer_id is None:
        query = query.where(col(RotaSeat.lawyer_id).is_not(None))
    else:
        query = query.where(col(RotaSeat.lawyer_id) == lawyer_id)
    return list(session.exec(query).all())


def open_swaps(session: Session, *, lawyer_id: str | None = None) -> Sequence[RotaSwap]:
    """The swaps that wait for somebody, oldest first; of all, or those a lawyer is part of."""
    query = select(RotaSwap).where(col(RotaSwap.state).in_(OPEN_SWAPS))
    if lawyer_id is not None:
        query = query.where(
            or_(col(RotaSwap.from_id) == lawyer_id, col(RotaSwap.to_id) == lawyer_id)
        )
    return session.exec(query.order_by(col(RotaSwap.id))).all()


def swaps_of_seats(session: Session, seat_ids: Iterable[str]) -> Sequence[RotaSwap]:
    """Every swap that is about one of the seats."""
    ids = list(seat_ids)
    query = select(RotaSwap).where(
        or_(col(RotaSwap.seat_id).in_(ids), col(RotaSwap.return_seat_id).in_(ids))
    )
    return session.exec(query).all()


def lawyers(session: Session, lawyer_ids: Iterable[str]) -> dict[str, tuple[Lawyer, User]]:
    """Lawyers with their users by id."""
    query = (
        select(Lawyer, User)
        .join(User, col(User.id) == col(Lawyer.user_id))
        .where(col(Lawyer.user_id).in_(list(set(lawyer_ids))))
    )
    return {lawyer.user_id: (lawyer, user) for lawyer, user in session.exec(query)}


def lock(session: Session, lawyer_id: str) -> Lawyer | None:
    """The lawyer's row, for this transaction alone, so that two seats are not given at once."""
    query = select(Lawyer).where(col(Lawyer.user_id) == lawyer_id).with_for_update()
    return session.exec(query).first()


def histories(session: Session, lawyers: Iterable[Lawyer], window: Span) -> dict[str, History]:
    """What lawyers did inside the window, each by id; two questions, whoever they are."""
    states = {lawyer.user_id: lawyer.state for lawyer in lawyers}
    query = (
        select(
            LawyerStateChange.lawyer_id,
            LawyerStateChange.at,
            LawyerStateChange.from_state,
            LawyerStateChange.to_state,
        )
        .where(
            col(LawyerStateChange.lawyer_id).in_(states),
            col(LawyerStateChange.at) >= window.starts_at,
            col(LawyerStateChange.at) < window.ends_at,
        )
        .order_by(col(LawyerStateChange.id))
    )
    moves: dict[str, list[Moved]] = {lawyer_id: [] for lawyer_id in states}
    for lawyer_id, at, before, after in session.exec(query):
        moves[lawyer_id].append(Moved(at, before, after))
    states |= _states_at(session, list(states), window.ends_at)
    return {each: History(tuple(moves[each]), state) for each, state in states.items()}


def _states_at(session: Session, lawyer_ids: Sequence[str], moment: datetime) -> dict[str, str]:
    """What lawyers did at a moment, where it has changed since."""
    following = (
        select(func.min(LawyerStateChange.id))
        .where(
            col(LawyerStateChange.lawyer_id).in_(lawyer_ids), col(LawyerStateChange.at) >= moment
        )
        .group_by(col(LawyerStateChange.lawyer_id))
    )
    query = select(LawyerStateChange.lawyer_id, LawyerStateChange.from_state)
    return dict(session.exec(query.where(col(LawyerStateChange.id).in_(following))).all())


def talks(session: Session, window: Span) -> list[tuple[str, timedelta]]:
    """The talks that began inside the window: whose, and how long."""
    query = select(Call.lawyer_id, Call.bridged_at, Call.ended_at).where(
        col(Call.lawyer_id).is_not(None),
        col(Call.bridged_at) >= window.starts_at,
        col(Call.bridged_at) < window.ends_at,
        col(Call.ended_at).is_not(None),
    )
    return [
        (lawyer_id, ended_at - bridged_at)
        for lawyer_id, bridged_at, ended_at in session.exec(query)
        if lawyer_id is not None and bridged_at is not None and ended_at is not None
    ]
