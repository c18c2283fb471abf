"""The people who work here, as an administrator keeps their accounts; every deed is audited.

Whatever is changed, somebody who administers can still sign in afterwards, and nobody who may be
offered a caller ceases to be a lawyer.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from hotline.accounts import rules, service
from hotline.accounts.service import NewUser
from hotline.agents.rules import OFF_DUTY
from hotline.audit import audit
from hotline.errors import Conflict
from hotline.house import House
from hotline.tables import Lawyer, User


def add(session: Session, house: House, new: NewUser, *, by: User) -> User:
    """Adds a person; a lawyer comes with a row on the board, offline.

    Raises:
        InvalidInput: Name, roles, languages or password cannot be used.
        Conflict: The user name is taken.
    """
    user = service.create_user(session, house, new)
    audit(session, house, by, "user.added", user.id, roles=list(user.roles))
    return user


def change(
    session: Session,
    house: House,
    user_id: str,
    *,
    display_name: str,
    roles: Sequence[str],
    is_active: bool,
    by: User,
) -> User:
    """Writes a person anew; who may not sign in any more is signed out everywhere.

    Raises:
        NotFound: Nobody has that id.
        InvalidInput: There is no such role, or none is left.
        Conflict: Nobody who administers could sign in afterwards, the administrator would shut
            out themselves, or a lawyer who is on duty would be none any more.
    """
    everybody = _hold(session)
    user = service.find(session, user_id)
    wanted = rules.check_roles(roles)
    if user.id == by.id and not is_active:
        raise Conflict(
            "Nobody can shut out themselves; another administrator can.", reason="oneself"
        )
    _keep_duty(session, user, wanted, is_active=is_active)
    before = {"roles": list(user.roles), "is_active": user.is_active}
    user.display_name = display_name.strip() or user.username
    user.roles = wanted
    session.add(user)
    if user.is_active != is_active:
        service.set_active(session, user.id, is_active=is_active)
    _check_administered(house, everybody)
    if rules.Role.LAWYER in wanted and session.get(Lawyer, user.id) is None:
        service.set_skills(session, house, user.id, languages=("zh",), topics=("*",))
    after = {"roles": wanted, "is_active": is_active}
    audit(session, house, by, "user.changed", user.id, before=before, after=after)
    return user


def give_password(session: Session, house: House, user_id: str, password: str, *, by: User) -> None:
    """Gives a person a new password and signs them out everywhere.

    Raises:
        NotFound: Nobody has that id.
        InvalidInput: The password is too easily guessed.
    """
    service.set_password(session, house, user_id, password)
    audit(session, house, by, "user.password_given", user_id)


def _keep_duty(session: Session, user: User, wanted: Sequence[str], *, is_active: bool) -> None:
    lawyer = session.get(Lawyer, user.id)
    stays = is_active and rules.Role.LAWYER in wanted
    if lawyer is not None and lawyer.state not in OFF_DUTY and not stays:
        raise Conflict(
            "This lawyer is on duty; change it when they have signed off.", reason="on_duty"
        )


def set_active(session: Session, house: House, user_id: str, *, is_active: bool) -> None:
    """Lets somebody sign in, or no longer, at once; whoever is shut out is signed out everywhere.

    Raises:
        NotFound: Nobody has that id.
        Conflict: Nobody who administers could sign in afterwards.
    """
    everybody = _hold(session)
    service.set_active(session, user_id, is_active=is_active)
    _check_administered(house, everybody)


def _hold(session: Session) -> Sequence[User]:
    """Everybody's row, held: two who shut each other out at once must see each other's deed.

    Rows that refer to users are not held up (PostgreSQL's FOR NO KEY UPDATE).
    """
    query = select(User).order_by(col(User.id)).with_for_update(key_share=True)
    return session.exec(query.execution_options(populate_existing=True)).all()


def _check_administered(house: House, everybody: Sequence[User]) -> None:
    """Looks at the rows as they have just been changed."""
    if not any(
        rules.Role.ADMIN in user.roles and service.may_sign_in(house, user) for user in everybody
    ):
        raise Conflict(
            "Somebody who may sign in has to administer; make another one first.",
            reason="last_administrator",
        )
