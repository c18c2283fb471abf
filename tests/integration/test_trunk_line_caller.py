"""`hotline call` against a line and a media engine: what one says, the other hears."""

import argparse
import asyncio
import os
import signal
import sys
import wave
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hotline.errors import NotConfigured
from ivr.caller import Caller, CallPlan
from ivr.caller_wav import read_speech, write_heard
from ivr.commands import register_call, register_flow
from ivr.media.client import MediaEngine
from ivr.media.telling import Digit, MediaEvent, PromptFinished
from ivr.sip.line import EndReason, LineCall, RemoteMedia
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import one_trunk
from tests.ports import free_port
from tests.standstill import watching

PROMPT_HZ = 440
SPEECH_HZ = 1000


def tone(hertz: int, *, seconds: float) -> NDArray[np.int16]:
    wave_form = 8000 * np.sin(2 * np.pi * hertz * np.arange(round(8000 * seconds)) / 8000)
    return wave_form.astype(np.int16)


def strength(samples: NDArray[np.int16], hertz: int) -> float:
    """How much of a tone there is, as the share of all power."""
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64))) ** 2
    first, last = ((hertz + side) * len(samples) // 8000 for side in (-20, 20))
    return float(spectrum[first:last].sum() / max(spectrum.sum(), 1.0))


class SmallHotline:
    """Answers, plays a prompt after each key, records what it hears."""

    def __init__(self, line: TrunkLine, directory: Path) -> None:
        self.line = line
        self.directory = directory
        self.digits = ""
        self.ends: list[EndReason] = []
        self.engine: MediaEngine
        self._call: LineCall
        self._tasks: set[asyncio.Task[None]] = set()
        self._plays = 0
        self._finished = asyncio.Event()
        self._speaking = asyncio.Lock()

    def take(self, call: LineCall) -> None:
        self._call = call
        call.listen(self)
        call.ring()
        self._begin(self._answer())

    def hear(self, event: MediaEvent) -> None:
        if isinstance(event, Digit):
            self.digits += event.digit
            self._begin(self._prompt())
        elif isinstance(event, PromptFinished):
            self._finished.set()

    def call_ringing(self) -> None:
        raise AssertionError("inbound calls do not tell that")

    def early_media(self, media: RemoteMedia) -> None:
        raise AssertionError("inbound calls have none")

    def digit_pressed(self, digit: str) -> None:
        raise AssertionError("the caller's keys are RTP")

    def call_answered(self, media: RemoteMedia) -> None:
        self._begin(self._prompt())

    def media_changed(self, media: RemoteMedia) -> None:
        raise AssertionError("the caller changes nothing")

    def call_ended(self, reason: EndReason) -> None:
        self.ends.append(reason)

    async def close(self) -> None:
        await asyncio.gather(*self._tasks)
        await self.engine.stop()

    def _begin(self, coroutine: object) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(coroutine)  # type: ignore[call-overload]  # a coroutine
        self._tasks.add(task)

    async def _answer(self) -> None:
        media = self._call.media
        assert media is not None
        port = await self.engine.open_leg(
            "caller",
            codec=media.codec,
            telephone_event=media.telephone_event,
            remote=(media.host, media.port),
        )
        path = self.directory / "recording.wav"
        await self.engine.start_recording("rec", path=path, left="caller", right=None)
        self._call.answer(host="127.0.0.1", port=port)

    async def _prompt(self) -> None:
        # One after the other: a key cuts no prompt short, whenever it comes.
        async with self._speaking, asyncio.timeout(60):
            self._plays += 1
            self._finished.clear()
            prompt = self.directory / "prompt.wav"
            await self.engine.play("caller", play=self._plays, paths=[prompt])
            await self._finished.wait()


@pytest.fixture
async def hotline(tmp_path: Path) -> AsyncIterator[SmallHotline]:
    write_heard(tmp_path / "prompt.wav", tone(PROMPT_HZ, seconds=0.6))
    line = TrunkLine(
        host="127.0.0.1",
        port=0,
        trunks=one_trunk([ip_network("127.0.0.1/32")]),
        max_calls=1,
        calls_per_second=10,
        user_agent="hotline test",
    )
    hotline = SmallHotline(line, tmp_path)
    first = free_port(count=20)
    hotline.engine = await MediaEngine.start(
        host="127.0.0.1",
        ports=range(first, first + 20, 2),
        on_event=hotline.hear,
        asr_address=None,
    )
    await line.start(hotline.take)
    yield hotline
    await line.stop()
    await hotline.close()


def plan(port: int, **changes: object) -> CallPlan:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": port,
        "to": "12348",
        "from_number": "13800001234",
        "seconds": 1.0,
    }
    return CallPlan(**(values | changes))  # type: ignore[arg-type]  # a table of arguments


class TestCaller:
    async def test_run__presses_keys_at_pauses_speaks_and_keeps_what_it_heard(
        self, hotline: SmallHotline, tmp_path: Path
    ) -> None:
        """Where the machine stood still meanwhile, some of the sound may be missing.

        Whether it did, the engine's own lateness says, and how long this process got no processor;
        where it did not, all three prompts are heard in full.
        """
        lines: list[str] = []
        call = plan(
            hotline.line.port,
            digits="12",
            speech=tone(SPEECH_HZ, seconds=0.5),
            seconds=6.0,
            save=tmp_path / "heard.wav",
        )

        with watching() as standstill:
            assert await Caller(call, say=lines.append).run()
        engine = await hotline.engine.statistics()
        lateness = max(standstill.worst_seconds, engine.lateness_max_ms / 1000)
        was_disturbed = engine.stalls > 0 or lateness > 0.06
        await hotline.close()

        assert hotline.digits == "12"
        assert hotline.ends == [EndReason.CALLER_HUNG_UP]
        heard = read_speech(tmp_path / "heard.wav")
        assert (1.0 if was_disturbed else 5.0) < len(heard) / 8000 < 6.5 + lateness
        assert strength(heard, PROMPT_HZ) > 0.8
        # Three prompts of 0.6 s: after the answer and after each key.
        loud = np.abs(heard) > 4000
        assert (0.3 if was_disturbed else 0.9) < loud.sum() / 8000 / (3 * 0.6 * 2 / 3) < 1.1
        with wave.open(str(tmp_path / "recording.wav")) as file:
            frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
        assert strength(frames[:, 0], SPEECH_HZ) > 0.8
        story = "\n".join(line.partition(" s ")[2].split()[0] for line in lines)
        assert story.split() == [
            *("呼叫", "振铃", "已接通", "按键", "按键", "说话", "挂机", "听到", "已保存"),
        ]

    async def test_run__hotline_hangs_up_first(self, hotline: SmallHotline) -> None:
        lines: list[str] = []
        caller = Caller(plan(hotline.line.port, seconds=30), say=lines.append)
        running = asyncio.create_task(caller.run())
        async with asyncio.timeout(60):
            while not any("已接通" in line for line in lines):  # noqa: ASYNC110  # prints only
                await asyncio.sleep(0.01)
        await hotline.line.stop()

        assert await running
        assert any("对方挂机" in line for line in lines)

    async def test_run__busy_hotline_is_explained(self, hotline: SmallHotline) -> None:
        lines: list[str] = []
        first = Caller(plan(hotline.line.port, seconds=30), say=lines.append)
        running = asyncio.create_task(first.run())
        async with asyncio.timeout(60):
            while not any("已接通" in line for line in lines):  # noqa: ASYNC110  # prints only
                await asyncio.sleep(0.01)
        refused: list[str] = []

        assert not await Caller(plan(hotline.line.port), say=refused.append).run()

        first.hang_up()
        assert await running
        assert any("SIP 503" in line and "HOTLINE_MAX_CALLS" in line for line in refused)

    async def test_run__nobody_listens(self) -> None:
        with pytest.raises(NotConfigured, match="hotline up"):
            await Caller(plan(free_port()), say=print).run()

    async def test_run__silent_address_hints_at_the_trunks(self, hotline: SmallHotline) -> None:
        # A hotline that knows no such trunk says nothing at all.
        line = TrunkLine(
            host="127.0.0.1",
            port=0,
            trunks=one_trunk([ip_network("192.0.2.1/32")]),
            max_calls=1,
            calls_per_second=1,
            user_agent="hotline test",
        )
        await line.start(hotline.take)
        with pytest.raises(NotConfigured, match="HOTLINE_TRUNKS"):
            await Caller(plan(line.port), say=print).run()
        await line.stop()

    async def test_run__unknown_host_is_named(self) -> None:
        with pytest.raises(NotConfigured, match="hotline.invalid"):
            await Caller(plan(5060, host="hotline.invalid"), say=print).run()


class TestCommand:
    async def test_call__interrupt_hangs_up_and_exit_code_is_zero(
        self, hotline: SmallHotline, tmp_path: Path
    ) -> None:
        program = (
            "import argparse, sys; from ivr.commands import register_call;"
            "parser = argparse.ArgumentParser(); register_call(parser.add_subparsers());"
            "arguments = parser.parse_args(); sys.exit(arguments.run(arguments))"
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            program,
            *("call", "--port", str(hotline.line.port), "--data-dir", str(tmp_path)),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        assert process.stdout is not None
        output = ""
        try:
            async with asyncio.timeout(150):
                while "已接通" not in output:
                    line = (await process.stdout.readline()).decode()
                    assert line, f"the caller ended: {output}"
                    output += line
                process.send_signal(signal.SIGINT)
                output += (await process.stdout.read()).decode()
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

        assert "挂机" in output

    def test_flow__check_and_show_are_registered(self, capsys: pytest.CaptureFixture[str]) -> None:
        parser = argparse.ArgumentParser()
        subparsers = parser.add_subparsers()
        register_call(subparsers)
        register_flow(subparsers)

        arguments = parser.parse_args(["flow", "show"])

        assert arguments.run(arguments) == 0
        assert "stateDiagram" in capsys.readouterr().out
