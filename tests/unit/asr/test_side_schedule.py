"""Less while the machine is busy, and more again."""

from asr.desk import Desk
from asr.engines import Engines
from asr.scheduler import Mode
from asr.side import Side
from hotline.house import House
from hotline.tables import SpeechStream
from tests.conftest import SilentBus
from tests.sound import frames, speech_like
from tests.unit.asr.sides import CHOICES, after, facts, put_all, texts, utterance, work_off


class TestSchedule:
    def test_schedule__without_partials__finals_only_and_said_so(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
        side.schedule(Mode.WITHOUT_PARTIALS)
        put_all(side, utterance())
        work_off(side)

        assert after(house, desk, stream).state == "without_partials"
        assert texts(house, stream) == ["第一句话"]
        assert isinstance(house.bus, SilentBus)
        assert house.bus.live == []

    def test_schedule__after_the_call_then_live__the_time_between_is_a_gap(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
        put_all(side, utterance())
        work_off(side)

        side.schedule(Mode.AFTER_CALL)
        missed = list(frames(speech_like(4), position_ms=2500, sequence=125))
        assert [side.put(frame) for frame in missed] == [False] * len(missed)
        side.schedule(Mode.LIVE)
        put_all(side, utterance(position_ms=6500, sequence=400))
        work_off(side)

        row = after(house, desk, stream)
        assert row.gaps == [[2500, 6500]]
        assert row.state == "live"
        assert texts(house, stream) == ["第一句话", "第二句话"]
