"""From datagrams on a real socket to segments in the database and partial words on the bus."""

import asyncio
import os
import re
import socket
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from asr.__main__ import serve
from asr.engines import Engines
from asr.fork import Frame, build
from asr.inventory import choices
from hotline.house import House
from hotline.settings import Settings, load_settings
from hotline.tables import Segment, SpeechStream
from hotline.transcripts import service as transcripts
from tests.conftest import SilentBus
from tests.sound import be_patient, clips, error_rate, frames, silence, speech_like
from tests.unit.hotline.factories import create_call

DEADLINE_SECONDS = 90.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", asr_port=0, asr_engines="zh=fake,ko=fake")


@pytest.fixture(autouse=True)
def _patience(house: House) -> None:
    be_patient(house)


@asynccontextmanager
async def listening(house: House) -> AsyncIterator[int]:
    """Speech recognition in this process; yields its port."""
    stopping = asyncio.Event()
    ports: asyncio.Queue[int] = asyncio.Queue()
    task = asyncio.create_task(
        serve(house, Engines(choices(house.settings)), stopping, listening=ports.put_nowait)
    )
    try:
        yield await asyncio.wait_for(ports.get(), DEADLINE_SECONDS)
    finally:
        stopping.set()
        await asyncio.wait_for(task, DEADLINE_SECONDS)


def open_side(house: House, *, language: str = "zh", speaker: str = "caller") -> SpeechStream:
    with house.database.session() as session:
        call = create_call(session, house)
        return transcripts.open_stream(
            session, house, call_id=call.id, leg="leg", speaker=speaker, language=language
        )


def add_side(house: House, first: SpeechStream, *, speaker: str) -> SpeechStream:
    with house.database.session() as session:
        return transcripts.open_stream(
            session,
            house,
            call_id=first.call_id,
            leg="other",
            speaker=speaker,
            language=first.language,
        )


async def send(port: int, datagrams: Sequence[Frame], *, pause_every: int = 50) -> None:
    """Sends frames much faster than they were spoken, with a breath now and then."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as fork:
        fork.connect(("127.0.0.1", port))
        for number, frame in enumerate(datagrams):
            fork.send(build(frame))
            if number % pause_every == 0:
                await asyncio.sleep(0.01)


async def until(condition: Callable[[], bool], *, seconds: float = DEADLINE_SECONDS) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not condition():
        assert loop.time() < deadline, "waited in vain"
        await asyncio.sleep(0.05)


def segments(house: House, stream: SpeechStream) -> Sequence[Segment]:
    with house.database.reading() as session:
        return transcripts.segments_of(session, stream.call_id)


def row(house: House, stream: SpeechStream) -> SpeechStream:
    with house.database.reading() as session:
        found = session.get(SpeechStream, stream.id)
        assert found is not None
        session.expunge(found)
        return found


def has_words_after(house: House, stream: SpeechStream, position_ms: int) -> bool:
    return any(segment.end_ms > position_ms for segment in segments(house, stream))


def has_more_than(house: House, stream: SpeechStream, count: int) -> bool:
    return len(segments(house, stream)) > count


def close(house: House, stream: SpeechStream) -> None:
    with house.database.session() as session:
        transcripts.close_stream(session, house, stream.id or 0)


async def test_serve__speech_comes__partials_and_segments_on_the_recordings_clock(
    house: House,
) -> None:
    stream = open_side(house)
    audio = silence(1) + speech_like(2) + silence(1) + speech_like(1.5) + silence(1)
    async with listening(house) as port:
        await send(port, list(frames(audio, stream=stream.id or 0, position_ms=10_000)))
        await until(lambda: len(segments(house, stream)) == 2)
        assert row(house, stream).state == "live"

    first, second = segments(house, stream)
    assert (first.text, second.text) == ("第一句话", "第二句话")
    assert (first.speaker, first.engine, first.source) == ("caller", "fake", "live")
    assert abs(first.start_ms - 10_700) <= 200
    assert abs(first.end_ms - 13_000) <= 200
    assert abs(second.end_ms - 15_500) <= 200
    assert isinstance(house.bus, SilentBus)
    kinds = {kind for kind, _ in house.bus.live}
    assert kinds == {"transcript.partial"}
    assert all(data["stream"] == stream.id for _, data in house.bus.live)


async def test_serve__both_sides_speak__each_under_its_speaker(house: House) -> None:
    caller = open_side(house)
    lawyer = add_side(house, caller, speaker="lawyer")
    audio = silence(0.5) + speech_like(1.5) + silence(1)
    async with listening(house) as port:
        for side in (caller, lawyer):
            await send(port, list(frames(audio, stream=side.id or 0)))
        await until(lambda: len(segments(house, caller)) == 2)

    assert {segment.speaker for segment in segments(house, caller)} == {"caller", "lawyer"}


async def test_serve__language_without_engine__unsupported_and_silent(house: House) -> None:
    stream = open_side(house, language="bo")
    async with listening(house) as port:
        await send(port, list(frames(speech_like(2), stream=stream.id or 0)))
        await until(lambda: row(house, stream).state == "unsupported")

    assert segments(house, stream) == []


async def test_serve__unknown_stream_and_rubbish__nothing_happens(house: House) -> None:
    stream = open_side(house)
    async with listening(house) as port:
        await send(port, list(frames(speech_like(1), stream=999_999)))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as fork:
            for rubbish in (b"", b"x", b"HLF1" + bytes(300), bytes(1400)):
                fork.sendto(rubbish, ("127.0.0.1", port))
        await send(port, list(frames(speech_like(1) + silence(1), stream=stream.id or 0)))
        await until(lambda: len(segments(house, stream)) == 1)


async def test_serve__datagrams_missing_for_seconds__gap_is_noted(house: House) -> None:
    stream = open_side(house)
    all_frames = list(frames(speech_like(6) + silence(1), stream=stream.id or 0))
    async with listening(house) as port:
        await send(port, all_frames[:100] + all_frames[200:])
        await until(lambda: len(segments(house, stream)) == 2)

    assert row(house, stream).gaps == [[2000, 4000]]


async def test_serve__stream_closed_in_mid_sentence__last_words_are_kept(house: House) -> None:
    stream = open_side(house)
    async with listening(house) as port:
        await send(port, list(frames(silence(0.5) + speech_like(1), stream=stream.id or 0)))
        # A stream that is closed before it is looked up is left to the after-call job.
        await until(lambda: row(house, stream).state == "live")
        close(house, stream)
        await until(lambda: len(segments(house, stream)) == 1)

    assert row(house, stream).state == "closed"


async def test_serve__lawyer_chooses_another_language__heard_in_it_from_then_on(
    house: House,
) -> None:
    stream = open_side(house)
    number = stream.id or 0
    utterance = silence(0.5) + speech_like(1) + silence(1)
    position = 0
    async with listening(house) as port:
        await send(port, list(frames(utterance, stream=number)))
        await until(lambda: len(segments(house, stream)) == 1)
        with house.database.session() as session:
            transcripts.change_language(session, house, stream.call_id, "ko")

        # Whenever the news arrives, what is said after it is heard in the other language.
        while segments(house, stream)[-1].language != "ko":
            position += 2500
            count = len(segments(house, stream))
            later = frames(utterance, stream=number, position_ms=position, sequence=position // 20)
            await send(port, list(later))
            await until(partial(has_more_than, house, stream, count))

    assert row(house, stream).language == "ko"
    assert {segment.language for segment in segments(house, stream)} == {"zh", "ko"}
    assert row(house, stream).gaps == []


async def test_serve__stopped_in_mid_sentence__words_so_far_are_kept(house: House) -> None:
    stream = open_side(house)
    async with listening(house) as port:
        await send(port, list(frames(silence(0.5) + speech_like(1), stream=stream.id or 0)))
        await until(lambda: row(house, stream).state == "live")

    assert len(segments(house, stream)) == 1


async def test_serve__started_anew_in_mid_call__goes_on_and_notes_the_gap(house: House) -> None:
    stream = open_side(house)
    number = stream.id or 0
    async with listening(house) as port:
        await send(port, list(frames(silence(1) + speech_like(1) + silence(1), stream=number)))
        await until(lambda: len(segments(house, stream)) == 1)
    house.clock.advance(seconds=20)  # type: ignore[attr-defined]  # the fixture's FakeClock
    async with listening(house) as port:
        later = frames(speech_like(1) + silence(1), stream=number, position_ms=15_000, sequence=750)
        await send(port, list(later))
        await until(lambda: len(segments(house, stream)) == 2)

    first, second = segments(house, stream)
    assert row(house, stream).gaps == [[first.end_ms, 15_000]]
    assert second.start_ms >= 15_000


def listeners() -> int:
    """How many threads of this process take turns with the sides of calls."""
    return sum(re.fullmatch(r"asr-\d+", one.name) is not None for one in threading.enumerate())


# One always listens; as many utterances are understood at once as there are processors.
AT_HOME = 1 + max(2, min(8, os.cpu_count() or 2))


async def test_serve__engines_of_this_machine__a_thread_for_each_processor_and_one(
    house: House,
) -> None:
    async with listening(house):
        assert listeners() == AT_HOME

    assert listeners() == 0


class TestServers:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        engines = "zh=remote:ws://127.0.0.1:9"
        return load_settings(tmp_path / "data", asr_port=0, asr_engines=engines)

    async def test_serve__engines_of_other_machines__sixteen_more_that_wait_for_them(
        self, house: House
    ) -> None:
        async with listening(house):
            assert listeners() == AT_HOME + 16


class TestMandarin:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return load_settings(tmp_path / "data", asr_port=0, asr_engines="zh=whisper")

    @pytest.mark.timeout(600)
    async def test_serve__recorded_mandarin__understood(self, house: House) -> None:
        said = clips(6, step=20)
        stream = open_side(house)
        position = 0
        async with listening(house) as port:
            for clip in said:
                # One after the other, so that a slow machine understands all of it too.
                audio = list(
                    frames(
                        silence(0.5) + clip.pcm + silence(1),
                        stream=stream.id or 0,
                        position_ms=position,
                        sequence=position // 20,
                    )
                )
                await send(port, audio)
                await until(partial(has_words_after, house, stream, position))
                position = audio[-1].position_ms + 20

        heard = "".join(segment.text for segment in segments(house, stream))
        rate = error_rate([("".join(clip.text for clip in said), heard)])
        print(f"character error rate over {len(said)} utterances: {rate:.1%}")  # noqa: T201 - the figure is the result
        assert rate <= 0.35
