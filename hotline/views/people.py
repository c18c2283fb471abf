"""Who is signed in, and the availability board."""

from datetime import datetime

from sqlmodel import col, select

from hotline.tables import Lawyer, User
from hotline.views.reader import Reader, Shape


class UserShape(Shape):
    """The signed-in person."""

    id: str
    name: str
    username: str
    roles: list[str]


class LawyerShape(Shape):
    """One line of the availability board.

    `state` is one of offline, available, ringing, talking, wrap_up, busy, break, lost;
    `until` is when it ends by itself (wrap-up), `next_state` what was chosen for after the
    call, `missed_offers` how many offers in a row rang in vain.
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
    call_id: str | None
    missed_offers: int


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
    return [_shape(lawyer, user) for lawyer, user in reader.session.exec(query)]


def lawyer_shape(reader: Reader, lawyer_id: str) -> LawyerShape | None:
    """One duty lawyer; None for people who take no calls."""
    lawyer = reader.session.get(Lawyer, lawyer_id)
    user = reader.session.get(User, lawyer_id)
    return _shape(lawyer, user) if lawyer and user else None


def _shape(lawyer: Lawyer, user: User) -> LawyerShape:
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
        call_id=lawyer.call_id,
        missed_offers=lawyer.missed_offers,
    )
