"""What was said, by whom, when."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_list, moment, moment_or_none


class Segment(SQLModel, table=True):
    """A final piece of transcript; times are milliseconds on the recording's clock.

    `source` is live or after_call; after_call segments replace live ones only where those miss.
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
    created_at: datetime = moment()


class SpeechStream(SQLModel, table=True):
    """One side of a call that is forked to speech recognition; `id` is on every datagram.

    `state` is one of hotline.transcripts.rules.StreamState; `gaps` holds [start_ms, end_ms] pairs
    that live transcription missed.
    """

    __tablename__ = "speech_streams"

    id: int | None = Field(default=None, primary_key=True)
    call_id: str = Field(foreign_key="calls.id", index=True)
    leg: str
    speaker: str
    language: str
    state: str = "wanted"
    engine: str = ""
    gaps: list[list[int]] = json_list()
    opened_at: datetime = moment()
    closed_at: datetime | None = moment_or_none()
