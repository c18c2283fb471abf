"""vosk-servers that are well, and ones that hang, answer rubbish, disconnect, or are not there."""

from collections.abc import Iterator, Sequence
from time import monotonic

import pytest

from asr.engine import Engine, EngineLostError, Final, Heard, Partial, Recogniser
from asr.fake_engine import FakeEngine
from asr.remote_engine import RemoteEngine
from asr.remote_link import ANSWER_SECONDS
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


def test_flush__two_servers_well__each_has_its_turn(
    servers: list[VoskServer], seconds: Seconds
) -> None:
    recogniser = remote(servers, seconds).open("zh")

    texts = [final.text for _ in range(4) for final in utterance(recogniser)]

    assert texts == ["甲", "乙", "甲", "乙"]
    assert (
        servers[0].configurations
        == [{"sample_rate": 8000, "words": True, "max_alternatives": 0}] * 2
    )


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


def test_health__in_mid_utterance_and_after__side_counted_while_it_lasts(
    servers: list[VoskServer], seconds: Seconds
) -> None:
    engine = remote(servers[:1], seconds)
    recogniser = engine.open("zh")

    recogniser.accept(PIECE)
    assert [health.sides for health in engine.servers.health()] == [1]

    recogniser.flush()
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
