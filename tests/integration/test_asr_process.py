"""`python -m asr` as a process: its bus, its end, and its death in mid-call."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from asr.fork import Frame, build
from asr.jobs import transcribe_missing
from hotline import valkey
from hotline.bus import Bus
from hotline.clock import SystemClock
from hotline.house import House
from hotline.settings import Settings, load_settings
from hotline.supervisor import Program, Supervisor
from hotline.tables import Call, SpeechStream
from hotline.transcripts import service as transcripts
from hotline.views.gaps import gaps_of
from recordings import storage
from tests.ports import free_port
from tests.sound import be_patient, frames, silence, speech_like, write_stereo
from tests.unit.hotline.factories import create_call

ROOT = Path(__file__).parents[2]
LIMIT_SECONDS = 90.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", asr_port=free_port(), asr_engines="zh=fake")


@pytest.fixture
def house(house: House) -> Iterator[House]:
    with valkey.running(house.settings) as url:
        bus = Bus(url)
        be_patient(house)
        yield replace(house, bus=bus, clock=SystemClock())
        bus.close()


COMMAND = (sys.executable, "-m", "asr")


def environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HOTLINE_DATA_DIR": str(settings.data_dir),
        "HOTLINE_ASR_PORT": str(settings.asr_port),
        "HOTLINE_ASR_ENGINES": settings.asr_engines,
    }


@contextmanager
def recogniser(settings: Settings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(COMMAND, env=environment(settings), cwd=ROOT, stderr=output)
    try:
        yield process
    finally:
        process.kill()
        process.wait(LIMIT_SECONDS)


def until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + LIMIT_SECONDS
    while not condition():
        assert monotonic() < deadline, "waited in vain"
        sleep(0.05)


def is_listening(house: House) -> bool:
    return house.bus.is_alive("asr")


def open_side(house: House, *, language: str = "zh", age_ms: int = 0) -> SpeechStream:
    """A caller's side, opened so long ago: nothing before its opening counts as missed."""
    with house.database.session() as session:
        call = create_call(session, house)
        stream = transcripts.open_stream(
            session, house, call_id=call.id, leg="leg", speaker="caller", language=language
        )
        stream.opened_at -= timedelta(milliseconds=age_ms)
        return stream


def row(house: House, stream: SpeechStream) -> SpeechStream:
    with house.database.reading() as session:
        found = session.get(SpeechStream, stream.id)
        assert found is not None
        session.expunge(found)
        return found


def texts(house: House, stream: SpeechStream) -> list[str]:
    with house.database.reading() as session:
        return [row.text for row in transcripts.segments_of(session, stream.call_id)]


def send(settings: Settings, pieces: list[Frame]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as fork:
        for number, frame in enumerate(pieces):
            fork.sendto(build(frame), ("127.0.0.1", settings.asr_port))
            if number % 50 == 0:
                sleep(0.01)


def utterance(stream: SpeechStream, *, position_ms: int) -> list[Frame]:
    audio = silence(0.5) + speech_like(1) + silence(1)
    number = stream.id or 0
    return list(frames(audio, stream=number, position_ms=position_ms, sequence=position_ms // 20))


def record(house: House, call_id: str, spoken: bytes) -> None:
    """A finished recording of a call in Mandarin; only the caller speaks."""
    with house.database.session() as session:
        session.get_one(Call, call_id).language = "zh"
        recording = storage.begin(session, house, call_id)
        write_stereo(storage.absolute_path(house, recording), spoken, b"")
        storage.finished(session, house, recording.id, len(spoken) / 16_000)


def test_asr__killed_in_mid_call__the_next_one_goes_on_and_tells_the_gap(
    house: House, tmp_path: Path
) -> None:
    position = 10_000
    stream = open_side(house, age_ms=position)
    log = tmp_path / "log"
    with recogniser(house.settings, log) as process:
        until(lambda: is_listening(house))
        send(house.settings, utterance(stream, position_ms=0))
        until(lambda: len(texts(house, stream)) == 1)
        process.send_signal(signal.SIGKILL)
        process.wait(LIMIT_SECONDS)

    with recogniser(house.settings, log):
        # The fork goes on while nobody listens; the new process finds its first frame whenever.
        def heard_again() -> bool:
            nonlocal position
            send(house.settings, utterance(stream, position_ms=position))
            position += 2500
            return len(texts(house, stream)) >= 2

        until(heard_again)

    gaps = row(house, stream).gaps
    assert gaps
    with house.database.reading() as session:
        missed = gaps_of(session, stream.call_id)
        assert [(gap.speaker, gap.filled) for gap in missed] == [("caller", False)] * len(gaps)
    assert gaps[0][1] >= 10_000
    # A machine that is busy with other tests may be behind, and do without partial words.
    assert row(house, stream).state in {"live", "without_partials"}

    # After the call: somebody spoke in the gap, and the recording knows.
    start_ms, end_ms = gaps[0]
    spoken = silence((start_ms + end_ms) / 2000 - 0.5) + speech_like(1) + silence(1)
    record(house, stream.call_id, spoken)
    transcribe_missing(house, stream.call_id)

    with house.database.reading() as session:
        found = transcripts.segments_of(session, stream.call_id)
        filled = [one for one in found if one.source == "after_call"]
        assert len(filled) == 1
        # Voice detection takes in a little of what comes before and after.
        assert start_ms - 500 <= filled[0].start_ms < filled[0].end_ms <= end_ms + 500
        assert all(gap.filled for gap in gaps_of(session, stream.call_id))


def test_asr__started_as_hotline_up_does__a_group_of_its_own_behind_the_other_processes(
    house: House,
) -> None:
    with Supervisor() as supervisor:
        supervisor.add(Program("asr", COMMAND, environment(house.settings)))
        assert supervisor.attend(lambda: is_listening(house), timeout_seconds=LIMIT_SECONDS)
        process_id = supervisor.pids()["asr"]

        assert os.getpgid(process_id) == process_id != os.getpgid(0)
        own = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, process_id) == min(19, own + 5)


def test_asr__asked_to_stop__last_words_written_and_a_clean_end(
    house: House, tmp_path: Path
) -> None:
    stream = open_side(house)
    with recogniser(house.settings, tmp_path / "log") as process:
        until(lambda: is_listening(house))
        send(house.settings, list(frames(speech_like(1), stream=stream.id or 0)))
        until(lambda: row(house, stream).state == "live")
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT_SECONDS) == 0

    assert len(texts(house, stream)) == 1


def test_asr__stream_without_engine__told_before_any_sound(house: House, tmp_path: Path) -> None:
    with recogniser(house.settings, tmp_path / "log"):
        until(lambda: is_listening(house))
        stream = open_side(house, language="bo")

        until(lambda: row(house, stream).state == "unsupported")


def test_asr__port_taken__one_sentence_and_the_remedy(house: House, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as squatter:
        squatter.bind(("127.0.0.1", house.settings.asr_port))
        with recogniser(house.settings, log) as process:
            assert process.wait(LIMIT_SECONDS) == 2

    assert "HOTLINE_ASR_PORT" in log.read_text()


class TestModelMissing:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return load_settings(tmp_path / "data", asr_port=free_port(), asr_engines="zh=vosk")

    def test_asr__model_not_installed__runs_and_says_how_to_get_it(
        self, house: House, tmp_path: Path
    ) -> None:
        log = tmp_path / "log"
        stream = open_side(house)
        with recogniser(house.settings, log):
            until(lambda: is_listening(house))
            send(house.settings, utterance(stream, position_ms=0))
            until(lambda: row(house, stream).state == "unsupported")

        assert "hotline models install vosk-model-small-cn-0.22" in log.read_text()


def test_asr__after_a_call__no_words_in_its_log(house: House, tmp_path: Path) -> None:
    log = tmp_path / "log"
    stream = open_side(house)
    with recogniser(house.settings, log) as process:
        until(lambda: is_listening(house))
        send(house.settings, utterance(stream, position_ms=0))
        until(lambda: len(texts(house, stream)) == 1)
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT_SECONDS)

    assert texts(house, stream)[0] not in log.read_text()
