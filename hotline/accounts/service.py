"""Signing in and out, and the people who may.

A sign-in is a random token; the database keeps only its SHA-256, so a copy of the database signs
nobody in.
"""

import hashlib
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from hotline.accounts import repository, rules, throttle
from hotline.accounts.demo_mode import is_demo_mode
from hotline.accounts.passwords import hash_password, is_password, needs_new_hash
from hotline.errors import Conflict, InvalidInput, NotFound, NotSignedIn
from hotline.house import House
from hotline.ids import new_id
from hotline.tables import Lawyer, SignIn, User

log = logging.getLogger(__name__)

_TOKEN_BYTES = 32
_REFUSED = "User name and password do not fit."


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person to add; `languages` and `topics` matter for lawyers only, ("*",) is every topic."""

    username: str
    display_name: str
    password: str
    roles: Sequence[str]
    languages: Sequence[str] = ("zh",)
    topics: Sequence[str] = ("*",)
    is_demo: bool = False


def sign_in(
    session: Session, house: House, *, username: str, password: str, address: str
) -> tuple[User, str, SignIn]:
    """Signs a person in.

    The try is written and committed before the password is looked at: a refusal that rolls the
    session back cannot forget it, a hundred guesses at once are counted one by one, and hashing
    holds no lock. What the session held before is committed with it.

    Args:
        session: A session that has nothing else to do yet.
        house: The process's house.
        username: As typed.
        password: As typed.
        address: Where the try comes from, such as the peer's IP address.

    Returns:
        The user, the token to hand out (kept nowhere else), and the sign-in.

    Raises:
        NotSignedIn: Name and password do not fit, or the user may not sign in.
        TooMany: Too many failures; tells how long to wait.
    """
    now = house.clock.now()
    name = _typed_name(username)
    attempt = throttle.begin(session, house, name=name, address=address)
    user = repository.find_user(session, name)
    stored = user.password_hash if user else None
    session.commit()

    # A password longer than any that can be set would only cost time.
    fits = is_password(password[: rules.PASSWORD_MOST_CHARACTERS + 1], stored)
    if user is None or not fits or not may_sign_in(house, user):
        log.info("sign-in refused")
        raise NotSignedIn(_REFUSED)
    if needs_new_hash(user.password_hash):
        user.password_hash = hash_password(password)
        session.add(user)
    throttle.forgive(session, attempt)
    repository.forget_ended_sign_ins(session, now)
    return (user, *_new_sign_in(session, house, user, now))


def find(session: Session, user_id: str) -> User:
    """The user's row.

    Raises:
        NotFound: Nobody has that id.
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(f"There is no user {user_id}.")
    return user


def user_of_token(session: Session, house: House, token: str) -> User | None:
    """Who is signed in with this token; None when nobody is, or no longer."""
    if not token:
        return None
    found = repository.sign_in_of(session, hash_token(token), house.clock.now())
    if found is None or not may_sign_in(house, found[1]):
        return None
    return found[1]


def sign_out(session: Session, house: House, token: str) -> None:  # noqa: ARG001 - the house is every service's second argument
    """Ends the sign-in with this token; does nothing when there is none."""
    repository.end_sign_in(session, hash_token(token))


def create_user(session: Session, house: House, new: NewUser) -> User:
    """Adds a person; a lawyer comes with a row on the board, offline.

    Raises:
        InvalidInput: Name, roles, languages or password cannot be used.
        Conflict: The user name is taken.
    """
    username = rules.normalise_username(new.username)
    if not new.is_demo:
        rules.check_password(new.password, username=username)
    roles = rules.check_roles(new.roles)
    if repository.find_user(session, username) is not None:
        raise Conflict("There is a user with this name already.", reason="name_taken")
    user = User(
        id=new_id("user", house.clock),
        username=username,
        display_name=new.display_name.strip() or username,
        password_hash=hash_password(new.password),
        roles=roles,
        is_demo=new.is_demo,
        created_at=house.clock.now(),
    )
    session.add(user)
    session.flush()
    if rules.Role.LAWYER in roles:
        set_skills(session, house, user.id, languages=new.languages, topics=new.topics)
    return user


def set_skills(
    session: Session,
    house: House,
    user_id: str,
    *,
    languages: Sequence[str],
    topics: Sequence[str],
) -> Lawyer:
    """Says what a lawyer can take; makes the lawyer's row where there is none yet.

    Raises:
        InvalidInput: No language or no topic, or something that is no language code.
    """
    rules.check_skills(languages, topics)
    lawyer = session.get(Lawyer, user_id) or Lawyer(user_id=user_id, state_since=house.clock.now())
    lawyer.languages = list(languages)
    lawyer.topics = list(topics)
    session.add(lawyer)
    session.flush()
    return lawyer


def set_password(session: Session, house: House, user_id: str, password: str) -> None:  # noqa: ARG001 - as in sign_out
    """Gives a user a new password and ends every sign-in made with the old one.

    Raises:
        NotFound: There is no such user.
        InvalidInput: The password is too easily guessed.
    """
    user = find(session, user_id)
    rules.check_password(password, username=user.username)
    user.password_hash = hash_password(password)
    session.add(user)
    repository.end_sign_ins_of(session, user_id)


def set_active(session: Session, user_id: str, *, is_active: bool) -> None:
    """Lets a user sign in, or no longer; whoever is shut out is signed out everywhere.

    Raises:
        NotFound: There is no such user.
    """
    user = find(session, user_id)
    user.is_active = is_active
    session.add(user)
    if not is_active:
        repository.end_sign_ins_of(session, user_id)


def hash_token(token: str) -> str:
    """What the database keeps of a token; tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _typed_name(username: str) -> str:
    try:
        return rules.normalise_username(username)
    except InvalidInput:
        # Nobody has such a name; it is refused like a wrong one, and throttled like one.
        return f"?{hashlib.sha256(username.encode(errors='replace')).hexdigest()}"


def may_sign_in(house: House, user: User) -> bool:
    """Whether somebody is let in at all: demo users only while this is a demo."""
    return user.is_active and (not user.is_demo or is_demo_mode(house.settings))


def _new_sign_in(session: Session, house: House, user: User, now: datetime) -> tuple[str, SignIn]:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    entry = SignIn(
        id=new_id("sess", house.clock),
        token_hash=hash_token(token),
        user_id=user.id,
        created_at=now,
        expires_at=now + timedelta(hours=house.settings.session_hours),
    )
    session.add(entry)
    return token, entry
