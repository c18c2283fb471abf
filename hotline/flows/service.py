"""Versions of the call flow: uploaded, put in force and retired, never changed."""

import hashlib
from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from hotline.audit import audit
from hotline.errors import Conflict, InvalidInput, NotFound
from hotline.events import EventType
from hotline.flows.findings import FlowFinding, Severity, as_line
from hotline.house import House
from hotline.tables import FlowVersion, User

DRAFT, ACTIVE, RETIRED = "draft", "active", "retired"

FILE_VERSION = 0
"""The file of the installation, which holds while no version is active."""

MAX_TEXT = 200_000
"""Characters of a flow file; the shipped one has 5000."""


def active(session: Session) -> FlowVersion | None:
    """The version in force; None while the file holds."""
    query = select(FlowVersion).where(col(FlowVersion.state) == ACTIVE)
    return session.exec(query).first()


def versions(session: Session, *, limit: int = 100) -> Sequence[FlowVersion]:
    """All versions, newest first."""
    query = select(FlowVersion).order_by(col(FlowVersion.version).desc()).limit(limit)
    return session.exec(query).all()


def find(session: Session, version: int) -> FlowVersion:
    """One version.

    Raises:
        NotFound: There is none of this number.
    """
    row = session.get(FlowVersion, version)
    if row is None:
        raise NotFound(f"There is no version {version} of the call flow.")
    return row


def label(text: str, version: int = FILE_VERSION) -> str:
    """What calls write down: the number of a version, or which file it was."""
    return str(version) if version else f"file:{digest(text)[:8]}"


def digest(text: str) -> str:
    """The SHA-256 of a flow's text, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def draft(session: Session, house: House, text: str, *, note: str, by: User) -> FlowVersion:
    """Keeps a flow as a draft, whatever is wrong with it.

    Raises:
        Conflict: Somebody uploaded another at the same moment.
        InvalidInput: It is longer than flows may be.
    """
    if len(text) > MAX_TEXT:
        raise InvalidInput(f"A flow has at most {MAX_TEXT} characters.")
    newest = session.exec(select(func.max(FlowVersion.version))).one() or FILE_VERSION
    row = FlowVersion(
        version=newest + 1,
        text=text,
        sha256=digest(text),
        note=note,
        created_at=house.clock.now(),
        created_by=by.id,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("Another flow was uploaded at the same moment; try again.") from error
    audit(session, house, by, "flow.uploaded", str(row.version), sha256=row.sha256)
    return row


def activate(
    session: Session, house: House, version: int, *, by: User, findings: Sequence[FlowFinding]
) -> FlowVersion | None:
    """Puts a version in force for calls that arrive from now on; 0 is the file.

    Args:
        session: The deed's session.
        house: The process's house.
        version: Which one; its text never changes.
        by: Who wants it.
        findings: What was found in it, before the transaction: that takes a while.

    Returns:
        The version, None for the file.

    Raises:
        Conflict: Somebody put another in force at the same moment.
        InvalidInput: Calls could not be led by it.
        NotFound: There is no such version.
    """
    row = find(session, version) if version != FILE_VERSION else None
    if row is not None:
        _refuse_broken(findings)
    before = active(session)
    if before is row:
        return row
    now = house.clock.now()
    if before is not None:
        before.state, before.retired_at = RETIRED, now
        session.add(before)
    try:
        session.flush()
        if row is not None:
            row.state, row.activated_at, row.activated_by = ACTIVE, now, by.id
            row.retired_at = None
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise Conflict("Another flow was put in force at the same moment.") from error
    audit(session, house, by, "flow.activated", str(version))
    house.record(session, EventType.FLOW_CHANGED, version=version)
    return row


def _refuse_broken(findings: Sequence[FlowFinding]) -> None:
    errors = [as_line(each) for each in findings if each.severity is Severity.ERROR]
    if errors:
        raise InvalidInput("Calls could not be led by this flow. " + " ".join(errors[:5]))
