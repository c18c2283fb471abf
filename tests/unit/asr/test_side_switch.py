"""Another language in mid-call."""

from collections.abc import Sequence
from typing import ClassVar

from asr.desk import Desk
from asr.engine import Heard, Recogniser
from asr.engines import Engines
from asr.fake_engine import FakeEngine, FakeRecogniser
from asr.orders import Switch
from asr.side import Side
from hotline.house import House
from hotline.tables import SpeechStream
from hotline.transcripts import service as transcripts
from tests.unit.asr.sides import (
    BOTH,
    CHOICES,
    LIMIT_SECONDS,
    Given,
    after,
    facts,
    hear_and_switch,
    put_all,
    texts,
    utterance,
    work_off,
)


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


class TestSwitch:
    def test_turn__other_language_in_mid_sentence__no_audio_is_lost(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        Counting.fed.clear()
        engine = Counting()
        side = Side(facts(stream), engines=Given(engine), desk=desk)

        later = hear_and_switch(side, after_frames=75)

        desk.close(timeout_seconds=LIMIT_SECONDS)
        with house.database.reading() as session:
            rows = transcripts.segments_of(session, stream.call_id)
        assert [row.language for row in rows] == ["zh", "ko"]
        assert rows[0].end_ms <= rows[1].start_ms + 200
        # Every frame since the utterance began went to one recogniser or the other.
        assert sum(engine.fed) >= later * 320

    def test_turn__other_language_while_a_word_begins__its_beginning_is_heard_anew(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side = Side(facts(stream), engines=Engines(BOTH), desk=desk)
        hear_and_switch(side, after_frames=27)

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
        put_all(side, utterance())
        work_off(side)

        assert after(house, desk, stream).state == "live"
        assert texts(house, stream) == ["第一句话"]
