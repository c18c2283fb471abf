"""Whatever is not transcribed live is told of."""

from collections.abc import Sequence
from typing import ClassVar

import pytest

from asr.desk import Desk
from asr.engine import Effort, EngineLostError, Heard, Recogniser
from asr.engines import Engines
from asr.fake_engine import FakeEngine, FakeRecogniser
from asr.orders import Switch
from asr.scheduler import Mode
from asr.side import Side
from hotline.house import House
from hotline.tables import SpeechStream
from tests.sound import frames, silence, speech_like
from tests.unit.asr.sides import (
    CHOICES,
    Given,
    after,
    end,
    facts,
    hear,
    only_gap,
    put_all,
    texts,
    utterance,
    work_off,
)


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
        hear(side, silence(2) + speech_like(3))
        monkeypatch.setattr(Moody, "fault", fault)
        hear(side, speech_like(0.2) + silence(1), position_ms=5000)
        end(side)

        start_ms, end_ms = only_gap(house, desk, stream)
        assert 1500 <= start_ms <= 2200
        assert end_ms >= 5020
        assert texts(house, stream) == []

    def test_turn__engine_lost_after_some_final_words__gap_from_the_words_on(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        hear(side, silence(0.5) + speech_like(1) + silence(1))
        hear(side, speech_like(1), position_ms=2500)
        monkeypatch.setattr(Moody, "fault", EngineLostError)
        hear(side, speech_like(1), position_ms=3500)
        end(side)

        start_ms, end_ms = only_gap(house, desk, stream)
        assert 2000 <= start_ms <= 2700
        assert end_ms == 4500
        assert texts(house, stream) == ["第一句话"]

    def test_order__engine_lost_with_the_last_words__gap_all_the_same(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        hear(side, silence(1) + speech_like(1))
        monkeypatch.setattr(Moody, "fault", EngineLostError)
        end(side)

        start_ms, end_ms = only_gap(house, desk, stream)
        assert 500 <= start_ms <= 1200
        assert end_ms == 2000

    def test_order__engine_lost_while_the_end_waits__what_waited_is_a_gap(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        monkeypatch.setattr(Moody, "fault", EngineLostError)
        put_all(side, frames(speech_like(6)))
        end(side)

        assert after(house, desk, stream).gaps == [[0, 6000]]

    def test_turn__engine_fails_for_good__said_so_and_all_of_the_rest_is_a_gap(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        hear(side, silence(0.5) + speech_like(1) + silence(1))
        monkeypatch.setattr(Moody, "fault", RuntimeError)
        hear(side, speech_like(9), position_ms=2500)
        assert side.is_deaf
        monkeypatch.setattr(Moody, "fault", None)
        # Neither more time nor a quiet machine makes it listen again.
        side.schedule(Mode.WITHOUT_PARTIALS)
        side.schedule(Mode.LIVE)
        hear(side, speech_like(5), position_ms=11_500)
        end(side)

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
            hear(side, silence(0.5) + speech_like(1) + silence(1), position_ms=10_000 * place)
            monkeypatch.setattr(Moody, "fault", RuntimeError)
            hear(side, speech_like(0.3) + silence(2), position_ms=10_000 * place + 2500)
            monkeypatch.setattr(Moody, "fault", None)
            hear(side, silence(5.2), position_ms=10_000 * place + 4800)

        assert not side.is_deaf
        assert len(after(house, desk, stream).gaps) == 5
        assert len(texts(house, stream)) == 5

    def test_turn__failed_for_good_then_another_language__listens_and_tells_the_gap(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        monkeypatch.setattr(Moody, "fault", RuntimeError)
        hear(side, speech_like(9))
        assert side.is_deaf
        monkeypatch.setattr(Moody, "fault", None)
        side.order(Switch("ko"))
        work_off(side)
        hear(side, silence(0.5) + speech_like(1) + silence(1), position_ms=9000)

        row = after(house, desk, stream)
        assert row.state == "live"
        assert row.gaps == [[0, 9000]]
        assert texts(house, stream) == ["第一句话"]

    def test_turn__another_language_while_the_servers_are_away__its_engine_is_asked(
        self, house: House, desk: Desk, stream: SpeechStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        side = self.side(desk, stream)
        hear(side, speech_like(1))
        monkeypatch.setattr(Moody, "fault", EngineLostError)
        side.order(Switch("ko"))
        work_off(side)
        monkeypatch.setattr(Moody, "fault", None)
        hear(side, silence(0.5) + speech_like(1) + silence(1), position_ms=1000)

        row = after(house, desk, stream)
        assert not side.is_lost
        assert [gap[1] for gap in row.gaps] == [1000]
        assert texts(house, stream) == ["第一句话"]

    def test_put__joined_in_mid_call_while_others_come_first__gap_from_its_own_beginning(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side = self.side(desk, stream)
        side.schedule(Mode.AFTER_CALL)
        hear(side, silence(2), position_ms=300_000)
        end(side)

        assert after(house, desk, stream).gaps == [[300_000, 302_000]]

    def test_schedule__language_without_engine_meanwhile__no_state_of_the_old_one(
        self, house: House, desk: Desk, stream: SpeechStream
    ) -> None:
        side = Side(facts(stream), engines=Engines(CHOICES), desk=desk)
        put_all(side, utterance())
        work_off(side)
        side.order(Switch("bo"))
        work_off(side)

        side.schedule(Mode.WITHOUT_PARTIALS)
        side.schedule(Mode.LIVE)

        assert after(house, desk, stream).state == "unsupported"
