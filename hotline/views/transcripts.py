"""The words of a call as a reader may see them, and how its sides are being transcribed."""

from collections.abc import Sequence

from hotline.tables import Call, Segment, SpeechStream
from hotline.transcripts.rules import Version
from hotline.transcripts.service import segments_of, streams_of
from hotline.transcripts.word_masks import mask_words
from hotline.views.access import may_see_numbers
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


class WordShape(Shape):
    """A word as the engine heard it; `confidence` is 0 to 1."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


class HeardSegment(SegmentShape):
    """A piece of transcript with who heard it, and its words where the engine gives them.

    What `text` hides of a number its words hide too.
    """

    engine: str
    model: str
    words: list[WordShape] | None


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


def heard_transcript(reader: Reader, call_id: str) -> list[HeardSegment]:
    """The call's best transcript with engines and words, masked as `transcript` is."""
    call = reader.session.get_one(Call, call_id)
    segments = segments_of(reader.session, call_id)
    texts = shown_texts(reader, call, segments)
    is_whole = may_see_numbers(reader.user, call)
    return [
        HeardSegment(
            **dict(segment_shape(segment, text=text)),
            engine=segment.engine,
            model=segment.model,
            words=_words(segment, text, is_whole=is_whole),
        )
        for segment, text in zip(segments, texts, strict=True)
    ]


def _words(segment: Segment, shown: str, *, is_whole: bool) -> list[WordShape] | None:
    if segment.words is None:
        return None
    texts = [str(word[0]) for word in segment.words]
    if not is_whole:
        texts = mask_words(texts, text=segment.text, shown=shown)
    return [
        WordShape(text=text, start_ms=int(start), end_ms=int(end), confidence=float(sure))
        for text, (_, start, end, sure) in zip(texts, segment.words, strict=True)
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
