"""What every caller hears for a while: switched on and off by supervisors, never deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, or_, select

from hotline.audit import audit
from hotline.errors import Conflict, InvalidInput, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.tables import Announcement, User

MOST_AT_ONCE = 3
"""Each costs every caller seconds, and GB/T 33358-2016 wants a person within 15 s of the answer."""


class Place(StrEnum):
    """When it is said."""

    BEFORE = "before"
    """Before the recording notice."""
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class NewAnnouncement:
    """What is to be said.

    Attributes:
        text: The words, for the staff to read.
        prompt: Key of the audio.
        languages: In which it is said, one after the other.
        place: When it is said.
        ends_at: Until when; None until somebody switches it off.
    """

    text: str
    prompt: str
    languages: Sequence[str]
    place: Place
    ends_at: datetime | None = None


def now_on(session: Session, now: datetime) -> Sequence[Announcement]:
    """The announcements that callers hear at this moment, oldest first."""
    query = (
        select(Announcement)
        .where(
            col(Announcement.ended_at).is_(None),
            col(Announcement.starts_at) <= now,
            or_(col(Announcement.ends_at).is_(None), col(Announcement.ends_at) > now),
        )
        .order_by(col(Announcement.starts_at), col(Announcement.id))
    )
    return session.exec(query).all()


def history(session: Session, *, limit: int = 50) -> Sequence[Announcement]:
    """All announcements, newest first."""
    query = select(Announcement).order_by(col(Announcement.created_at).desc()).limit(limit)
    return session.exec(query).all()


def is_on(announcement: Announcement, now: datetime) -> bool:
    """Whether callers hear it at this moment."""
    has_ended = announcement.ends_at is not None and announcement.ends_at <= now
    return announcement.ended_at is None and not has_ended


def switch_on(session: Session, house: House, new: NewAnnouncement, *, by: User) -> Announcement:
    """Lets callers hear it from now on.

    Raises:
        Conflict: As many as callers can bear are on already.
        InvalidInput: It would end before it begins.
    """
    now = house.clock.now()
    if new.ends_at is not None and new.ends_at <= now:
        raise InvalidInput("The announcement would end before it begins.")
    if len(now_on(session, now)) >= MOST_AT_ONCE:
        raise Conflict(f"{MOST_AT_ONCE} announcements are on already; switch one off first.")
    row = Announcement(
        id=new_id("ann", house.clock),
        text=new.text,
        prompt=new.prompt,
        languages=list(new.languages),
        place=new.place.value,
        starts_at=now,
        ends_at=new.ends_at,
        created_at=now,
        created_by=by.id,
    )
    session.add(row)
    audit(session, house, by, "announcement.switched_on", row.id, prompt=row.prompt)
    house.record(session, EventType.ANNOUNCEMENT_CHANGED, announcement_id=row.id)
    return row


def switch_off(session: Session, house: House, announcement_id: str, *, by: User) -> Announcement:
    """Callers who arrive from now on do not hear it any more. Idempotent.

    Raises:
        NotFound: There is no such announcement.
    """
    row = session.get(Announcement, announcement_id)
    if row is None:
        raise NotFound(f"There is no announcement {announcement_id}.")
    if row.ended_at is None:
        row.ended_at, row.ended_by = house.clock.now(), by.id
        session.add(row)
        audit(session, house, by, "announcement.switched_off", row.id)
        house.record(session, EventType.ANNOUNCEMENT_CHANGED, announcement_id=row.id)
    return row
