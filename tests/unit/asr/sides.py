"""One side of a call in tests: engines that a test chooses, what is said, what was written."""

from collections.abc import Iterable
from pathlib import Path

from asr.choices import Choice
from asr.desk import Desk
from asr.engine import Engine
from asr.engines import Engines
from asr.fork import Frame
from asr.orders import Order, Switch
from asr.pool import Due, Long
from asr.scribe import Facts
from asr.side import Side
from hotline.house import House
from hotline.tables import SpeechStream
from hotline.transcripts import service as transcripts
from tests.sound import frames, silence, speech_like

LIMIT_SECONDS = 60

CHOICES = {"zh": Choice("zh", "fake", "script", Path("/nonexistent"))}
BOTH = {
    language: Choice(language, "fake", "script", Path("/nonexistent")) for language in ("zh", "ko")
}


class Given(Engines):
    """Engines of which the test chooses the only one."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(BOTH)
        self._engine = engine

    def of(self, language: str) -> Engine:
        return self._engine


def facts(stream: SpeechStream, *, language: str = "zh", age_ms: int = 0) -> Facts:
    return Facts(stream.id or 0, stream.call_id, "caller", language, age_ms=age_ms)


def after(house: House, desk: Desk, stream: SpeechStream) -> SpeechStream:
    """The stream's row once the desk has written everything."""
    desk.close(timeout_seconds=LIMIT_SECONDS)
    with house.database.reading() as session:
        row = session.get(SpeechStream, stream.id)
        assert row is not None
        session.expunge(row)
        return row


def texts(house: House, stream: SpeechStream) -> list[str]:
    with house.database.reading() as session:
        return [row.text for row in transcripts.segments_of(session, stream.call_id)]


def work_off(side: Side) -> None:
    wish = side.turn()
    while wish is not Due.NOTHING:
        wish = side.labour(waiting=0) if isinstance(wish, Long) else side.turn()


def utterance(*, position_ms: int = 0, sequence: int = 0) -> list[Frame]:
    audio = silence(0.5) + speech_like(1) + silence(1)
    return list(frames(audio, position_ms=position_ms, sequence=sequence))


def languages_of(house: House, stream: SpeechStream) -> list[str | None]:
    """What was heard in which language, in the order of speech."""
    with house.database.reading() as session:
        return [row.language for row in transcripts.segments_of(session, stream.call_id)]


def put_all(side: Side, given: Iterable[Frame]) -> list[bool]:
    """Which of the frames wait for a turn."""
    return [side.put(frame) for frame in given]


def hear(side: Side, audio: bytes, *, position_ms: int = 0) -> None:
    """Has audio come and be worked off."""
    put_all(side, frames(audio, position_ms=position_ms, sequence=position_ms // 20))
    work_off(side)


def end(side: Side) -> None:
    """Hangs up."""
    side.order(Order.END)
    work_off(side)


def hear_and_switch(side: Side, *, after_frames: int) -> int:
    """Two seconds of speech, in the midst of which another language is chosen.

    Returns:
        How many frames came after that.
    """
    spoken = list(frames(silence(0.5) + speech_like(2) + silence(1)))
    put_all(side, spoken[:after_frames])
    side.order(Switch("ko"))
    put_all(side, spoken[after_frames:])
    work_off(side)
    return len(spoken) - after_frames


def only_gap(house: House, desk: Desk, stream: SpeechStream) -> tuple[int, int]:
    """Where the one stretch begins and ends that was missed."""
    ((start_ms, end_ms),) = after(house, desk, stream).gaps
    return start_ms, end_ms
