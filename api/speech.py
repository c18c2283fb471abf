"""How each language is transcribed."""

from fastapi import APIRouter

from api.paging import Page
from asr import models
from asr.inventory import status
from hotline.views.access import STAFF, WATCHERS, require_role
from hotline.views.speech import SpeechModelShape, SpeechShape, speech_shapes
from hotline.web.signed_in import ReadBy

router = APIRouter(tags=["speech"])


@router.get("/speech")
def get_speech(reader: ReadBy) -> Page[SpeechShape]:
    """The engine and model of every language of the hotline, and what is missing."""
    require_role(reader.signed_in, STAFF)
    return Page(items=speech_shapes(status(reader.house.settings)))


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
