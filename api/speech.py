"""How each language is transcribed."""

from pydantic import BaseModel, Field

from api.calls import seen_call
from api.paging import Page
from asr import models
from asr.inventory import servers, status
from hotline import speech_board
from hotline.errors import InvalidInput, NotAllowed
from hotline.transcripts import service as transcripts
from hotline.transcripts.rules import Speaker
from hotline.views.access import STAFF, WATCHERS, require_role
from hotline.views.speech import (
    SpeechModelShape,
    SpeechServerShape,
    SpeechShape,
    server_shapes,
    speech_shapes,
)
from hotline.views.transcripts import StreamShape, stream_shape
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy

router = Router(tags=["speech"])


@router.get("/speech")
def get_speech(reader: ReadBy) -> Page[SpeechShape]:
    """The engine and model of every language of the hotline, and what is missing."""
    require_role(reader.signed_in, STAFF)
    return Page(items=speech_shapes(status(reader.house.settings)))


@router.get("/speech/servers")
def get_speech_servers(reader: ReadBy) -> Page[SpeechServerShape]:
    """The speech servers on other machines: whether they are well, and how much they do."""
    require_role(reader.signed_in, WATCHERS)
    return Page(
        items=server_shapes(servers(reader.house.settings), speech_board.hear(reader.house))
    )


class Spoken(BaseModel):
    """What a call is spoken in from now on; `speaker` is caller or lawyer, None for both."""

    language: str = Field(pattern="^[a-z]{2,3}$")
    speaker: Speaker | None = None


@router.put("/calls/{call_id}/language")
def put_language(call_id: str, body: Spoken, writer: WriteBy) -> Page[StreamShape]:
    """Has the rest of a call transcribed in another language: its lawyer's choice."""
    call = seen_call(writer, call_id)
    if call.lawyer_id != writer.signed_in.id:
        raise NotAllowed("Only the lawyer of the call chooses its language.")
    if body.language not in writer.house.settings.languages:
        raise InvalidInput(f"The hotline has no language {body.language}.")
    streams = transcripts.change_language(
        writer.session, writer.house, call.id, body.language, speaker=body.speaker
    )
    return Page(items=[stream_shape(stream) for stream in streams])


@router.get("/speech/models")
def get_speech_models(reader: ReadBy) -> Page[SpeechModelShape]:
    """Every speech model that is installed or could be."""
    require_role(reader.signed_in, WATCHERS)
    return Page(
        items=[
            SpeechModelShape(
                name=row.model.name,
                engine=row.model.engine,
                languages=list(row.model.languages),
                size_bytes=row.model.size_bytes,
                licence=row.model.licence,
                source=row.source,
                sha256=row.sha256,
                is_installed=row.is_installed,
                live=row.model.is_streaming,
                used_for=list(row.used_for),
            )
            for row in models.rows(reader.house.settings)
        ]
    )
