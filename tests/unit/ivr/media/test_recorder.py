import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from ivr.media.bank import Bank
from ivr.media.control import Codec
from ivr.media.g711 import SILENCE, encode
from ivr.media.interleaver import Interleaver
from ivr.media.recorder import Nobody, Recording
from ivr.media.tape import FRAMES_PER_HANDOVER, Tape
from ivr.media.wav_writer import WavWriter


class FakeLeg:
    """A voice with a row of the table."""

    def __init__(self, bank: Bank, row: int, codec: Codec = Codec.PCMA) -> None:
        self._bank = bank
        self.row = row
        self.codec = codec
        self.say(0)

    def say(self, sample: int) -> None:
        payload = encode(np.full(160, sample, np.int16), self.codec)
        self._bank.frames[self.row] = np.frombuffer(payload, np.uint8)

    @property
    def frame(self) -> bytes:
        frame: bytes = self._bank.frames[self.row].tobytes()
        return frame


class Studio:
    """A tape, a writer and one recording; every callback runs when the test is over."""

    def __init__(self, directory: Path) -> None:
        self.bank = Bank(lanes=1, legs=8)
        self.tape = Tape(self.bank)
        self.failures: list[str] = []
        self.path = directory / "rec.wav"
        self._tasks: list[Callable[[], None]] = []
        self.writer = WavWriter(self._tasks.append)
        self.recording = self.start("rec")
        self.writer.open("rec", self.path, done=lambda _: None)

    def start(self, name: str) -> Recording:
        return Recording(
            name,
            bank=self.bank,
            tape=self.tape,
            writer=self.writer,
            interleaver=Interleaver(),
            nobody=Nobody(self.bank),
            on_failure=lambda _, why: self.failures.append(why),
        )

    def tick(self, ticks: int = 1) -> None:
        for _ in range(ticks):
            self.tape.tick()

    def close(self) -> tuple[np.ndarray, np.ndarray]:
        """Left and right: one value a frame."""
        self.recording.hand_over()
        self.recording.end()
        self.writer.close("rec", done=lambda _: None)
        assert self.writer.stop(timeout_seconds=10)
        with wave.open(str(self.path), "rb") as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 160, 2)
        values: np.ndarray = np.median(samples, axis=1)
        return values[:, 0], values[:, 1]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    studio = Studio(tmp_path)
    yield studio
    studio.writer.stop(timeout_seconds=10)


def test_tick__left_is_left_and_right_is_right(studio: Studio) -> None:
    caller, lawyer = FakeLeg(studio.bank, 2), FakeLeg(studio.bank, 5, Codec.PCMU)
    studio.recording.set_voices(caller, lawyer)
    caller.say(4000)
    lawyer.say(-8000)

    studio.tick(120)
    left, right = studio.close()

    assert studio.recording.seconds == pytest.approx(2.4)
    assert left == pytest.approx(np.full(120, 4000), rel=0.05)
    assert right == pytest.approx(np.full(120, -8000), rel=0.05)


def test_tick__a_channel_without_leg_is_silent(studio: Studio) -> None:
    caller = FakeLeg(studio.bank, 2)
    studio.recording.set_voices(caller, None)
    caller.say(4000)

    studio.tick(3)
    _, right = studio.close()

    assert np.abs(right).max() <= 8


def test_set_voices__changes_legs_at_the_very_frame(studio: Studio) -> None:
    caller, lawyer = FakeLeg(studio.bank, 2), FakeLeg(studio.bank, 5, Codec.PCMU)
    caller.say(4000)
    lawyer.say(-8000)
    studio.recording.set_voices(caller, None)
    studio.tick(7)

    studio.recording.set_voices(None, lawyer)
    studio.tick(5)
    left, right = studio.close()

    assert left == pytest.approx([4000] * 7 + [0] * 5, abs=200)
    assert right == pytest.approx([0] * 7 + [-8000] * 5, abs=200)


def test_set_voices__those_beside_are_heard_on_the_right(studio: Studio) -> None:
    caller, lawyer, interpreter = (FakeLeg(studio.bank, row) for row in (2, 5, 6))
    caller.say(4000)
    lawyer.say(1000)
    interpreter.say(-3000)
    studio.recording.set_voices(caller, lawyer, [interpreter])
    studio.tick(4)

    studio.recording.drop_voice(lawyer)
    studio.tick(3)
    left, right = studio.close()

    assert left == pytest.approx([4000] * 7, rel=0.05)
    assert right == pytest.approx([-2000] * 4 + [-3000] * 3, rel=0.05)


def test_renew__a_voice_beside_others_has_changed_its_law(studio: Studio) -> None:
    lawyer, interpreter = FakeLeg(studio.bank, 5), FakeLeg(studio.bank, 6)
    studio.recording.set_voices(None, lawyer, [interpreter])
    interpreter.codec = Codec.PCMU
    interpreter.say(-3000)
    lawyer.say(0)

    studio.recording.renew()
    studio.tick(3)
    _, right = studio.close()

    assert right == pytest.approx([-3000] * 3, rel=0.05)


def test_drop_voice__goes_on_with_silence(studio: Studio) -> None:
    caller, lawyer = FakeLeg(studio.bank, 2), FakeLeg(studio.bank, 5)
    caller.say(4000)
    lawyer.say(-8000)
    studio.recording.set_voices(caller, lawyer)
    studio.tick(2)

    studio.recording.drop_voice(caller)
    studio.tick(2)
    left, right = studio.close()

    assert left == pytest.approx([4000, 4000, 0, 0], abs=200)
    assert right == pytest.approx([-8000] * 4, abs=200)


def test_skip__records_silence(studio: Studio) -> None:
    caller = FakeLeg(studio.bank, 2)
    caller.say(4000)
    studio.recording.set_voices(caller, None)
    studio.tick(2)

    studio.tape.skip(3)
    studio.tick(1)
    left, _ = studio.close()

    assert left == pytest.approx([4000, 4000, 0, 0, 0, 4000], abs=200)


def test_tick__hands_over_within_a_second_whenever_it_began(studio: Studio) -> None:
    studio.tick(17)
    others = [studio.start(f"rec{number}") for number in range(5)]

    for _ in range(3 * FRAMES_PER_HANDOVER):
        studio.tick()
        for row in range(6):
            assert studio.tape.gathered(row) <= FRAMES_PER_HANDOVER

    assert [other.frames for other in others] == [150] * 5
    assert studio.recording.frames == 167


def test_end__gives_the_row_to_the_next(studio: Studio) -> None:
    for _ in range(20):
        recording = studio.start("other")
        studio.tick()
        recording.end()
        recording.end()

    assert len(studio.tape) == 1
    assert studio.recording.frames == 20


def test_nobody__is_silent(studio: Studio) -> None:
    nobody = Nobody(studio.bank)

    assert studio.bank.frames[nobody.row].tobytes() == nobody.frame == SILENCE[nobody.codec]


def test_pause__writes_silence_while_the_clock_goes_on(studio: Studio) -> None:
    caller, lawyer = FakeLeg(studio.bank, 2), FakeLeg(studio.bank, 5, Codec.PCMU)
    caller.say(4000)
    lawyer.say(-8000)
    studio.recording.set_voices(caller, None)
    studio.tick(2)

    studio.recording.pause(True)
    studio.tick(1)
    studio.recording.set_voices(caller, lawyer)
    studio.tick(2)
    studio.recording.pause(False)
    studio.tick(1)
    left, right = studio.close()

    assert left == pytest.approx([4000, 4000, 0, 0, 0, 4000], abs=200)
    assert right == pytest.approx([0, 0, 0, 0, 0, -8000], abs=400)


def test_drop_voice__while_paused_is_remembered(studio: Studio) -> None:
    caller, lawyer = FakeLeg(studio.bank, 2), FakeLeg(studio.bank, 5)
    caller.say(4000)
    lawyer.say(-8000)
    studio.recording.set_voices(caller, lawyer)
    studio.recording.pause(True)

    studio.recording.drop_voice(caller)
    studio.recording.pause(False)
    studio.tick(2)
    left, right = studio.close()

    assert left == pytest.approx([0, 0], abs=200)
    assert right == pytest.approx([-8000] * 2, abs=200)
