"""Many calls through the pool with the scripted engine: is everything given back?"""

import gc
import threading
from pathlib import Path

import numpy as np

from asr.choices import Choice
from asr.desk import Deed, Desk
from asr.engines import Engines
from asr.fork import Frame
from asr.orders import Order
from asr.pool import Pool
from asr.scribe import Facts
from asr.side import Side
from hotline.g711 import A_LAW

_AT_ONCE = 10
_SECONDS = 20
_WARM_UP = 50
_DRAIN_SECONDS = 120.0
# malloc's own breathing; a leak of a recogniser a call would be a hundred times as much.
_ALLOWED_KB_PER_CALL = 4.0


class _Blotter(Desk):
    """Throws away what it is told to write."""

    def __init__(self) -> None:
        self.deeds = 0

    def write(self, deed: Deed) -> None:  # noqa: ARG002 - the desk's signature
        self.deeds += 1

    def tell(self, kind: str, data: dict[str, object]) -> None:
        """Throws away partial words."""


def run(calls: int) -> bool:
    """Prints memory before and after; returns whether it stayed flat."""
    engines = Engines({"zh": Choice("zh", "fake", "script", Path("/nonexistent"))})
    desk, pool = _Blotter(), Pool(3, labourers=2)
    frames = _frames()
    _calls(_WARM_UP, engines, desk, pool, frames)
    before = _private_kb()
    _calls(calls, engines, desk, pool, frames)
    pool.close(timeout_seconds=_DRAIN_SECONDS)
    growth = (_private_kb() - before) / calls
    is_flat = growth <= _ALLOWED_KB_PER_CALL
    print(
        f"soak: {calls} calls of {_SECONDS} s, {desk.deeds} deeds, memory {before / 1024:.0f} MB, "
        f"{growth:+.2f} KB a call, {threading.active_count()} threads: "
        f"{'flat' if is_flat else 'GROWS'}"
    )
    return is_flat


def _calls(
    count: int, engines: Engines, desk: Desk, pool: Pool, frames: list[tuple[int, bytes]]
) -> None:
    for first in range(0, count, _AT_ONCE):
        sides = [
            Side(Facts(number, f"call-{number}", speaker, "zh"), engines=engines, desk=desk)
            for number in range(first, min(count, first + _AT_ONCE))
            for speaker in ("caller", "lawyer")
        ]
        for position_ms, payload in frames:
            for side in sides:
                sequence = position_ms // 20 % 65536
                side.put(Frame(side.facts.stream, sequence, position_ms, 8, payload))
            if position_ms % 1000 == 0:
                _turn(pool, sides)
        for side in sides:
            side.order(Order.END)
        _turn(pool, sides)
    gc.collect()


def _turn(pool: Pool, sides: list[Side]) -> None:
    for side in sides:
        pool.call(side)
    if not pool.drain(timeout_seconds=_DRAIN_SECONDS):
        raise TimeoutError("the pool does not come to an end")


def _frames() -> list[tuple[int, bytes]]:
    """A second of silence after each of something like a voice."""
    time = np.arange(8000 * _SECONDS) / 8000
    voice = sum(np.sin(2 * np.pi * 150 * harmonic * time) / harmonic for harmonic in range(1, 12))
    voice = voice * (time % 2 < 1.0) * (1 + np.sin(2 * np.pi * 4 * time))
    payload = A_LAW.encode((3000 * voice).astype(np.int16))
    return [(at // 8, payload[at : at + 160]) for at in range(0, len(payload) - 159, 160)]


def _private_kb() -> int:
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1])
    return 0
