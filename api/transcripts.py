"""Transcripts across calls: searching what was said, and taking a transcript along as a file."""

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

from fastapi import Path, Query, Response

from api.calls import seen_call
from api.moments import At
from api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page
from hotline.transcripts.export import Line, as_srt, as_text
from hotline.transcripts.search import Wanted
from hotline.views.access import STAFF, may_see_numbers, require_role
from hotline.views.found import FoundShape, find_words
from hotline.views.reader import leave_trace
from hotline.views.transcripts import HeardSegment, heard_transcript
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy

router = Router(tags=["transcripts"])

_Words = Annotated[str, Query(min_length=1, max_length=50, description="Words; all must be there.")]
_From = Annotated[At | None, Query(alias="from", description="Calls begun then or later.")]
_Until = Annotated[At | None, Query(alias="to", description="Calls begun before.")]


@router.get("/transcripts/search")
def get_search(
    reader: ReadBy,
    q: _Words,
    begun_from: _From = None,
    begun_until: _Until = None,
    topic: Annotated[str | None, Query(max_length=40)] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[FoundShape]:
    """What was said in the calls the reader may see, newest first.

    Words with blanks in between must all be in one segment; telephone, identity and card numbers
    cannot be searched for. Every search is written to the audit trail, without its words.
    """
    require_role(reader.signed_in, STAFF)
    wanted = Wanted(q, begun_from, begun_until, topic)
    before = int(cursor) if cursor is not None and cursor.isdecimal() else None
    rows = find_words(reader, wanted, limit=limit + 1, before=before)
    shown = page(rows, [str(row.segment_id) for row in rows], limit=limit)
    leave_trace(
        reader,
        "transcripts.searched",
        "transcripts",
        found=len(shown.items),
        topic=topic,
    )
    return shown


@router.get(
    "/calls/{call_id}/transcript.{ending}",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}, "application/json": {}}}},
)
def get_file(
    call_id: str, ending: Annotated[str, Path(pattern="^(txt|srt|json)$")], reader: ReadBy
) -> Response:
    """The transcript as text, subtitles or JSON; every request is written to the audit trail.

    JSON says of each segment which engine and model heard it, and holds its words with their times
    (milliseconds on the recording's clock) where the engine gives them; `null` where not.
    """
    call = seen_call(reader, call_id)
    media_type, write = _WRITERS[ending]
    content = write(heard_transcript(reader, call.id))
    is_whole = may_see_numbers(reader.user, call)
    leave_trace(
        reader,
        "transcript.exported",
        call.id,
        format=ending,
        numbers="shown" if is_whole else "masked",
    )
    headers = {
        "Content-Disposition": f'attachment; filename="{call.id}.{ending}"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=media_type, headers=headers)


def _lines(segments: Sequence[HeardSegment]) -> list[Line]:
    return [Line(one.speaker, one.start_ms, one.end_ms, one.text) for one in segments]


def _text(segments: Sequence[HeardSegment]) -> str:
    return as_text(_lines(segments))


def _srt(segments: Sequence[HeardSegment]) -> str:
    return as_srt(_lines(segments))


def _json(segments: Sequence[HeardSegment]) -> str:
    rows = [one.model_dump(mode="json") for one in segments]
    return json.dumps({"segments": rows}, ensure_ascii=False, indent=1)


_WRITERS: Mapping[str, tuple[str, Callable[[Sequence[HeardSegment]], str]]] = MappingProxyType(
    {
        "txt": ("text/plain; charset=utf-8", _text),
        "srt": ("application/x-subrip; charset=utf-8", _srt),
        "json": ("application/json", _json),
    }
)
