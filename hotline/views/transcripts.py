"""The words of a call as a reader may see them, and how its sides are being transcribed."""

from collections.abc import Sequence

from hotline.tables import Call, Segment, SpeechStream
from hotline.transcripts.rules import Version
from hotline.transcripts.service import segments_of, streams_of
from hotline.views.gaps import GapShape, gaps_of
from hotline.views.reader import Reader, Shape
from hotline.views.words import shown_texts


class SegmentShape(Shape):
    """A final piece of transcript; times are milliseconds on the recording's clock.

    `speaker` is caller or lawyer; `source` is live, after_call or second_pass.
    """

    id: int
    call_id: str
    speaker: str
    start_ms: int
    end_ms: int
    text: str
    final: bool = True
    language: str
    confidence: float | None
    source: str


class StreamShape(Shape):
    """How one side of a call is being transcribed.

    `state` is wanted, live, without_partials, by_utterance, degraded, unsupported or closed;
    `language` the one that is listened for now; `gaps` what it missed and nobody has filled yet.
    """

    id: int
    call_id: str
    speaker: str
    language: str
    state: str
    engine: str
    gaps: list[GapShape] = []


def transcript(
    reader: Reader, call_id: str, *, version: Version = Version.BEST
) -> list[SegmentShape]:
    """The call's transcript in the order of speech, long numbers masked for most readers."""
    call = reader.session.get_one(Call, call_id)
    segments = segments_of(reader.session, call_id, version=version)
    texts = shown_texts(reader, call, segments)
    return [
        segment_shape(segment, text=text) for segment, text in zip(segments, texts, strict=True)
    ]


def segment_shape(segment: Segment, *, text: str) -> SegmentShape:
    """One piece of transcript, with its text as the reader may see it."""
    return SegmentShape(
        id=segment.id or 0,
        call_id=segment.call_id,
        speaker=segment.speaker,
        start_ms=segment.start_ms,
        end_ms=segment.end_ms,
        text=text,
        language=segment.language,
        confidence=segment.confidence,
        source=segment.source,
    )


def speech_of(reader: Reader, call_id: str) -> list[StreamShape]:
    """How the sides of a call are being transcribed; the newest stream of each side."""
    newest = {stream.speaker: stream for stream in streams_of(reader.session, call_id)}
    gaps = [gap for gap in gaps_of(reader.session, call_id) if not gap.filled]
    return [
        stream_shape(stream, gaps=[gap for gap in gaps if gap.speaker == stream.speaker])
        for stream in newest.values()
    ]


def stream_shape(stream: SpeechStream, *, gaps: Sequence[GapShape] = ()) -> StreamShape:
    """How one side is being transcribed."""
    return StreamShape(
        id=stream.id or 0,
        call_id=stream.call_id,
        speaker=stream.speaker,
        language=stream.language,
        state=stream.state,
        engine=stream.engine,
        gaps=list(gaps),
    )
