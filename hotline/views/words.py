"""Words of a call as a reader may see them: numbers masked for those who may not know them."""

from collections.abc import Sequence

from hotline.tables import Call, Segment
from hotline.transcripts.redaction import redact, redact_pieces
from hotline.views.access import may_see_numbers
from hotline.views.reader import Reader


def shown_texts(reader: Reader, call: Call, segments: Sequence[Segment]) -> list[str]:
    """The texts of a call's segments, in the order given.

    A number that goes on from one segment to the next of the same speaker is masked in both.
    """
    if may_see_numbers(reader.user, call):
        return [segment.text for segment in segments]
    return redacted_texts(segments)


def redacted_texts(segments: Sequence[Segment]) -> list[str]:
    """The texts for whoever may not see numbers."""
    shown: dict[int, str] = {}
    for speaker in {segment.speaker for segment in segments}:
        places = [place for place, one in enumerate(segments) if one.speaker == speaker]
        texts = redact_pieces([segments[place].text for place in places])
        shown.update(zip(places, texts, strict=True))
    return [shown[place] for place in range(len(segments))]


def shown_text(reader: Reader, call: Call | None, text: str) -> str:
    """One text about a call, such as a quoted clause."""
    if call is not None and may_see_numbers(reader.user, call):
        return text
    return redact(text)
