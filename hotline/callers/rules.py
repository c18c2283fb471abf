"""What follows from knowing who calls: straight to a person, how urgent, to whom. Pure.

A number is known by what its earlier calls and tickets left. Families share telephones, so all this
only ever helps: nobody is refused, or asked less than they wish, because of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from hotline.queueing.rules import Priority


class Group(StrEnum):
    """Whom the law protects in particular, as far as a lawyer has written it down."""

    ELDERLY = "elderly"
    MINOR = "minor"
    MIGRANT_WORKER = "migrant_worker"
    DISABLED = "disabled"


ELDERLY_YEARS = 60
"""Law on the Protection of the Rights and Interests of the Elderly, article 2."""

MINOR_YEARS = 18
"""Law on the Protection of Minors, article 2."""

_WAGE_TOPICS = frozenset({None, "labour"})
_WAGE_MATTERS = frozenset({"wages", "work_injury"})
"""Legal Aid Law, article 42 (3): migrant workers who claim pay or compensation for an injury."""

CALLER_LOST = "caller_lost"
"""The end of a call whose audio stopped without a good-bye."""

_CUT_OFF_REASONS = frozenset({CALLER_LOST, "engine_failed", "system", "ivr_restarted"})
"""Ends of calls that neither side wanted."""


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A matter of the caller that is not finished."""

    lawyer_id: str | None
    topic: str | None = None
    matter: str | None = None


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """The caller's last call before this one.

    Attributes:
        ended_at: When it ended.
        end_reason: See `hotline.tables.Call`.
        placed_at: When its place in the queue began, or the call where it never had one.
        topic: What the caller chose.
    """

    ended_at: datetime
    end_reason: str
    placed_at: datetime
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a caller; nothing at all of one whose number is withheld."""

    born: date | None = None
    groups: frozenset[str] = frozenset()
    ticket: OpenTicket | None = None
    last: EarlierCall | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a caller is served.

    Attributes:
        priority: In the queue.
        lawyer_id: Whom the caller should have, if that lawyer is on duty; else anyone.
        placed_at: When the caller's place began, if not now.
        is_straight: To a person without menus.
        is_slow: Prompts are better spoken slowly.
        language: What the caller spoke last time.
        topic: For one who goes straight to a person; None means any.
    """

    priority: Priority = Priority.NORMAL
    lawyer_id: str | None = None
    placed_at: datetime | None = None
    is_straight: bool = False
    is_slow: bool = False
    language: str | None = None
    topic: str | None = None


def standing(
    record: Record, *, now: datetime, today: date, cut_off: timedelta, topic: str | None = None
) -> Standing:
    """How a caller of whom this is known is served.

    Args:
        record: What is known.
        now: The moment.
        today: The day where the hotline is.
        cut_off: How soon one has to call again to get the place of a call that broke off.
        topic: What the caller has chosen in this call, if anything yet.
    """
    broken = record.last if _was_cut_off(record.last, now=now, within=cut_off) else None
    ticket = record.ticket
    is_elderly = _is_elderly(record, today=today)
    classes = {
        Priority.CUT_OFF: broken is not None,
        Priority.MINOR: _is_minor(record, today=today),
        # One class in law and here: both are to be spared obstacles (Legal Aid Law, article 45).
        Priority.ELDERLY: is_elderly or Group.DISABLED in record.groups,
        Priority.WAGES: _claims_wages(record, topic=topic),
        Priority.RETURNING: ticket is not None,
    }
    known_topic = broken.topic if broken is not None else None
    return Standing(
        priority=max((each for each, holds in classes.items() if holds), default=Priority.NORMAL),
        lawyer_id=ticket.lawyer_id if ticket is not None else None,
        placed_at=broken.placed_at if broken is not None else None,
        is_straight=is_elderly or ticket is not None or broken is not None,
        is_slow=is_elderly,
        language=record.language,
        topic=known_topic or (ticket.topic if ticket is not None else None),
    )


def _was_cut_off(last: EarlierCall | None, *, now: datetime, within: timedelta) -> bool:
    return (
        last is not None and last.end_reason in _CUT_OFF_REASONS and now - last.ended_at <= within
    )


def _is_elderly(record: Record, *, today: date) -> bool:
    if record.born is not None:
        return age_on(today, born=record.born) >= ELDERLY_YEARS
    return Group.ELDERLY in record.groups


def _is_minor(record: Record, *, today: date) -> bool:
    if record.born is not None:
        return age_on(today, born=record.born) < MINOR_YEARS
    return Group.MINOR in record.groups


def _claims_wages(record: Record, *, topic: str | None) -> bool:
    if record.ticket is not None and record.ticket.matter == "wages":
        return True
    if Group.MIGRANT_WORKER not in record.groups:
        return False
    return topic in _WAGE_TOPICS or (
        record.ticket is not None and record.ticket.matter in _WAGE_MATTERS
    )


def age_on(day: date, *, born: date) -> int:
    """Full years on this day."""
    had_birthday = (day.month, day.day) >= (born.month, born.day)
    return day.year - born.year - (0 if had_birthday else 1)


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"


def born_of(identity: str) -> date | None:
    """The day of birth in an identity number of 18 characters; None where it is not one.

    The last character is the check of GB 11643 (ISO 7064 MOD 11-2), so that a slip of the pen makes
    nobody old.
    """
    text = identity.strip().upper()
    body = text[:17]
    if len(text) != 18 or not (body.isascii() and body.isdigit()):
        return None
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    if text[17] != _CHECK_CHARACTERS[total % 11]:
        return None
    try:
        return date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    except ValueError:
        return None


def groups_of(facts: Mapping[str, object]) -> frozenset[Group]:
    """Whom a ticket's facts name, where they are about the caller and not about somebody else.

    Args:
        facts: As in `hotline.intake.fields`: age, disabilities, migrant_worker, applicant.
    """
    if facts.get("applicant", "self") != "self":
        return frozenset()
    age, disabilities = facts.get("age"), facts.get("disabilities")
    found: set[Group] = set()
    if isinstance(age, int | float) and not isinstance(age, bool):
        if age >= ELDERLY_YEARS:
            found.add(Group.ELDERLY)
        if 0 <= age < MINOR_YEARS:
            found.add(Group.MINOR)
    if isinstance(disabilities, Iterable) and any(True for _ in disabilities):
        found.add(Group.DISABLED)
    if facts.get("migrant_worker") is True:
        found.add(Group.MIGRANT_WORKER)
    return frozenset(found)
