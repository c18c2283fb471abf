"""Counting sign-ins that fail, and refusing the next when there were too many.

Failures are counted per person and place, per address and per user name, under keyed fingerprints:
the table of failures tells nobody who tried.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hotline.accounts import repository, rules
from hotline.errors import TooMany
from hotline.house import House


@dataclass(frozen=True, slots=True)
class Try:
    """One try to sign in, counted as a failure until it is forgiven."""

    person: str
    address: str
    name: str
    at: datetime

    @property
    def subjects(self) -> tuple[str, str, str]:
        """The fingerprints it is counted under."""
        return (self.person, self.address, self.name)


def begin(session: Session, house: House, *, name: str, address: str) -> Try:
    """Counts a try before its password is looked at, so that many at once are counted too.

    Raises:
        TooMany: There were too many failures; tells how long to wait, and is not counted.
    """
    now = house.clock.now()
    attempt = Try(
        person=_fingerprint(house, "person", f"{name}\n{address}"),
        address=_fingerprint(house, "address", address),
        name=_fingerprint(house, "name", name),
        at=now,
    )
    wait = max(
        rules.wait_seconds(_failures(session, subject, now), limit, now)
        for subject, limit in (
            (attempt.person, rules.PERSON_LIMIT),
            (attempt.address, rules.ADDRESS_LIMIT),
            (attempt.name, rules.NAME_LIMIT),
        )
    )
    if wait > 0:
        raise TooMany(
            f"Too many sign-ins failed; try again in {wait} seconds.", retry_after_seconds=wait
        )
    repository.forget_failures_before(session, now - rules.FAILURES_COUNT_FOR)
    repository.add_failures(session, attempt.subjects, now)
    return attempt


def forgive(session: Session, attempt: Try) -> None:
    """The password was right: the person starts anew, the others lose this one try."""
    repository.forget_failures_of(session, attempt.person)
    repository.forget_failures_at(session, attempt.subjects, attempt.at)


def _failures(session: Session, subject: str, now: datetime) -> list[datetime]:
    return list(repository.failures_of(session, subject, now - rules.FAILURES_COUNT_FOR))


def _fingerprint(house: House, kind: str, text: str) -> str:
    return house.vault.index(text, purpose=f"sign_in_failure.{kind}")
