"""vosk-servers that are well, and ones that hang, answer rubbish, disconnect, or are not there."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic, sleep

import pytest

from asr.engine import Engine, EngineLostError, Final, Heard, Partial, Recogniser
from asr.fake_engine import FakeEngine, FakeRecogniser
from asr.remote_engine import RemoteEngine
from asr.remote_link import ANSWER_SECONDS, Link, ServerFailedError
from asr.remote_servers import Address
from asr.remote_watch import look
from tests.vosk_server import VoskServer

LIMIT_SECONDS = 60.0
PIECE = bytes(1600)
NOBODY = Address("ws://127.0.0.1:9")


class Seconds:
    """A monotonic clock that jumps by a second whenever it is asked, once told to."""

    def __init__(self) -> None:
        self.at = 0.0
        self.step = 0.0

    def __call__(self) -> float:
        self.at += self.step
        return self.at


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def servers() -> Iterator[list[VoskServer]]:
    with (
        VoskServer(FakeEngine(script=("甲",)), "zh") as first,
        VoskServer(FakeEngine(script=("乙",)), "zh") as second,
    ):
        yield [first, second]


def remote(
    servers: Sequence[VoskServer | Address], seconds: Seconds, *, local: Engine | None = None
) -> RemoteEngine:
    addresses = [
        server if isinstance(server, Address) else Address(server.url) for server in servers
    ]
    alternative = (lambda: local) if local is not None else None
    return RemoteEngine(addresses, language="zh", alternative=alternative, now=seconds)


def utterance(recogniser: Recogniser, *, pieces: int = 8) -> list[Final]:
    heard: list[Heard] = []
    for _ in range(pieces):
        heard += recogniser.accept(PIECE)
    heard += recogniser.flush()
    return [piece for piece in heard if isinstance(piece, Final)]


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelname == "ERROR"]


def test_flush__two_servers_well__each_side_stays_with_one(
    servers: list[VoskServer], seconds: Seconds
) -> None:
    engine = remote(servers, seconds)
    sides = [engine.open("zh") for _ in range(4)]

    heard = [[utterance(side)[0] for _ in range(3)] for side in sides]

    assert [{final.text for final in finals} for finals in heard] == [
        {"甲"},
        {"乙"},
        {"甲"},
        {"乙"},
    ]
    assert [(final.start_ms, final.end_ms) for final in heard[0]] == [
        (0, 800),
        (800, 1600),
        (1600, 2400),
    ]
    assert (
        servers[0].configurations
        == [{"sample_rate": 8000, "words": True, "max_alternatives": 0}] * 2
    )
    for side in sides:
        side.close()
    assert [health.sides for health in engine.servers.health()] == [0, 0]


@pytest.mark.parametrize("way", ["hangs up", "takes it for audio", "says nothing"])
def test_flush__server_knows_no_reset__a_connection_for_each_utterance_and_no_error(
    servers: list[VoskServer], seconds: Seconds, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    servers[0].without_reset = way
    recogniser = remote(servers[:1], seconds).open("zh")

    heard = [utterance(recogniser) for _ in range(3)]

    assert [[(final.start_ms, final.end_ms) for final in finals] for finals in heard] == [
        [(0, 800)],
        [(800, 1600)],
        [(1600, 2400)],
    ]
    # The first utterance twice: until its end nobody can know.
    assert len(servers[0].configurations) == 4
    assert servers[0].pieces == 32
    assert errors(caplog) == []


def test_accept__idle_connection_was_cut__another_and_no_error(
    servers: list[VoskServer], seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    engine = remote(servers[:1], seconds)
    recogniser = engine.open("zh")
    utterance(recogniser)

    servers[0].cut()
    (final,) = utterance(recogniser)

    assert (final.start_ms, final.end_ms) == (800, 1600)
    assert [health.failures for health in engine.servers.health()] == [0]
    assert errors(caplog) == []


def test_accept__cut_again_before_any_answer__failed(
    servers: list[VoskServer], seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    engine = remote(servers[:1], seconds, local=FakeEngine(script=("丙",)))
    recogniser = engine.open("zh")
    utterance(recogniser)
    servers[0].fault, servers[0].fault_after = "disconnect", 0

    servers[0].cut()
    (final,) = utterance(recogniser)

    assert (final.text, final.start_ms, final.end_ms) == ("丙", 800, 1600)
    assert errors(caplog) == ["speech server failed, others take over"]


@pytest.mark.parametrize("fault", ["rubbish", "disconnect"])
def test_flush__a_server_fails_in_mid_utterance__the_next_one_hears_all_of_it(
    servers: list[VoskServer], seconds: Seconds, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    servers[0].fault = fault
    recogniser = remote(servers, seconds).open("zh")

    (first,) = utterance(recogniser)
    (second,) = utterance(recogniser)

    assert (first.text, first.start_ms, first.end_ms) == ("乙", 0, 800)
    assert (second.text, second.start_ms, second.end_ms) == ("乙", 800, 1600)
    assert servers[1].pieces == 16
    assert errors(caplog) == ["speech server failed, others take over"]


def test_accept__the_server_hangs__this_machine_hears_all_of_it(
    servers: list[VoskServer], seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    servers[0].fault = "hang"
    # Waiting for an answer that does not come takes no time of ours.
    seconds.step = ANSWER_SECONDS / 4
    recogniser = remote(servers[:1], seconds, local=FakeEngine(script=("丙",))).open("zh")

    (first,) = utterance(recogniser)

    assert (first.text, first.start_ms, first.end_ms) == ("丙", 0, 800)
    assert errors(caplog) == ["speech server failed, others take over"]


def test_flush__no_server_is_there__this_machine_hears_all_of_it(
    seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    local = FakeEngine(script=("丙",))
    recogniser = remote([NOBODY], seconds, local=local).open("zh")

    first, second = (utterance(recogniser)[0] for _ in range(2))

    assert (first.text, first.start_ms, first.end_ms) == ("丙", 0, 800)
    assert (second.start_ms, second.end_ms) == (800, 1600)
    assert (first.engine, first.model) == ("fake", "script")
    assert errors(caplog) == ["speech server failed, others take over"]


def test_flush__server_fails_while_many_listen__one_error(
    servers: list[VoskServer], seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    servers[0].fault = "disconnect"
    engine = remote(servers[:1], seconds, local=FakeEngine())

    for _ in range(4):
        utterance(engine.open("zh"))

    assert len(errors(caplog)) == 1


def test_accept__nobody_takes_over__lost_until_the_server_is_back(
    servers: list[VoskServer], seconds: Seconds
) -> None:
    servers[0].fault = "disconnect"
    servers[0].fault_after = 0
    engine = remote(servers[:1], seconds)
    with pytest.raises(EngineLostError):
        utterance(engine.open("zh"))

    servers[0].fault = ""
    seconds.at += 31
    (final,) = utterance(engine.open("zh"))

    assert final.text == "甲"


def test_health__in_mid_call_and_after__side_counted_while_it_lasts(
    servers: list[VoskServer], seconds: Seconds
) -> None:
    engine = remote(servers[:1], seconds)
    recogniser = engine.open("zh")

    recogniser.accept(PIECE)
    assert [health.sides for health in engine.servers.health()] == [1]

    recogniser.flush()
    assert [health.sides for health in engine.servers.health()] == [1]

    recogniser.close()
    assert [health.sides for health in engine.servers.health()] == [0]


def test_look__one_server_there_and_one_not__told_without_taking_turns(
    servers: list[VoskServer], seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    engine = remote([servers[0], NOBODY], seconds)

    look(engine)

    assert [health.is_reachable for health in engine.servers.health()] == [True, False]
    assert [health.failures for health in engine.servers.health()] == [0, 0]
    assert errors(caplog) == []
    assert engine.servers.unheard_of(20.0) == []


def test_accept__server_for_wide_band__twice_the_audio(
    servers: list[VoskServer], seconds: Seconds
) -> None:
    recogniser = remote([Address(servers[0].url, 16000)], seconds).open("zh")

    utterance(recogniser)

    assert servers[0].configurations[0]["sample_rate"] == 16000


def test_accept__words_come__partial_ones_first(
    servers: list[VoskServer], seconds: Seconds
) -> None:
    recogniser = remote(servers[:1], seconds).open("zh")
    heard: list[Heard] = []
    deadline = monotonic() + LIMIT_SECONDS
    while not heard and monotonic() < deadline:
        heard += recogniser.accept(PIECE)
    recogniser.close()

    assert heard[0] == Partial("甲", 0, heard[0].end_ms)


@dataclass(frozen=True)
class HeldEngine(FakeEngine):
    """Understands a piece of audio only once it may; ends an utterance after every fourth."""

    may_go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def open(self, language: str) -> Recogniser:
        return _Held(self)


class _Held(FakeRecogniser):
    def __init__(self, engine: HeldEngine) -> None:
        super().__init__(engine.script, is_streaming=True)
        self._engine = engine
        self._pieces = 0

    def accept(self, pcm: bytes) -> Sequence[Heard]:
        assert self._engine.may_go.acquire(timeout=LIMIT_SECONDS)
        self._pieces += 1
        heard = super().accept(pcm)
        return heard if self._pieces % 4 else self.flush()


class SlowEngine(FakeEngine):
    """Needs a fifth of the time in which people speak."""

    def open(self, language: str) -> Recogniser:
        return _Slow(self.script, is_streaming=True)


class _Slow(FakeRecogniser):
    def accept(self, pcm: bytes) -> Sequence[Heard]:
        threading.Event().wait(len(pcm) / 16_000 / 5)
        return super().accept(pcm)


def test_flush__answer_of_wrong_types_after_good_words__the_words_stay_and_the_rest_is_heard(
    servers: list[VoskServer], seconds: Seconds
) -> None:
    engine = HeldEngine(script=("好", "丁"))
    with VoskServer(engine, "zh") as first:
        first.fault, first.fault_after = "nonsense", 6
        recogniser = remote([first, servers[1]], seconds).open("zh")
        heard: list[Heard] = []
        for _ in range(8):
            heard += recogniser.accept(PIECE)
        # All of its answers are looked at together.
        engine.may_go.release(8)
        heard += recogniser.flush()

    finals = [piece for piece in heard if isinstance(piece, Final)]
    assert [(final.text, final.start_ms, final.end_ms) for final in finals] == [
        ("好", 0, 400),
        ("乙", 400, 800),
    ]


def test_flush__long_speech_at_once_to_a_slow_server__waited_for_in_proportion(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with VoskServer(SlowEngine(script=("慢",)), "zh") as server:
        engine = RemoteEngine([Address(server.url)], language="zh", answer_seconds=2.0)
        recogniser = engine.open("zh")
        heard: list[Heard] = []
        for _ in range(24):
            heard += recogniser.accept(bytes(8000))
        heard += recogniser.flush()

    assert [piece.text for piece in heard if isinstance(piece, Final)] == ["慢"]
    assert errors(caplog) == []


def test_send__server_answers_one_piece_after_the_other__does_not_hang_until_it_stops(
    seconds: Seconds,
) -> None:
    engine = HeldEngine()
    with (
        VoskServer(engine, "zh") as server,
        closing(Link(Address(server.url), now=seconds)) as link,
    ):
        for _ in range(3):
            link.send(PIECE)
        seconds.at += ANSWER_SECONDS - 1
        engine.may_go.release()
        deadline = monotonic() + LIMIT_SECONDS
        # The configuration is not answered, the first piece is.
        while not link.answers():
            assert monotonic() < deadline
            sleep(0.01)

        seconds.at += ANSWER_SECONDS - 1
        link.send(PIECE)
        seconds.at += 2
        with pytest.raises(ServerFailedError, match="hangs"):
            link.send(PIECE)
        engine.may_go.release(9)


def test_flush__server_with_a_password__its_host_is_the_model_and_no_more_is_told(
    servers: list[VoskServer], seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    host = servers[0].url.removeprefix("ws://")
    address = Address(f"ws://operator:secret@{host}/asr?key=secret")
    engine = RemoteEngine([address], language="zh", now=seconds)

    (final,) = utterance(engine.open("zh"))
    engine.servers.failed(address, "hangs")

    assert final.model == host
    assert [record.__dict__["server"] for record in caplog.records if "failed" in record.msg] == [
        host
    ]
