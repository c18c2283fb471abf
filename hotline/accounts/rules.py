"""Rules of signing in: roles, names, passwords, and how long to wait after failures."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hotline.errors import InvalidInput


class Role(StrEnum):
    """What a person does at the hotline; one person may have several."""

    LAWYER = "lawyer"
    SUPERVISOR = "supervisor"
    INTAKE = "intake"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures one subject may have before it has to wait."""

    free_failures: int


# One person at one place: five tries cover a forgotten capital letter and a wrong keyboard.
PERSON_LIMIT = Limit(5)
# One address: an office of duty lawyers shares one, so it bears more than a person.
ADDRESS_LIMIT = Limit(20)
# One user name from anywhere. Higher than a person's, or a stranger could lock a lawyer out of
# the hotline by failing five times from elsewhere.
NAME_LIMIT = Limit(50)

_FIRST_WAIT_SECONDS = 30
_LONGEST_WAIT_SECONDS = 15 * 60
# Failures older than this are forgiven; longer than the longest wait, so waiting is not a way out.
FAILURES_COUNT_FOR = timedelta(hours=1)

# NIST SP 800-63B section 5.1.1 asks for eight and for no other rule of composition than refusing
# the obvious; ten because these accounts open callers' records.
PASSWORD_LEAST_CHARACTERS = 10
PASSWORD_MOST_CHARACTERS = 200
_PASSWORD_LEAST_DIFFERENT = 5
_USERNAME_MOST_CHARACTERS = 64

# ISO 639 codes, two or three letters. A lawyer may speak what the first menu does not offer.
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def wait_seconds(failures: Sequence[datetime], limit: Limit, now: datetime) -> int:
    """How long a subject with these failures has to wait before the next try; 0 for not at all.

    The wait begins at 30 s with the failure that uses up the limit and doubles with each further
    one up to 15 minutes, counted from the newest failure.
    """
    counted = [at for at in failures if now - at < FAILURES_COUNT_FOR]
    excess = len(counted) - limit.free_failures
    if excess < 0:
        return 0
    # Doubling five times passes the longest wait; a bound keeps the power small.
    wait = min(_FIRST_WAIT_SECONDS * 2 ** min(excess, 10), _LONGEST_WAIT_SECONDS)
    left = (max(counted) + timedelta(seconds=wait) - now).total_seconds()
    return max(0, int(-(-left // 1)))


def normalise_username(raw: str) -> str:
    """The user name as it is stored and compared: without case, width or surrounding space.

    Raises:
        InvalidInput: The name is empty, too long, or holds what cannot be typed again.
    """
    name = unicodedata.normalize("NFKC", raw).strip().casefold()
    if not name or len(name) > _USERNAME_MOST_CHARACTERS:
        raise InvalidInput(f"A user name has 1 to {_USERNAME_MOST_CHARACTERS} characters.")
    if not all(character.isalnum() or character in "._-@" for character in name):
        raise InvalidInput("A user name is made of letters, digits and . _ - @ only.")
    return name


def check_password(password: str, *, username: str) -> None:
    """Refuses passwords that are guessed first.

    Raises:
        InvalidInput: The password is too short, too long, too monotonous, or holds the user name.
    """
    if len(password) < PASSWORD_LEAST_CHARACTERS:
        raise InvalidInput(f"A password has at least {PASSWORD_LEAST_CHARACTERS} characters.")
    if len(password) > PASSWORD_MOST_CHARACTERS:
        raise InvalidInput(f"A password has at most {PASSWORD_MOST_CHARACTERS} characters.")
    if len(set(password)) < _PASSWORD_LEAST_DIFFERENT:
        raise InvalidInput(
            f"A password has at least {_PASSWORD_LEAST_DIFFERENT} different characters."
        )
    if username.casefold() in password.casefold():
        raise InvalidInput("A password does not contain the user name.")


def check_roles(roles: Iterable[str]) -> list[str]:
    """The roles, sorted and without doubles.

    Raises:
        InvalidInput: There is none, or one that does not exist.
    """
    known = [role.value for role in Role]
    wanted = set(roles)
    if not wanted or not wanted <= set(known):
        raise InvalidInput(f"A user has one or more of the roles {', '.join(known)}.")
    return [role for role in known if role in wanted]


def check_skills(languages: Sequence[str], topics: Sequence[str]) -> None:
    """Refuses a lawyer nobody could be put through to.

    Raises:
        InvalidInput: No language or no topic, or something that is no language code.
    """
    if not languages or not all(_LANGUAGE.fullmatch(language) for language in languages):
        raise InvalidInput("A lawyer speaks at least one language, written like zh, bo, en or ko.")
    if not topics or not all(topics):
        raise InvalidInput("A lawyer takes at least one topic; * means every topic.")
