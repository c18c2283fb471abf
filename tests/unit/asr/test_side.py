from collections.abc import Sequence

import pytest

from asr.desk import Desk
from asr.engine import Effort, EngineLostError, Heard, Recogniser
from asr.engines import Engines
from asr.fake_engine import FakeEngine
from asr.inbox import INBOX_FRAMES
from asr.orders import Order
from asr.side import Side
from hotline.house import House
from hotline.tables import SpeechStream
from tests.sound import frames, silence, speech_like
from tests.unit.asr.sides import (
    CHOICES,
    LIMIT_SECONDS,
    Given,
    after,
    end,
    facts,
    put_all,
    texts,
    utterance,
    work_off,
)


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
    put_all(side, utterance())
    work_off(side)

    flood = frames(silence(15), position_ms=2500, sequence=125)
    taken = [side.put(frame) for frame in flood]
    assert taken.count(True) == INBOX_FRAMES
    assert side.is_resting
    assert side.lag_ms <= 20

    side.resume()
    put_all(side, utterance(position_ms=20_000, sequence=1000))
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
    put_all(side, frames(silence(15)))

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
    put_all(side, frames(speech_like(9)))

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
    put_all(side, utterance())
    work_off(side)
    assert side.is_resting
    side.put(utterance(position_ms=2500, sequence=125)[0])

    monkeypatch.setattr(LostEngine, "is_lost", False)
    side.resume()
    put_all(side, utterance(position_ms=20_000, sequence=1000))
    work_off(side)

    assert after(house, desk, stream).gaps == [[0, 2520]]
    assert texts(house, stream) == ["第一句话"]


def test_order__end_in_mid_sentence__words_so_far_and_the_ear_is_closed(
    house: House, desk: Desk, stream: SpeechStream
) -> None:
    side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
    put_all(side, frames(speech_like(1)))
    end(side)

    desk.close(timeout_seconds=LIMIT_SECONDS)
    assert texts(house, stream) == ["第一句话"]


def test_order__pause_before_anything_was_heard__nothing(
    house: House, desk: Desk, stream: SpeechStream
) -> None:
    side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
    side.order(Order.PAUSE)

    work_off(side)

    assert after(house, desk, stream).state == "wanted"
