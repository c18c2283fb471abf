"""Reading and writing accounts, sign-ins and failures."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, select

from hotline.tables import SignIn, SignInFailure, User


def find_user(session: Session, username: str) -> User | None:
    """The user with this normalised name."""
    return session.exec(select(User).where(User.username == username)).one_or_none()


def users(session: Session) -> Sequence[User]:
    """Every user, by name."""
    return session.exec(select(User).order_by(col(User.username))).all()


def has_real_users(session: Session) -> bool:
    """Whether anybody but demo users exists."""
    return (
        session.exec(select(User.id).where(col(User.is_demo).is_(False)).limit(1)).first()
        is not None
    )


def sign_in_of(session: Session, token_hash: str, now: datetime) -> tuple[SignIn, User] | None:
    """The sign-in with this token and its user, unless it has ended."""
    query = (
        select(SignIn, User)
        .join(User, col(User.id) == col(SignIn.user_id))
        .where(SignIn.token_hash == token_hash, col(SignIn.expires_at) > now)
    )
    found = session.exec(query).one_or_none()
    return None if found is None else (found[0], found[1])


def end_sign_in(session: Session, token_hash: str) -> None:
    """Forgets one sign-in."""
    session.exec(delete(SignIn).where(col(SignIn.token_hash) == token_hash))


def end_sign_ins_of(session: Session, user_id: str) -> None:
    """Forgets every sign-in of a user."""
    session.exec(delete(SignIn).where(col(SignIn.user_id) == user_id))


def forget_ended_sign_ins(session: Session, now: datetime) -> None:
    """Forgets the sign-ins whose time is over."""
    session.exec(delete(SignIn).where(col(SignIn.expires_at) <= now))


def failures_of(session: Session, subject: str, since: datetime) -> Sequence[datetime]:
    """When this subject failed."""
    query = select(SignInFailure.at).where(
        SignInFailure.subject == subject, col(SignInFailure.at) > since
    )
    return session.exec(query).all()


def add_failures(session: Session, subjects: Sequence[str], at: datetime) -> None:
    """Writes one failure for each subject."""
    session.add_all([SignInFailure(subject=subject, at=at) for subject in subjects])


def forget_failures_of(session: Session, subject: str) -> None:
    """Forgives everything a subject did."""
    session.exec(delete(SignInFailure).where(col(SignInFailure.subject) == subject))


def forget_failures_at(session: Session, subjects: Sequence[str], at: datetime) -> None:
    """Takes one try of these subjects back."""
    session.exec(
        delete(SignInFailure).where(
            col(SignInFailure.subject).in_(subjects), col(SignInFailure.at) == at
        )
    )


def forget_failures_before(session: Session, moment: datetime) -> None:
    """Forgets failures that count no longer."""
    session.exec(delete(SignInFailure).where(col(SignInFailure.at) < moment))
