"""The audit trail: who looked at or changed what belongs to a caller."""

from sqlmodel import Session

from hotline.house import House
from hotline.tables import AuditEntry, User


def audit(
    session: Session, house: House, user: User | None, action: str, subject: str, **detail: object
) -> None:
    """Writes one deed in the transaction that does it.

    Args:
        session: The deed's session.
        house: The process's house.
        user: Who does it; None for a citizen or the system.
        action: What, as noun.verb: ``recording.listened``.
        subject: The id of what it is done to.
        **detail: Ids and plain facts; never numbers, names or words of a caller.
    """
    session.add(
        AuditEntry(
            at=house.clock.now(),
            user_id=user.id if user else None,
            action=action,
            subject=subject,
            detail=detail,
        )
    )
