"""A fenced lease: at most one holder acts, and one that was asleep is refused."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from hotline.clock import Clock
from hotline.tables import Lease

# What may be used up of a lease before it is written anew.
_RENEWED_BELOW = 2 / 3


def take(session: Session, clock: Clock, name: str, holder: str, *, seconds: float) -> int | None:
    """Takes a lease, or renews one that is worn.

    Returns:
        The fence to act under, or None while somebody else holds the lease.
    """
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    lease = session.get(Lease, name)
    if lease is None:
        session.add(Lease(name=name, holder=holder, fence=1, expires_at=until))
        session.flush()
        return 1
    if lease.holder == holder and lease.expires_at > now:
        if (lease.expires_at - now).total_seconds() > seconds * _RENEWED_BELOW:
            return lease.fence
        lease.expires_at = until
    elif lease.expires_at <= now:
        # Conditional on what was read: of two takers the database lets one through.
        taken = session.exec(
            update(Lease)
            .where(col(Lease.name) == name, col(Lease.fence) == lease.fence)
            .values(holder=holder, fence=lease.fence + 1, expires_at=until)
        )
        if taken.rowcount != 1:
            return None
        session.refresh(lease)
    else:
        return None
    session.add(lease)
    session.flush()
    return lease.fence


def is_held(session: Session, name: str, holder: str, fence: int) -> bool:
    """Whether this holder still acts under this fence; read in the acting transaction."""
    lease = session.get(Lease, name)
    return lease is not None and lease.holder == holder and lease.fence == fence


def release(session: Session, clock: Clock, name: str, holder: str) -> None:
    """Gives a lease back, so that the next holder need not wait for its end."""
    lease = session.get(Lease, name)
    if lease is not None and lease.holder == holder:
        lease.expires_at = clock.now()
        session.add(lease)
