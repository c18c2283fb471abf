"""What was said, by whom, when."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_list, moment, moment_or_none


class Segment(SQLModel, table=True):
    """A final piece of transcript; times are milliseconds on the recording's clock.

    `text` is what people read; `raw` is what the engine wrote where that differs. `words` holds
    [text, start_ms, end_ms, confidence] where the engine gives them. `source` is live, after_call
    (fills what live transcription missed) or second_pass (the whole call anew, by a better engine).
    """

    __tablename__ = "segments"

    id: int | None = Field(default=None, primary_key=True)
    call_id: str = Field(foreign_key="calls.id", index=True)
    speaker: str
    start_ms: int
    end_ms: int
    text: str
    language: str
    confidence: float | None = None
    engine: str = ""
    model: str = ""
    source: str = "live"
    raw: str | None = None
    words: list[list[str | int | float]] | None = Field(default=None, sa_type=JSON)
    created_at: datetime = moment()


class SpeechStream(SQLModel, table=True):
    """One side of a call that is forked to speech recognition; `id` is on every datagram.

    `purpose` is one of hotline.transcripts.rules.Purpose. `state` is one of
    hotline.transcripts.rules.StreamState; `gaps` holds [start_ms, end_ms] pairs
    that live transcription missed. `language` is the one that is listened for now; `languages`
    holds [from_ms, language] pairs once it was changed during the call.
    """

    __tablename__ = "speech_streams"

    id: int | None = Field(default=None, primary_key=True)
    call_id: str = Field(foreign_key="calls.id", index=True)
    leg: str
    speaker: str
    language: str
    purpose: str = Field(default="transcript", sa_column_kwargs={"server_default": "transcript"})
    state: str = "wanted"
    engine: str = ""
    gaps: list[list[int]] = json_list()
    languages: list[list[int | str]] | None = Field(default=None, sa_type=JSON)
    opened_at: datetime = moment()
    closed_at: datetime | None = moment_or_none()
