"""Prompts that administrators uploaded: every recording is kept, one of them is heard."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from hotline.audit import audit
from hotline.errors import Conflict, InvalidInput, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.tables import PromptVersion, User

ACTIVE, RETIRED = "active", "retired"

SHIPPED_VERSION = 0
"""What is heard while nothing is uploaded."""

_KEY = re.compile(r"[a-z0-9_]{1,60}")
_LANGUAGE = re.compile(r"[a-z]{2,3}|any")


class Sound(Protocol):
    """A recording that was made fit to be played (`recordings.prompt_sound`)."""

    @property
    def wav(self) -> bytes:
        """WAV file, 8000 Hz, mono, 16 bit."""

    @property
    def seconds(self) -> float:
        """Its length."""

    @property
    def level_dbfs(self) -> float:
        """Level of the speech, pauses not counted."""

    @property
    def gain_db(self) -> float:
        """What it was made louder by."""


def check_names(key: str, language: str) -> None:
    """Refuses what cannot name a prompt.

    Raises:
        InvalidInput: One of them has other characters.
    """
    if not _KEY.fullmatch(key):
        raise InvalidInput("A prompt's key has small letters, digits and underscores, 60 at most.")
    if not _LANGUAGE.fullmatch(language):
        raise InvalidInput("A language is named by two or three small letters, such as zh.")


def active(session: Session) -> Mapping[tuple[str, str], str]:
    """The SHA-256 of every recording that is heard, by language and key."""
    query = select(PromptVersion.language, PromptVersion.key, PromptVersion.sha256).where(
        col(PromptVersion.state) == ACTIVE
    )
    return {(language, key): digest for language, key, digest in session.exec(query)}


def require_unchanged(session: Session, before: Mapping[tuple[str, str], str]) -> None:
    """Checks in a transaction that what was looked at before it still holds.

    Args:
        session: The deed's session.
        before: What `active` said then.

    Raises:
        Conflict: Another recording has become active since, or one has been taken back.
    """
    if active(session) != before:
        raise Conflict("Prompts have just changed; try again.")


def audio(session: Session, language: str, key: str) -> bytes:
    """The recording that is heard, as a WAV file; empty when none is uploaded."""
    query = select(PromptVersion.audio).where(
        col(PromptVersion.language) == language,
        col(PromptVersion.key) == key,
        col(PromptVersion.state) == ACTIVE,
    )
    return session.exec(query).first() or b""


def versions(session: Session, key: str, language: str) -> Sequence[PromptVersion]:
    """The recordings of one prompt in one language, newest first."""
    query = (
        select(PromptVersion)
        .where(col(PromptVersion.key) == key, col(PromptVersion.language) == language)
        .order_by(col(PromptVersion.version).desc())
    )
    return session.exec(query).all()


def store(
    session: Session, house: House, key: str, language: str, sound: Sound, *, note: str, by: User
) -> PromptVersion:
    """Lets callers hear this recording from now on.

    Raises:
        Conflict: Somebody uploaded another at the same moment.
        InvalidInput: Key or language cannot be.
    """
    check_names(key, language)
    query = select(func.max(PromptVersion.version)).where(
        col(PromptVersion.key) == key, col(PromptVersion.language) == language
    )
    newest = session.exec(query).one() or SHIPPED_VERSION
    row = PromptVersion(
        key=key,
        language=language,
        version=newest + 1,
        sha256=hashlib.sha256(sound.wav).hexdigest(),
        audio=sound.wav,
        seconds=sound.seconds,
        level_dbfs=sound.level_dbfs,
        gain_db=sound.gain_db,
        note=note,
        uploaded_at=house.clock.now(),
        uploaded_by=by.id,
    )
    _retire(session, house, key, language)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("Another recording was uploaded at the same moment; try again.") from error
    _tell(session, house, row.key, row.language, row.version, by, "prompt.uploaded")
    return row


def take_back(session: Session, house: House, key: str, language: str, *, by: User) -> None:
    """Callers hear the shipped recording again, or the default language's.

    Raises:
        NotFound: Nothing is uploaded there.
    """
    if not _retire(session, house, key, language):
        raise NotFound(f"Nothing is uploaded for {key} in {language}.")
    _tell(session, house, key, language, SHIPPED_VERSION, by, "prompt.taken_back")


def _retire(session: Session, house: House, key: str, language: str) -> bool:
    before = [row for row in versions(session, key, language) if row.state == ACTIVE]
    for row in before:
        row.state, row.retired_at = RETIRED, house.clock.now()
        session.add(row)
    # The database allows one active recording, so this goes before the next one.
    session.flush()
    return bool(before)


def _tell(
    session: Session,
    house: House,
    key: str,
    language: str,
    version: int,
    by: User,
    action: str,
) -> None:
    audit(session, house, by, action, f"{key}@{language}", version=version)
    house.record(session, EventType.PROMPT_CHANGED, key=key, language=language, version=version)
