"""A reader: who looks, and with which session; names and numbers are loaded in one go each."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session, col, select

from hotline.audit import audit
from hotline.callers.service import may_see_number, number_of
from hotline.house import House
from hotline.privacy import mask_number
from hotline.tables import Caller, User


class Shape(BaseModel):
    """What all shapes share: made from keyword arguments, never changed afterwards.

    Moments are written as RFC 3339 with an offset.
    """

    model_config = ConfigDict(
        frozen=True,
        json_schema_serialization_defaults_required=True,
        # An error that quotes what did not fit would bring callers' words into a log.
        hide_input_in_errors=True,
    )


class Person(Shape):
    """Somebody who works with the hotline."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the data; without a user everything personal is masked."""

    session: Session
    house: House
    user: User | None = None

    @property
    def signed_in(self) -> User:
        """The user of a reader that is known to be signed in."""
        if self.user is None:
            raise AssertionError("this reader is not signed in")
        return self.user

    @property
    def roles(self) -> frozenset[str]:
        """The reader's roles."""
        return frozenset(self.user.roles) if self.user else frozenset()

    @property
    def sees_listeners(self) -> bool:
        """Whether this reader is told that a supervisor listens."""
        is_supervisor = not self.roles.isdisjoint({"supervisor", "admin"})
        return is_supervisor or self.house.settings.tell_listening

    def numbers(self, caller_ids: Iterable[str | None]) -> dict[str, str]:
        """Callers' numbers by caller id, masked unless the reader's role shows them."""
        wanted = {caller_id for caller_id in caller_ids if caller_id}
        if not wanted:
            return {}
        is_full = may_see_number(self.user)
        shown = {}
        for caller in self.session.exec(select(Caller).where(col(Caller.id).in_(wanted))):
            number = number_of(self.house, caller)
            shown[caller.id] = number if is_full else mask_number(number)
        return shown

    def people(self, user_ids: Iterable[str | None]) -> dict[str, Person]:
        """Users by id, as others see them."""
        wanted = {user_id for user_id in user_ids if user_id}
        if not wanted:
            return {}
        users = self.session.exec(select(User).where(col(User.id).in_(wanted)))
        return {user.id: Person(id=user.id, name=user.display_name) for user in users}


def leave_trace(reader: Reader, action: str, subject: str, **detail: object) -> None:
    """Writes into the audit trail what was read, in a short transaction of its own.

    Whoever searches or counts for long must not keep calls from writing meanwhile. The reader's
    session is over with it; what cannot be written into the trail must not be answered.

    Args:
        reader: Who has read.
        action: See `hotline.audit.audit`, and so for the rest.
        subject: The id of what was read.
        **detail: Ids and plain facts.
    """
    user = reader.signed_in
    # Gives the connection back first: two for each request would run the pool dry.
    reader.session.close()
    with reader.house.database.session() as session:
        audit(session, reader.house, user, action, subject, **detail)


def reader_of_role(session: Session, house: House, role: str) -> Reader:
    """A reader who stands for everyone of a role, for what is sent to all of them at once."""
    everyone = User(
        id="",
        username="",
        display_name="",
        password_hash="",
        roles=[role],
        created_at=house.clock.now(),
    )
    return Reader(session, house, everyone)
