"""Legal-aid intake: tickets handed over, and every step of their decision."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_object, moment, moment_or_none


class Intake(SQLModel, table=True):
    """One ticket handed to the legal-aid centre; a person decides, the finding only proposes."""

    __tablename__ = "intakes"

    id: str = Field(primary_key=True)
    ticket_id: str = Field(foreign_key="tickets.id", unique=True)
    state: str = Field(default="submitted", index=True)
    facts: dict[str, object] = json_object()
    finding: dict[str, object] = json_object()
    submitted_by: str = Field(foreign_key="users.id")
    submitted_at: datetime = moment(index=True)
    due_at: datetime | None = moment_or_none()
    decided_by: str | None = Field(default=None, foreign_key="users.id")
    decided_at: datetime | None = moment_or_none()
    reason: str = ""
    version: int = 1


class IntakeStep(SQLModel, table=True):
    """One step of an intake: who did what, when, with which words."""

    __tablename__ = "intake_steps"

    id: int | None = Field(default=None, primary_key=True)
    intake_id: str = Field(foreign_key="intakes.id", index=True)
    at: datetime = moment()
    by: str = Field(foreign_key="users.id")
    from_state: str
    to_state: str
    note: str = ""
