"""How each language is transcribed."""

from fastapi import APIRouter

from api.paging import Page
from asr.inventory import status
from hotline.views.access import STAFF, require_role
from hotline.views.speech import SpeechShape, speech_shapes
from hotline.web.signed_in import ReadBy

router = APIRouter(tags=["speech"])


@router.get("/speech")
def get_speech(reader: ReadBy) -> Page[SpeechShape]:
    """The engine and model of every language of the hotline, and what is missing."""
    require_role(reader.signed_in, STAFF)
    return Page(items=speech_shapes(status(reader.house.settings)))
