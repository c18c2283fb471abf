"""Where lawyers take calls when not in the browser: a number of theirs, or their SIP phone."""

from enum import StrEnum

from sqlmodel import Session

from hotline.audit import audit
from hotline.calls.rules import checked_number
from hotline.errors import InvalidInput
from hotline.house import House
from hotline.tables import LawyerTelephone, User

_NUMBER = "lawyer.telephone"


class Medium(StrEnum):
    """Where a lawyer takes calls."""

    BROWSER = "browser"
    NUMBER = "number"
    SIP_PHONE = "sip_phone"


def choose(
    session: Session, house: House, lawyer: User, medium: Medium, *, number: str | None = None
) -> LawyerTelephone:
    """Sets where a lawyer takes calls from the next one on.

    Args:
        session: The deed's session.
        house: The process's house.
        lawyer: Whose choice it is.
        medium: The way.
        number: For `Medium.NUMBER`; None keeps the one that was given before.

    Raises:
        InvalidInput: There is no number, or it is none.
    """
    row = session.get(LawyerTelephone, lawyer.id) or LawyerTelephone(lawyer_id=lawyer.id)
    if number:
        row.number_sealed = house.vault.seal(checked_number(number), purpose=_NUMBER)
    if medium is Medium.NUMBER and row.number_sealed is None:
        raise InvalidInput("Say the number that you take calls on.")
    row.medium = medium.value
    session.add(row)
    audit(session, house, lawyer, "lawyer.telephone_chosen", lawyer.id, medium=medium.value)
    return row


def number_of(house: House, row: LawyerTelephone) -> str | None:
    """The number to dial; never for a log or an unmasked screen."""
    if row.number_sealed is None:
        return None
    return house.vault.open(row.number_sealed, purpose=_NUMBER)
