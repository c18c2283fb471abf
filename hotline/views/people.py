"""Who is signed in, and the availability board."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.agents.configuration import DutyRules
from hotline.configuration import service as configuration
from hotline.queueing.rules import DEFAULT_LEVEL
from hotline.tables import Lawyer, LawyerStateChange, User
from hotline.views.reader import Person, Reader, Shape


class UserShape(Shape):
    """The signed-in person."""

    id: str
    name: str
    username: str
    roles: list[str]


class LawyerShape(Shape):
    """One line of the availability board.

    `state` is one of offline, available, reserved, ringing, talking, holding, wrap_up, busy,
    break, lost; `until` is when it ends by itself (ringing, wrap-up) or by when it should (break),
    `by` who has set it if not the lawyer or the server, `next_state` what was chosen for after the
    call and `next_reason` why (the key of a break, or words), `missed_offers` how many offers in a
    row rang in vain, `wrap_up_extensions` how often this wrap-up was extended.
    """

    id: str
    name: str
    languages: list[str]
    topics: list[str]
    state: str
    reason: str | None
    since: datetime
    until: datetime | None
    next_state: str | None
    next_reason: str | None = None
    call_id: str | None
    missed_offers: int
    by: Person | None = None
    wrap_up_extensions: int = 0


class SkillShape(Shape):
    """What a lawyer can take, with levels from 1 (a little) to 3 (best)."""

    id: str
    name: str
    username: str
    is_active: bool
    languages: dict[str, int]
    topics: dict[str, int]


class BreakShape(Shape):
    """A reason for a break, and how long it may last."""

    key: str
    zh: str
    en: str
    minutes: int


class DutyShape(Shape):
    """What a lawyer's page must know of the rules of duty."""

    wrap_up_extensions: int
    wrap_up_extension_seconds: float
    breaks: list[BreakShape]


class StateChangeShape(Shape):
    """One line of a lawyer's history; `by` is None for the server."""

    at: datetime
    from_state: str
    to_state: str
    reason: str | None
    by: Person | None


def user_shape(user: User) -> UserShape:
    """A user as they see themselves."""
    return UserShape(
        id=user.id, name=user.display_name, username=user.username, roles=list(user.roles)
    )


def lawyer_board(reader: Reader) -> list[LawyerShape]:
    """All duty lawyers, by name."""
    query = (
        select(Lawyer, User)
        .join(User, col(User.id) == col(Lawyer.user_id))
        .where(col(User.is_active))
        .order_by(col(User.username))
    )
    rows = list(reader.session.exec(query))
    people = reader.people(lawyer.state_by for lawyer, _ in rows)
    return [_shape(lawyer, user, people) for lawyer, user in rows]


def lawyer_shapes(reader: Reader, lawyer_ids: Sequence[str]) -> list[LawyerShape]:
    """Duty lawyers in the order given; people who take no calls are left out."""
    query = (
        select(Lawyer, User)
        .join(User, col(User.id) == col(Lawyer.user_id))
        .where(col(Lawyer.user_id).in_(lawyer_ids))
    )
    rows = {user.id: (lawyer, user) for lawyer, user in reader.session.exec(query)}
    people = reader.people(lawyer.state_by for lawyer, _ in rows.values())
    return [_shape(*rows[each], people) for each in lawyer_ids if each in rows]


def lawyer_shape(reader: Reader, lawyer_id: str) -> LawyerShape | None:
    """One duty lawyer; None for people who take no calls."""
    return next(iter(lawyer_shapes(reader, [lawyer_id])), None)


def skill_shapes(reader: Reader) -> list[SkillShape]:
    """What every lawyer can take, those included who may not sign in now."""
    query = (
        select(Lawyer, User)
        .join(User, col(User.id) == col(Lawyer.user_id))
        .order_by(col(User.is_active).desc(), col(User.username))
    )
    return [skill_shape(lawyer, user) for lawyer, user in reader.session.exec(query)]


def skill_shape(lawyer: Lawyer, user: User) -> SkillShape:
    """What one lawyer can take."""
    return SkillShape(
        id=user.id,
        name=user.display_name,
        username=user.username,
        is_active=user.is_active,
        languages={key: lawyer.language_levels.get(key, DEFAULT_LEVEL) for key in lawyer.languages},
        topics={key: lawyer.topic_levels.get(key, DEFAULT_LEVEL) for key in lawyer.topics},
    )


def duty_shape(reader: Reader) -> DutyShape:
    """The rules of duty."""
    rules = configuration.current(reader.session, DutyRules)
    return DutyShape(
        wrap_up_extensions=rules.wrap_up_extensions,
        wrap_up_extension_seconds=rules.wrap_up_extension_seconds,
        breaks=[BreakShape(**each.model_dump()) for each in rules.breaks],
    )


def state_changes(reader: Reader, lawyer_id: str, *, limit: int) -> list[StateChangeShape]:
    """What a lawyer did, newest first."""
    query = (
        select(LawyerStateChange)
        .where(col(LawyerStateChange.lawyer_id) == lawyer_id)
        .order_by(col(LawyerStateChange.id).desc())
        .limit(limit)
    )
    rows = reader.session.exec(query).all()
    people = reader.people(row.by for row in rows)
    return [
        StateChangeShape(
            at=row.at,
            from_state=row.from_state,
            to_state=row.to_state,
            reason=row.reason,
            by=people.get(row.by),
        )
        for row in rows
    ]


def _shape(lawyer: Lawyer, user: User, people: Mapping[str, Person]) -> LawyerShape:
    by = people.get(lawyer.state_by or "")
    return LawyerShape(
        id=lawyer.user_id,
        name=user.display_name,
        languages=list(lawyer.languages),
        topics=list(lawyer.topics),
        state=lawyer.state,
        reason=lawyer.state_reason,
        since=lawyer.state_since,
        until=lawyer.state_until,
        next_state=lawyer.next_state,
        next_reason=lawyer.next_reason,
        call_id=lawyer.call_id,
        missed_offers=lawyer.missed_offers,
        by=by if by is not None and by.id != lawyer.user_id else None,
        wrap_up_extensions=lawyer.wrap_up_extensions,
    )
