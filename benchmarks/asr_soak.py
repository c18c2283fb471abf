"""Many calls through the pool: is everything given back?

With the scripted engine, which costs nothing, hundreds of them; with a real one that is on this
machine some dozens of recorded speech.
"""

import ctypes
import gc
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asr.choices import Choice
from asr.desk import Deed, Desk
from asr.engines import Engines
from asr.fork import Frame
from asr.inventory import choices
from asr.orders import Order
from asr.pool import Pool
from asr.scribe import Facts
from asr.side import Side
from benchmarks.asr_engines import Candidate
from benchmarks.asr_lag import payload_of
from hotline.g711 import A_LAW
from hotline.settings import load_settings

_libc = ctypes.CDLL(None)

_AT_ONCE = 10
_SECONDS = 20
_FRAMES_PER_SECOND = 50
_FRAME = 160
_WARM_UP = 50
# Until each thread of a real engine has looked at its longest window once: after ten calls it has
# not (2026-11-22).
_REAL_WARM_UP = 40
_DRAIN_SECONDS = 120.0
# malloc's own breathing; a leak of a recogniser a call would be a hundred times as much.
_ALLOWED_KB_PER_CALL = 4.0
# Whisper took up to 45 KB (2026-11-22); the audio alone of a side is 320 KB.
_REAL_ALLOWED_KB_PER_CALL = 128.0


class _Blotter(Desk):
    """Throws away what it is told to write."""

    def __init__(self) -> None:
        self.deeds = 0

    def write(self, deed: Deed) -> None:  # noqa: ARG002 - the desk's signature
        self.deeds += 1

    def tell(self, kind: str, data: dict[str, object]) -> None:
        """Throws away partial words."""


@dataclass(frozen=True, slots=True)
class _Course:
    """What the calls of a soak are.

    Attributes:
        name: How the engine is called in the table.
        talk: G.711 of what is said, in which each side begins at another place.
        warm_up: How many calls until the process has its size.
        allowed_kb: How much each call after that may add.
    """

    name: str
    language: str
    talk: bytes
    warm_up: int
    allowed_kb: float


def run(calls: int) -> bool:
    """Prints memory before and after; returns whether it stayed flat."""
    engines = Engines({"zh": Choice("zh", "fake", "script", Path("/nonexistent"))})
    course = _Course("scripted", "zh", _voice(), _WARM_UP, _ALLOWED_KB_PER_CALL)
    return _soak(calls, engines, course)


def run_real(calls: int, *, candidate: Candidate, speech: Path) -> bool:
    """The same with a real engine, and people's speech."""
    language = candidate.language
    with tempfile.TemporaryDirectory() as directory:
        engines = Engines(choices(load_settings(Path(directory), asr_engines=candidate.setting)))
        if not engines.has(language):
            print(f"soak: {candidate.name} is not on this machine")
            return True
        engines.warm_up()
        talk = payload_of(speech)
        course = _Course(candidate.name, language, talk, _REAL_WARM_UP, _REAL_ALLOWED_KB_PER_CALL)
        return _soak(calls, engines, course)


def _soak(calls: int, engines: Engines, course: _Course) -> bool:
    desk, pool = _Blotter(), Pool(3, labourers=2)
    _calls(course.warm_up, engines, desk, pool, course)
    before = _private_kb()
    _calls(calls, engines, desk, pool, course)
    pool.close(timeout_seconds=_DRAIN_SECONDS)
    growth = (_private_kb() - before) / calls
    is_flat = growth <= course.allowed_kb
    print(
        f"soak, {course.name}: {calls} calls of {_SECONDS} s, {desk.deeds} deeds, memory "
        f"{before / 1024:.0f} MB, {growth:+.2f} KB a call, {threading.active_count()} threads: "
        f"{'flat' if is_flat else 'GROWS'}"
    )
    return is_flat


def _calls(count: int, engines: Engines, desk: Desk, pool: Pool, course: _Course) -> None:
    for first in range(0, count, _AT_ONCE):
        sides = [
            Side(
                Facts(number, f"call-{number}", speaker, course.language),
                engines=engines,
                desk=desk,
            )
            for number in range(first, min(count, first + _AT_ONCE))
            for speaker in ("caller", "lawyer")
        ]
        pieces = len(course.talk) // _FRAME
        for sequence in range(_SECONDS * _FRAMES_PER_SECOND):
            for place, side in enumerate(sides):
                payload = _piece(course.talk, sequence + place * pieces // len(sides))
                side.put(Frame(side.facts.stream, sequence % 65536, 20 * sequence, 8, payload))
            if sequence % _FRAMES_PER_SECOND == 0:
                _turn(pool, sides)
        for side in sides:
            side.order(Order.END)
        _turn(pool, sides)
    gc.collect()


def _piece(talk: bytes, number: int) -> bytes:
    at = number % (len(talk) // _FRAME) * _FRAME
    return talk[at : at + _FRAME]


def _turn(pool: Pool, sides: list[Side]) -> None:
    for side in sides:
        pool.call(side)
    if not pool.drain(timeout_seconds=_DRAIN_SECONDS):
        raise TimeoutError("the pool does not come to an end")


def _voice() -> bytes:
    """A second of silence after each of something like a voice."""
    time = np.arange(8000 * _SECONDS) / 8000
    voice = sum(np.sin(2 * np.pi * 150 * harmonic * time) / harmonic for harmonic in range(1, 12))
    voice = voice * (time % 2 < 1.0) * (1 + np.sin(2 * np.pi * 4 * time))
    return bytes(A_LAW.encode((3000 * voice).astype(np.int16)))


def _private_kb() -> int:
    """What this process alone holds, once the C library has given back what nobody uses.

    Without that, tens of megabytes come and go with a real engine's last pieces of work.
    """
    _libc.malloc_trim(0)
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1])
    return 0
