"""The legs of lawyers and supervisors: their browsers' audio, opened by a token."""

import hashlib
import secrets
from collections.abc import Sequence

from sqlmodel import Session, col, select

from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.tables import Call, LawyerTelephone, Leg

LAWYER = "lawyer"
SECOND = "second"
SUPERVISOR = "supervisor"

BROWSER = "browser"

_VOICE = "leg.voice"


def open_leg(
    session: Session,
    house: House,
    call: Call,
    user_id: str,
    token: str,
    *,
    role: str = LAWYER,
    leg_id: str | None = None,
) -> Leg:
    """Writes somebody's wish for audio; the engine's address follows with LEG_READY.

    A lawyer who takes calls on a telephone gets one that is dialled; colleagues who join and
    supervisors are always at their browsers.
    """
    telephone = session.get(LawyerTelephone, user_id) if role == LAWYER else None
    leg = Leg(
        id=leg_id or new_id("leg", house.clock),
        call_id=call.id,
        lawyer_id=user_id,
        token_hash=hash_token(token),
        role=role,
        medium=telephone.medium if telephone is not None else BROWSER,
        created_at=house.clock.now(),
    )
    session.add(leg)
    session.flush()
    return leg


def open_legs(session: Session, call_id: str, *, role: str | None = None) -> Sequence[Leg]:
    """The legs that are not closed, of one role or of all, newest last."""
    query = select(Leg).where(col(Leg.call_id) == call_id, col(Leg.state) != "closed")
    if role is not None:
        query = query.where(col(Leg.role) == role)
    return session.exec(query.order_by(col(Leg.id))).all()


def close_leg(session: Session, house: House, leg: Leg) -> None:
    """Ends a leg; its browser is told. Idempotent."""
    if leg.state == "closed":
        return
    leg.state, leg.closed_at = "closed", house.clock.now()
    session.add(leg)
    house.record(session, EventType.LEG_CLOSED, leg_id=leg.id, call_id=leg.call_id)


def new_token() -> str:
    """A token that opens one leg."""
    return secrets.token_urlsafe(24)


def renew_leg_token(session: Session, leg: Leg) -> str:
    """A fresh token for a leg that is open, for a page that was reloaded; the old one dies."""
    token = new_token()
    leg.token_hash = hash_token(token)
    session.add(leg)
    return token


def voice_source(house: House, leg_id: str) -> int:
    """The synchronisation source of a browser's audio, 32 bits; only our own processes know it.

    The engine's leg hears no other, whoever finds its port before the gateway does.
    """
    return int(house.vault.index(leg_id, purpose=_VOICE)[:8], 16)


def hash_token(token: str) -> str:
    """What the database keeps of a random token; 192 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
