"""Which speech servers the benchmark measures: the operator's, or one that it starts itself."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from asr.engine import Final
from asr.fake_engine import FakeEngine
from asr.remote_engine import RemoteEngine
from asr.remote_servers import parse_address
from asr.remote_watch import look
from benchmarks.asr_engines import Candidate, candidates
from hotline.settings import Settings, load_settings
from tests.sound import clips, error_rate
from tests.vosk_server import VoskServer

NOBODY = "ws://127.0.0.1:9"


def operator(directory: Path, *, asr_engines: str) -> Settings:
    return load_settings(directory / "data", asr_engines=asr_engines)


def remote(candidate: Candidate) -> RemoteEngine:
    # The machine may be busy.
    address = parse_address(candidate.setting.removeprefix("zh=remote:"))
    return RemoteEngine([address], language="zh", answer_seconds=60)


@pytest.fixture
def server() -> Iterator[VoskServer]:
    with VoskServer(FakeEngine(), "zh") as running:
        yield running


def test_candidates__operators_servers__those_that_answer_and_nothing_in_their_place(
    server: VoskServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = operator(tmp_path, asr_engines=f"zh=remote:{NOBODY}|{server.url}|whisper")

    with candidates("remote", settings) as (candidate,):
        assert candidate.setting == f"zh=remote:{server.url}"
        assert not candidate.is_beside
    assert capsys.readouterr().out == f"{NOBODY} cannot be reached: not measured\n"


def test_candidates__none_of_the_operators_servers_answers__said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = operator(tmp_path, asr_engines=f"zh=remote:{NOBODY}")

    with candidates("remote", settings) as engines:
        assert engines == []
    assert "remote is not measured" in capsys.readouterr().out


@pytest.mark.timeout(300)
def test_candidates__operator_has_no_server__one_of_its_own_that_understands_and_ends(
    tmp_path: Path,
) -> None:
    (clip,) = clips(1)

    with candidates("remote", operator(tmp_path, asr_engines="zh=whisper")) as (candidate,):
        assert candidate.is_beside
        engine = remote(candidate)
        with closing(engine.open("zh")) as recogniser:
            heard = [*recogniser.accept(clip.pcm), *recogniser.flush()]

    (final,) = [piece for piece in heard if isinstance(piece, Final)]
    assert error_rate([(clip.text, final.text)]) <= 0.35
    look(engine, idle_seconds=0)
    assert [health.is_reachable for health in engine.servers.health()] == [False]
