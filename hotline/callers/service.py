"""The people who call: found by a blind index, named only to those who may know."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from hotline.house import House
from hotline.ids import new_id
from hotline.privacy import mask_number, normalise_number
from hotline.tables import Caller, User

_NUMBER = "caller.number"

# Who needs the full number for the work: intake officers contact applicants (Legal Aid Law,
# article 43). Everyone else dials through the hotline and sees a mask.
_MAY_SEE_NUMBER = frozenset({"intake"})


def find_or_create(session: Session, house: House, number: str) -> Caller:
    """The caller with this number, made where the number is new."""
    normalised = normalise_number(number)
    index = house.vault.index(normalised, purpose=_NUMBER)
    query = select(Caller).where(col(Caller.number_index) == index)
    caller = session.exec(query).first()
    if caller is not None:
        return caller
    caller = Caller(
        id=new_id("caller", house.clock),
        number_index=index,
        number_sealed=house.vault.seal(normalised, purpose=_NUMBER),
        created_at=house.clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(caller)
            session.flush()
    except IntegrityError:
        # Another process wrote the same number between our look and our write.
        return session.exec(query).one()
    return caller


def number_of(house: House, caller: Caller) -> str:
    """The caller's full number, for dialling; never for a log or an unentitled screen."""
    return house.vault.open(caller.number_sealed, purpose=_NUMBER)


def may_see_number(reader: User | None) -> bool:
    """Whether this reader's role shows full numbers."""
    return reader is not None and not _MAY_SEE_NUMBER.isdisjoint(reader.roles)


def shown_number(
    session: Session, house: House, caller_id: str | None, *, reader: User | None
) -> str | None:
    """The number as this reader may see it; None for a caller who hid it."""
    caller = session.get(Caller, caller_id) if caller_id else None
    if caller is None:
        return None
    number = number_of(house, caller)
    return number if may_see_number(reader) else mask_number(number)
