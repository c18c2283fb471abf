import resource
import signal
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest

from ivr.media.control import Codec
from ivr.media.g711 import decode
from ivr.media.interleaver import Channel, Interleaver
from ivr.media.wav_writer import WavFile, WavWriter, header, repair

LEFT = Channel(Codec.PCMA, np.arange(256).astype(np.uint8))
RIGHT = Channel(Codec.PCMU, np.arange(256)[::-1].astype(np.uint8))
STEREO = Interleaver()


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 2, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    return samples[:, 0], samples[:, 1]


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Files of this process cannot grow beyond a size: a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_append__the_file_is_readable_after_each(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    file = WavFile(path)
    assert len(read(path)[0]) == 0

    for count in (1, 2, 3):
        file.append(STEREO.interleave(LEFT, RIGHT))
        assert len(read(path)[0]) == 256 * count
    file.close()


def test_wav_file__is_for_the_service_alone(tmp_path: Path) -> None:
    path = tmp_path / "2026" / "11" / "a.wav"

    WavFile(path).close()

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_wav_file__never_writes_over_another(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"evidence")

    with pytest.raises(FileExistsError):
        WavFile(path)

    assert path.read_bytes() == b"evidence"


def test_repair__tells_what_the_header_does_not(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(header(0) + STEREO.interleave(LEFT, RIGHT) + b"\x00\x00\x00")

    assert repair(path) == pytest.approx(256 / 8000)

    assert len(read(path)[0]) == 256


def test_repair__leaves_a_whole_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    file = WavFile(path)
    file.append(STEREO.interleave(LEFT, RIGHT))
    file.close()
    before = path.read_bytes()

    repair(path)

    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"RIFF", b"x" * 100])
def test_repair__refuses_another_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)

    with pytest.raises(ValueError, match="not a recording"):
        repair(path)

    assert path.read_bytes() == content


class Deliveries:
    """Runs the writer's callbacks when the test asks for them."""

    def __init__(self) -> None:
        self._tasks: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def post(self, task: Callable[[], None]) -> None:
        self._tasks.put(task)

    def run_next(self) -> None:
        self._tasks.get(timeout=60)()


@pytest.fixture
def deliveries() -> Deliveries:
    return Deliveries()


@pytest.fixture
def writer(deliveries: Deliveries) -> Iterator[WavWriter]:
    writer = WavWriter(deliveries.post)
    yield writer
    assert writer.stop(timeout_seconds=10)


def test_writer__writes_in_order_and_tells(
    tmp_path: Path, writer: WavWriter, deliveries: Deliveries
) -> None:
    told: list[OSError | None] = []
    path = tmp_path / "a.wav"

    writer.open("rec", path, done=told.append)
    writer.append("rec", STEREO.interleave(LEFT, RIGHT), failed=told.append)
    writer.append("rec", STEREO.interleave(RIGHT, LEFT), failed=told.append)
    writer.close("rec", done=told.append)
    deliveries.run_next()
    deliveries.run_next()

    assert told == [None, None]
    assert read(path)[0].tolist() == [
        *decode(LEFT.codes.tobytes(), Codec.PCMA).tolist(),
        *decode(RIGHT.codes.tobytes(), Codec.PCMU).tolist(),
    ]


def test_writer__a_file_that_cannot_be_made(
    tmp_path: Path, writer: WavWriter, deliveries: Deliveries
) -> None:
    told: list[OSError | None] = []
    path = tmp_path / "a.wav"
    path.touch()

    writer.open("rec", path, done=told.append)
    writer.append("rec", STEREO.interleave(LEFT, RIGHT), failed=told.append)
    writer.close("rec", done=told.append)
    deliveries.run_next()
    deliveries.run_next()

    assert [type(error) for error in told] == [FileExistsError, FileExistsError]


def test_writer__a_full_disk_leaves_a_valid_file(
    tmp_path: Path, writer: WavWriter, deliveries: Deliveries
) -> None:
    told: list[OSError | None] = []
    path = tmp_path / "a.wav"
    writer.open("rec", path, done=told.append)
    deliveries.run_next()

    with largest_file(1068):
        for _ in range(3):
            writer.append("rec", STEREO.interleave(LEFT, RIGHT), failed=told.append)
        deliveries.run_next()
    writer.close("rec", done=told.append)
    deliveries.run_next()

    assert told[0] is None
    assert [type(error) for error in told[1:]] == [OSError, OSError]
    assert len(read(path)[0]) == 256
