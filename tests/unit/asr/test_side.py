from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from asr.choices import Choice
from asr.desk import Desk
from asr.engine import Effort, Engine, EngineLostError, Heard, Recogniser
from asr.engines import Engines
from asr.fake_engine import FakeEngine, FakeRecogniser
from asr.fork import Frame
from asr.inbox import INBOX_FRAMES
from asr.orders import Order, Switch
from asr.pool import Due, Long
from asr.scheduler import Mode
from asr.scribe import Facts
from asr.side import Side
from hotline.house import House
from hotline.tables import SpeechStream
from hotline.transcripts import service as transcripts
from tests.conftest import SilentBus
from tests.sound import frames, silence, speech_like
from tests.unit.hotline.factories import create_call

LIMIT_SECONDS = 60

CHOICES = {"zh": Choice("zh", "fake", "script", Path("/nonexistent"))}


BOTH = {
    language: Choice(language, "fake", "script", Path("/nonexistent")) for language in ("zh", "ko")
}


class Counting(FakeEngine):
    """Counts what each of its recognisers is fed."""

    fed: ClassVar[list[int]] = []

    def open(self, language: str) -> Recogniser:
        self.fed.append(0)
        return _Counter(self.script, place=len(self.fed) - 1)


class _Counter(FakeRecogniser):
    def __init__(self, script: Sequence[str], *, place: int) -> None:
        super().__init__(script, is_streaming=True)
        self._place = place

    def accept(self, pcm: bytes) -> Sequence[Heard]:
        Counting.fed[self._place] += len(pcm)
        return super().accept(pcm)


class Given(Engines):
    """Engines of which the test chooses the only one."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(BOTH)
        self._engine = engine

    def of(self, language: str) -> Engine:
        return self._engine


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    desk = Desk(house)
    yield desk
    desk.close(timeout_seconds=LIMIT_SECONDS)


@pytest.fixture
def stream(house: House) -> SpeechStream:
    with house.database.session() as session:
        call = create_call(session, house)
        return transcripts.open_stream(
            session, house, call_id=call.id, leg="a", speaker="caller", language="zh"
        )


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


def test_turn__an_utterance__stored_and_live(
    house: House, desk: Desk, stream: SpeechStream
) -> None:
    side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
    for frame in utterance():
        assert side.put(frame)

    work_off(side)

    assert after(house, desk, stream).state == "live"
    assert texts(house, stream) == ["第一句话"]


def test_turn__engine_by_utterance__says_so(house: House, desk: Desk, stream: SpeechStream) -> None:
    side = Side(facts(stream), engines=Given(FakeEngine(is_streaming=False)), desk=desk)
    side.put(utterance()[0])

    side.turn()

    assert after(house, desk, stream).state == "by_utterance"


def test_announce__no_engine__unsupported_and_deaf(
    house: House, desk: Desk, stream: SpeechStream
) -> None:
    side = Side(facts(stream, language="bo"), engines=Engines(CHOICES), desk=desk)

    side.announce()

    assert not side.put(utterance()[0])
    assert after(house, desk, stream).state == "unsupported"


def test_put__too_far_behind__rests_then_goes_on_and_tells_the_gap(
    house: House, desk: Desk, stream: SpeechStream
) -> None:
    side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
    for frame in utterance():
        side.put(frame)
    work_off(side)

    flood = frames(silence(15), position_ms=2500, sequence=125)
    taken = [side.put(frame) for frame in flood]
    assert taken.count(True) == INBOX_FRAMES
    assert side.is_resting
    assert side.lag_ms <= 20

    side.resume()
    for frame in utterance(position_ms=20_000, sequence=1000):
        side.put(frame)
    work_off(side)

    row = after(house, desk, stream)
    assert row.gaps == [[2500, 20_000]]
    assert row.state == "live"
    assert texts(house, stream) == ["第一句话", "第二句话"]


def test_turn__came_late__the_beginning_is_a_gap(
    house: House, desk: Desk, stream: SpeechStream
) -> None:
    side = Side(facts(stream, age_ms=8000), engines=Engines(CHOICES), desk=desk)
    side.put(utterance(position_ms=8000)[0])

    side.turn()

    assert after(house, desk, stream).gaps == [[0, 8000]]


def test_turn__joined_in_mid_call__what_was_before_the_stream_is_no_gap(
    house: House, desk: Desk, stream: SpeechStream
) -> None:
    side = Side(facts(stream, age_ms=500), engines=Engines(CHOICES), desk=desk)
    side.put(utterance(position_ms=300_000)[0])

    side.turn()

    assert after(house, desk, stream).gaps == []


def test_order__end_while_it_rests__the_rest_of_the_call_is_a_gap(
    house: House, desk: Desk, stream: SpeechStream
) -> None:
    side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
    for frame in frames(silence(15)):
        side.put(frame)

    side.order(Order.END)
    work_off(side)

    assert after(house, desk, stream).gaps == [[0, 15_000]]


class Faulty(Recogniser):
    """A recogniser that breaks."""

    def accept(self, pcm: bytes) -> Sequence[Heard]:
        raise RuntimeError

    def prepare(self) -> None:
        return

    def flush(self, effort: Effort = Effort.FULL) -> Sequence[Heard]:
        return []

    def close(self) -> None:
        return


class FaultyEngine(FakeEngine):
    def open(self, language: str) -> Recogniser:
        return Faulty()


def test_turn__engine_fails_again_and_again__degraded_and_left_alone(
    house: House, desk: Desk, stream: SpeechStream
) -> None:
    side = Side(facts(stream), engines=Given(FaultyEngine()), desk=desk)
    for frame in frames(speech_like(9)):
        side.put(frame)

    work_off(side)

    assert side.is_deaf
    assert after(house, desk, stream).state == "degraded"


class LostEngine(FakeEngine):
    """Is not to be had until it is found."""

    is_lost = True

    def open(self, language: str) -> Recogniser:
        if LostEngine.is_lost:
            raise EngineLostError
        return super().open(language)


def test_turn__engine_is_lost_for_a_while__rests_and_goes_on(
    house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = Side(facts(stream), engines=Given(LostEngine()), desk=desk)
    for frame in utterance():
        side.put(frame)
    work_off(side)
    assert side.is_resting
    side.put(utterance(position_ms=2500, sequence=125)[0])

    monkeypatch.setattr(LostEngine, "is_lost", False)
    side.resume()
    for frame in utterance(position_ms=20_000, sequence=1000):
        side.put(frame)
    work_off(side)

    assert after(house, desk, stream).gaps == [[0, 2520]]
    assert texts(house, stream) == ["第一句话"]


def test_order__end_in_mid_sentence__words_so_far_and_the_ear_is_closed(
    house: House, desk: Desk, stream: SpeechStream
) -> None:
    side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
    for frame in frames(speech_like(1)):
        side.put(frame)
    side.order(Order.END)

    work_off(side)

    desk.close(timeout_seconds=LIMIT_SECONDS)
    assert texts(house, stream) == ["第一句话"]


def test_order__pause_before_anything_was_heard__nothing(
    house: House, desk: Desk, stream: SpeechStream
) -> None:
    side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
    side.order(Order.PAUSE)

    work_off(side)

    assert after(house, desk, stream).state == "wanted"


class TestSwitch:
    def test_turn__other_language_in_mid_sentence__no_audio_is_lost(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        Counting.fed.clear()
        engine = Counting()
        side = Side(facts(stream), engines=Given(engine), desk=desk)
        spoken = list(frames(silence(0.5) + speech_like(2) + silence(1)))
        for frame in spoken[:75]:
            side.put(frame)
        side.order(Switch("ko"))
        for frame in spoken[75:]:
            side.put(frame)

        work_off(side)

        desk.close(timeout_seconds=LIMIT_SECONDS)
        with house.database.reading() as session:
            rows = transcripts.segments_of(session, stream.call_id)
        assert [row.language for row in rows] == ["zh", "ko"]
        assert rows[0].end_ms <= rows[1].start_ms + 200
        # Every frame since the utterance began went to one recogniser or the other.
        assert sum(engine.fed) >= len(spoken[75:]) * 320

    def test_turn__other_language_while_a_word_begins__its_beginning_is_heard_anew(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side = Side(facts(stream), engines=Engines(BOTH), desk=desk)
        spoken = list(frames(silence(0.5) + speech_like(2) + silence(1)))
        for frame in spoken[:27]:
            side.put(frame)
        side.order(Switch("ko"))
        for frame in spoken[27:]:
            side.put(frame)

        work_off(side)

        desk.close(timeout_seconds=LIMIT_SECONDS)
        with house.database.reading() as session:
            (row,) = transcripts.segments_of(session, stream.call_id)
        assert row.language == "ko"
        assert row.start_ms <= 500

    def test_turn__to_a_language_without_engine_and_back__listens_again(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
        side.order(Switch("bo"))
        work_off(side)
        assert side.is_deaf
        side.order(Switch("zh"))
        work_off(side)
        for frame in utterance():
            side.put(frame)
        work_off(side)

        assert after(house, desk, stream).state == "live"
        assert texts(house, stream) == ["第一句话"]


class TestSchedule:
    def test_schedule__without_partials__finals_only_and_said_so(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
        side.schedule(Mode.WITHOUT_PARTIALS)
        for frame in utterance():
            side.put(frame)
        work_off(side)

        assert after(house, desk, stream).state == "without_partials"
        assert texts(house, stream) == ["第一句话"]
        assert isinstance(house.bus, SilentBus)
        assert house.bus.live == []

    def test_schedule__after_the_call_then_live__the_time_between_is_a_gap(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
        for frame in utterance():
            side.put(frame)
        work_off(side)

        side.schedule(Mode.AFTER_CALL)
        missed = list(frames(speech_like(4), position_ms=2500, sequence=125))
        assert [side.put(frame) for frame in missed] == [False] * len(missed)
        side.schedule(Mode.LIVE)
        for frame in utterance(position_ms=6500, sequence=400):
            side.put(frame)
        work_off(side)

        row = after(house, desk, stream)
        assert row.gaps == [[2500, 6500]]
        assert row.state == "live"
        assert texts(house, stream) == ["第一句话", "第二句话"]


class Recorded(FakeEngine):
    """An engine by utterance that notes what was asked of its recognisers."""

    asked: ClassVar[list[str]] = []

    def open(self, language: str) -> Recogniser:
        return _Recorder(self.script)


class _Recorder(FakeRecogniser):
    def __init__(self, script: Sequence[str]) -> None:
        super().__init__(script, is_streaming=False)

    def prepare(self) -> None:
        Recorded.asked.append("prepare")

    def flush(self, effort: Effort = Effort.FULL) -> Sequence[Heard]:
        Recorded.asked.append(effort.value)
        return super().flush(effort)


class TestLabour:
    """Whole utterances of an engine that does not stream."""

    @pytest.fixture
    def side(self, desk: Desk, stream: SpeechStream) -> Side:
        Recorded.asked.clear()
        return Side(facts(stream), engines=Given(Recorded(is_streaming=False)), desk=desk)

    def test_turn__utterance_is_over__waits_for_labour_and_frames_wait_with_it(
        self, side: Side
    ) -> None:
        for frame in utterance():
            side.put(frame)

        wishes = [side.turn()]
        while wishes[-1] is not Due.NOTHING and not isinstance(wishes[-1], Long):
            wishes.append(side.turn())

        owed = wishes[-1]
        assert isinstance(owed, Long)
        assert 1000 <= owed.speech_ms <= 2000
        assert Due.SPARE in wishes
        assert Recorded.asked == []
        lag = side.lag_ms
        for frame in utterance(position_ms=2500, sequence=125)[:50]:
            side.put(frame)
        assert side.lag_ms == lag + 1000

    def test_labour__nobody_else_waits__full_effort(self, side: Side) -> None:
        for frame in utterance():
            side.put(frame)

        work_off(side)

        assert Recorded.asked == ["full"]
        assert side.lag_ms == 0

    def test_labour__others_wait__quick(
        self, side: Side, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        for frame in utterance():
            side.put(frame)
        while not isinstance(side.turn(), Long):
            pass

        side.labour(waiting=1)

        desk.close(timeout_seconds=LIMIT_SECONDS)
        assert Recorded.asked == ["quick"]
        assert texts(house, stream) == ["第一句话"]

    def test_labour__call_that_does_with_less__quick_and_nothing_ahead(self, side: Side) -> None:
        side.schedule(Mode.WITHOUT_PARTIALS)
        for frame in utterance():
            side.put(frame)

        wish = side.turn()
        while not isinstance(wish, Long):
            assert wish is Due.MORE
            wish = side.turn()
        side.labour(waiting=0)

        assert Recorded.asked == ["quick"]

    def test_labour__in_a_pause__ahead_and_asked_again_at_the_end(self, side: Side) -> None:
        for frame in utterance():
            side.put(frame)
        while side.turn() is not Due.SPARE:
            pass

        side.labour(waiting=0)
        work_off(side)

        assert Recorded.asked == ["prepare", "full"]

    def test_order__end_in_mid_sentence__its_words_come_before_the_end(
        self, side: Side, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        for frame in frames(speech_like(1)):
            side.put(frame)
        side.order(Order.END)

        work_off(side)

        desk.close(timeout_seconds=LIMIT_SECONDS)
        assert texts(house, stream) == ["第一句话"]

    def test_turn__other_language_in_mid_sentence__each_its_own_engine(
        self, side: Side, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        spoken = list(frames(silence(0.5) + speech_like(2) + silence(1)))
        for frame in spoken[:75]:
            side.put(frame)
        side.order(Switch("ko"))
        for frame in spoken[75:]:
            side.put(frame)

        work_off(side)

        desk.close(timeout_seconds=LIMIT_SECONDS)
        with house.database.reading() as session:
            rows = transcripts.segments_of(session, stream.call_id)
        assert [row.language for row in rows] == ["zh", "ko"]

    def test_schedule__rests_with_a_language_chosen__it_stays_chosen(
        self, side: Side, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side.order(Switch("ko"))
        side.schedule(Mode.AFTER_CALL)
        work_off(side)
        side.schedule(Mode.LIVE)
        for frame in utterance():
            side.put(frame)

        work_off(side)

        desk.close(timeout_seconds=LIMIT_SECONDS)
        with house.database.reading() as session:
            rows = transcripts.segments_of(session, stream.call_id)
        assert [row.language for row in rows] == ["ko"]


class Moody(FakeEngine):
    """An engine that goes away, or breaks, when told to; its recognisers notice at once."""

    fault: ClassVar[type[Exception] | None] = None
    opened: ClassVar[int] = 0

    def open(self, language: str) -> Recogniser:
        Moody.opened += 1
        return _Moody(self.script, is_streaming=self.is_streaming)


class _Moody(FakeRecogniser):
    def accept(self, pcm: bytes) -> Sequence[Heard]:
        self._notice()
        return super().accept(pcm)

    def flush(self, effort: Effort = Effort.FULL) -> Sequence[Heard]:
        self._notice()
        return super().flush(effort)

    def _notice(self) -> None:
        if Moody.fault is not None:
            raise Moody.fault


class TestGaps:
    """Whatever is not transcribed live is told of."""

    @pytest.fixture(autouse=True)
    def _well(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Moody, "fault", None)
        monkeypatch.setattr(Moody, "opened", 0)

    def hear(self, side: Side, audio: bytes, *, position_ms: int = 0) -> None:
        for frame in frames(audio, position_ms=position_ms, sequence=position_ms // 20):
            side.put(frame)
        work_off(side)

    def side(self, desk: Desk, stream: SpeechStream, *, is_streaming: bool = True) -> Side:
        return Side(facts(stream), engines=Given(Moody(is_streaming=is_streaming)), desk=desk)

    @pytest.mark.parametrize("is_streaming", [True, False], ids=["streaming", "whole"])
    @pytest.mark.parametrize("fault", [EngineLostError, RuntimeError])
    def test_turn__engine_fails_in_mid_utterance__gap_from_where_it_began(
        self,
        house: House,
        desk: Desk,
        stream: SpeechStream,
        monkeypatch: pytest.MonkeyPatch,
        *,
        fault: type[Exception],
        is_streaming: bool,
    ) -> None:
        side = self.side(desk, stream, is_streaming=is_streaming)
        self.hear(side, silence(2) + speech_like(3))
        monkeypatch.setattr(Moody, "fault", fault)
        self.hear(side, speech_like(0.2) + silence(1), position_ms=5000)
        side.order(Order.END)
        work_off(side)

        ((start_ms, end_ms),) = after(house, desk, stream).gaps
        assert 1500 <= start_ms <= 2200
        assert end_ms >= 5020
        assert texts(house, stream) == []

    def test_turn__engine_lost_after_some_final_words__gap_from_the_words_on(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        self.hear(side, silence(0.5) + speech_like(1) + silence(1))
        self.hear(side, speech_like(1), position_ms=2500)
        monkeypatch.setattr(Moody, "fault", EngineLostError)
        self.hear(side, speech_like(1), position_ms=3500)
        side.order(Order.END)
        work_off(side)

        ((start_ms, end_ms),) = after(house, desk, stream).gaps
        assert 2000 <= start_ms <= 2700
        assert end_ms == 4500
        assert texts(house, stream) == ["第一句话"]

    def test_order__engine_lost_with_the_last_words__gap_all_the_same(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        self.hear(side, silence(1) + speech_like(1))
        monkeypatch.setattr(Moody, "fault", EngineLostError)
        side.order(Order.END)
        work_off(side)

        ((start_ms, end_ms),) = after(house, desk, stream).gaps
        assert 500 <= start_ms <= 1200
        assert end_ms == 2000

    def test_order__engine_lost_while_the_end_waits__what_waited_is_a_gap(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        monkeypatch.setattr(Moody, "fault", EngineLostError)
        for frame in frames(speech_like(6)):
            side.put(frame)
        side.order(Order.END)
        work_off(side)

        assert after(house, desk, stream).gaps == [[0, 6000]]

    def test_turn__engine_fails_for_good__said_so_and_all_of_the_rest_is_a_gap(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        self.hear(side, silence(0.5) + speech_like(1) + silence(1))
        monkeypatch.setattr(Moody, "fault", RuntimeError)
        self.hear(side, speech_like(9), position_ms=2500)
        assert side.is_deaf
        monkeypatch.setattr(Moody, "fault", None)
        # Neither more time nor a quiet machine makes it listen again.
        side.schedule(Mode.WITHOUT_PARTIALS)
        side.schedule(Mode.LIVE)
        self.hear(side, speech_like(5), position_ms=11_500)
        side.order(Order.END)
        work_off(side)

        row = after(house, desk, stream)
        assert row.state == "degraded"
        ((start_ms, end_ms),) = row.gaps
        assert 2000 <= start_ms <= 2700
        assert end_ms == 16_500

    def test_turn__engine_fails_now_and_then__listens_on(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        for place in range(5):
            self.hear(side, silence(0.5) + speech_like(1) + silence(1), position_ms=10_000 * place)
            monkeypatch.setattr(Moody, "fault", RuntimeError)
            self.hear(side, speech_like(0.3) + silence(2), position_ms=10_000 * place + 2500)
            monkeypatch.setattr(Moody, "fault", None)
            self.hear(side, silence(5.2), position_ms=10_000 * place + 4800)

        assert not side.is_deaf
        assert len(after(house, desk, stream).gaps) == 5
        assert len(texts(house, stream)) == 5

    def test_turn__failed_for_good_then_another_language__listens_and_tells_the_gap(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        monkeypatch.setattr(Moody, "fault", RuntimeError)
        self.hear(side, speech_like(9))
        assert side.is_deaf
        monkeypatch.setattr(Moody, "fault", None)
        side.order(Switch("ko"))
        work_off(side)
        self.hear(side, silence(0.5) + speech_like(1) + silence(1), position_ms=9000)

        row = after(house, desk, stream)
        assert row.state == "live"
        assert row.gaps == [[0, 9000]]
        assert texts(house, stream) == ["第一句话"]

    def test_turn__another_language_while_the_servers_are_away__its_engine_is_asked(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        self.hear(side, speech_like(1))
        monkeypatch.setattr(Moody, "fault", EngineLostError)
        side.order(Switch("ko"))
        work_off(side)
        monkeypatch.setattr(Moody, "fault", None)
        self.hear(side, silence(0.5) + speech_like(1) + silence(1), position_ms=1000)

        row = after(house, desk, stream)
        assert not side.is_lost
        assert [gap[1] for gap in row.gaps] == [1000]
        assert texts(house, stream) == ["第一句话"]

    def test_put__joined_in_mid_call_while_others_come_first__gap_from_its_own_beginning(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side = self.side(desk, stream)
        side.schedule(Mode.AFTER_CALL)
        self.hear(side, silence(2), position_ms=300_000)
        side.order(Order.END)
        work_off(side)

        assert after(house, desk, stream).gaps == [[300_000, 302_000]]

    def test_schedule__language_without_engine_meanwhile__no_state_of_the_old_one(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
        for frame in utterance():
            side.put(frame)
        work_off(side)
        side.order(Switch("bo"))
        work_off(side)

        side.schedule(Mode.WITHOUT_PARTIALS)
        side.schedule(Mode.LIVE)

        assert after(house, desk, stream).state == "unsupported"
