"""How calls were judged: by rules, and by people on a sample."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_list, moment, moment_or_none


class QualityCheck(SQLModel, table=True):
    """One call's judgement (hotline.quality); scores are 0 to 100.

    `items` holds each rule's name, share of its points, weight, reason and evidence with times.
    `sample` says why a person should look: random, dissatisfied, forbidden_words, or nothing.
    """

    __tablename__ = "quality_checks"

    call_id: str = Field(primary_key=True, foreign_key="calls.id")
    lawyer_id: str | None = Field(default=None, foreign_key="users.id", index=True)
    score: int
    has_passed: bool
    items: list[dict[str, Any]] = json_list()
    sample: str | None = Field(default=None, index=True)
    rules_version: int = 0
    checked_at: datetime = moment(index=True)
    human_score: int | None = None
    human_passed: bool | None = None
    human_note: str = ""
    reviewed_by: str | None = Field(default=None, foreign_key="users.id")
    reviewed_at: datetime | None = moment_or_none()
