"""Whole utterances of an engine that does not stream."""

from collections.abc import Sequence
from typing import ClassVar

import pytest

from asr.desk import Desk
from asr.engine import Effort, Heard, Recogniser
from asr.fake_engine import FakeEngine, FakeRecogniser
from asr.orders import Switch
from asr.pool import Due, Long
from asr.scheduler import Mode
from asr.side import Side
from hotline.house import House
from hotline.tables import SpeechStream
from tests.sound import frames, speech_like
from tests.unit.asr.sides import (
    LIMIT_SECONDS,
    Given,
    end,
    facts,
    hear_and_switch,
    languages_of,
    put_all,
    texts,
    utterance,
    work_off,
)


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
        put_all(side, utterance())

        wishes = [side.turn()]
        while wishes[-1] is not Due.NOTHING and not isinstance(wishes[-1], Long):
            wishes.append(side.turn())

        owed = wishes[-1]
        assert isinstance(owed, Long)
        assert 1000 <= owed.speech_ms <= 2000
        assert Due.SPARE in wishes
        assert Recorded.asked == []
        lag = side.lag_ms
        put_all(side, utterance(position_ms=2500, sequence=125)[:50])
        assert side.lag_ms == lag + 1000

    def test_labour__nobody_else_waits__full_effort(self, side: Side) -> None:
        put_all(side, utterance())

        work_off(side)

        assert Recorded.asked == ["full"]
        assert side.lag_ms == 0

    def test_labour__others_wait__quick(
        self, side: Side, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        put_all(side, utterance())
        while not isinstance(side.turn(), Long):
            pass

        side.labour(waiting=1)

        desk.close(timeout_seconds=LIMIT_SECONDS)
        assert Recorded.asked == ["quick"]
        assert texts(house, stream) == ["第一句话"]

    def test_labour__call_that_does_with_less__quick_and_nothing_ahead(self, side: Side) -> None:
        side.schedule(Mode.WITHOUT_PARTIALS)
        put_all(side, utterance())

        wish = side.turn()
        while not isinstance(wish, Long):
            assert wish is Due.MORE
            wish = side.turn()
        side.labour(waiting=0)

        assert Recorded.asked == ["quick"]

    def test_labour__in_a_pause__ahead_and_asked_again_at_the_end(self, side: Side) -> None:
        put_all(side, utterance())
        while side.turn() is not Due.SPARE:
            pass

        side.labour(waiting=0)
        work_off(side)

        assert Recorded.asked == ["prepare", "full"]

    def test_order__end_in_mid_sentence__its_words_come_before_the_end(
        self, side: Side, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        put_all(side, frames(speech_like(1)))
        end(side)

        desk.close(timeout_seconds=LIMIT_SECONDS)
        assert texts(house, stream) == ["第一句话"]

    def test_turn__other_language_in_mid_sentence__each_its_own_engine(
        self, side: Side, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        hear_and_switch(side, after_frames=75)

        desk.close(timeout_seconds=LIMIT_SECONDS)
        assert languages_of(house, stream) == ["zh", "ko"]

    def test_schedule__rests_with_a_language_chosen__it_stays_chosen(
        self, side: Side, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side.order(Switch("ko"))
        side.schedule(Mode.AFTER_CALL)
        work_off(side)
        side.schedule(Mode.LIVE)
        put_all(side, utterance())

        work_off(side)

        desk.close(timeout_seconds=LIMIT_SECONDS)
        assert languages_of(house, stream) == ["ko"]
