"""The directory of lines that calls are transferred to; kept by administrators."""

from enum import StrEnum

from sqlmodel import Session, col, select

from hotline.audit import audit
from hotline.calls.rules import checked_number
from hotline.errors import Conflict, NotFound
from hotline.house import House
from hotline.ids import new_id
from hotline.tables import TransferTarget, User


class TargetKind(StrEnum):
    """What kind of line it is; emergencies come first."""

    EMERGENCY = "emergency"
    GOVERNMENT = "government"
    LEGAL = "legal"
    INTERPRETER = "interpreter"
    OTHER = "other"


def find(session: Session, target_id: str) -> TransferTarget:
    """The directory's row.

    Raises:
        NotFound: None has that id.
    """
    target = session.get(TransferTarget, target_id)
    if target is None:
        raise NotFound(f"There is no transfer target {target_id}.")
    return target


def save(
    session: Session, house: House, target: TransferTarget | None, *, by: User, **values: object
) -> TransferTarget:
    """Writes a new row, or new values of one.

    Raises:
        Conflict: Another row has the number.
        InvalidInput: The number cannot be dialled.
    """
    number = checked_number(str(values["number"]))
    same = session.exec(select(TransferTarget).where(col(TransferTarget.number) == number)).first()
    if same is not None and (target is None or same.id != target.id):
        raise Conflict(f"The directory has this number already, as {same.id}.")
    is_new = target is None
    if target is None:
        target = TransferTarget(id=new_id("target", house.clock), kind="", name="", number=number)
    for name, value in {**values, "number": number}.items():
        setattr(target, name, value)
    session.add(target)
    session.flush()
    audit(session, house, by, "directory.added" if is_new else "directory.changed", target.id)
    return target


def remove(session: Session, house: House, target: TransferTarget, *, by: User) -> None:
    """Takes a row out of the directory."""
    session.delete(target)
    audit(session, house, by, "directory.removed", target.id)
