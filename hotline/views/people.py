"""Who is signed in, and the availability board."""

from datetime import datetime

from hotline.agents.service import LawyerRow, board, row_of
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

    `state` is one of offline, available, ringing, talking, wrap_up, busy, break, lost; `until` is
    when the state ends by itself (wrap-up); `next_state` is what was chosen for after the call.
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


def user_shape(user: User) -> UserShape:
    """A user as they see themselves."""
    return UserShape(
        id=user.id, name=user.display_name, username=user.username, roles=list(user.roles)
    )


def lawyer_board(reader: Reader) -> list[LawyerShape]:
    """All duty lawyers."""
    return [_shape(row) for row in board(reader.session)]


def lawyer_shape(reader: Reader, lawyer_id: str) -> LawyerShape | None:
    """One duty lawyer; None for people who take no calls."""
    if reader.session.get(Lawyer, lawyer_id) is None:
        return None
    return _shape(row_of(reader.session, lawyer_id))


def _shape(row: LawyerRow) -> LawyerShape:
    return LawyerShape(
        id=row.id,
        name=row.name,
        languages=list(row.languages),
        topics=list(row.topics),
        state=row.state.value,
        reason=row.reason,
        since=row.since,
        until=row.until,
        next_state=row.next_state,
        call_id=row.call_id,
    )
