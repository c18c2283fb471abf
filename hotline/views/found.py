"""What a search over transcripts found, as the reader may see it."""

from datetime import datetime

from hotline.transcripts.search import Wanted, search
from hotline.views.calls import visible_calls
from hotline.views.reader import Person, Reader, Shape
from hotline.views.words import shown_alone

# A snippet shows the whole segment unless somebody spoke without a pause.
_LONGEST_SNIPPET = 160


class FoundShape(Shape):
    """A segment that holds the words; `start_ms` is its place in the call's recording."""

    segment_id: int
    call_id: str
    speaker: str
    start_ms: int
    end_ms: int
    snippet: str
    started_at: datetime
    topic: str | None
    lawyer: Person | None


def find_words(
    reader: Reader, wanted: Wanted, *, limit: int, before: int | None = None
) -> list[FoundShape]:
    """Segments in calls that this reader may see, newest first.

    Raises:
        InvalidInput: There is no word to search for.
    """
    rows = search(reader.session, wanted, may_see=visible_calls(reader), limit=limit, before=before)
    people = reader.people(call.lawyer_id for _, call in rows)
    texts = shown_alone(reader, rows)
    return [
        FoundShape(
            segment_id=segment.id or 0,
            call_id=call.id,
            speaker=segment.speaker,
            start_ms=segment.start_ms,
            end_ms=segment.end_ms,
            snippet=_snippet(text, wanted.words),
            started_at=call.started_at,
            topic=call.topic,
            lawyer=people.get(call.lawyer_id or ""),
        )
        for (segment, call), text in zip(rows, texts, strict=True)
    ]


def _snippet(text: str, words: str) -> str:
    """The text around the first word that was searched for."""
    if len(text) <= _LONGEST_SNIPPET:
        return text
    places = [text.lower().find(word.lower()) for word in words.split()]
    place = min((place for place in places if place >= 0), default=0)
    start = max(0, place - _LONGEST_SNIPPET // 2)
    cut = text[start : start + _LONGEST_SNIPPET]
    return ("…" if start else "") + cut + ("…" if start + len(cut) < len(text) else "")
