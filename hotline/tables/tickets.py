"""Consultation tickets."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_object, moment, moment_or_none


class Ticket(SQLModel, table=True):
    """What a consultation was about and what was advised; one per call.

    `version` grows with every saved change, so that two editors notice each other. `status` is
    open, wrapping, done. `disposition` is one of hotline.tickets.rules.DISPOSITIONS. `number` is
    what the caller types on the telephone to ask how the matter stands: ten digits, its own.
    """

    __tablename__ = "tickets"

    id: str = Field(primary_key=True)
    number: str | None = Field(default=None, index=True, unique=True)
    call_id: str = Field(foreign_key="calls.id", unique=True)
    caller_id: str | None = Field(default=None, foreign_key="callers.id", index=True)
    lawyer_id: str | None = Field(default=None, foreign_key="users.id", index=True)
    status: str = Field(default="open", index=True)
    language: str | None = None
    topic: str | None = None
    matter: str | None = None
    summary: str = ""
    advice: str = ""
    disposition: str | None = None
    caller_name_sealed: bytes | None = None
    caller_identity_sealed: bytes | None = None
    facts: dict[str, object] = json_object()
    legal_aid_informed: bool = False
    legal_aid_intent: bool = False
    is_confidential: bool = False
    rating: int | None = None
    version: int = 1
    created_at: datetime = moment(index=True)
    updated_at: datetime = moment()
    done_at: datetime | None = moment_or_none()
