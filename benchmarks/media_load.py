"""The load: hundreds of telephones in one light process, run as `python -m benchmarks.media_load`.

It speaks JSON lines: prints the ports it receives on; reads what to send to; prints `begin` and
`end` round the measured time, and then what it measured.

A Python loop over hundreds of sockets would measure itself. So all telephones of a quarter of each
20 ms share one socket, are sent with one sendmmsg(2) and read with one recvmmsg(2), and numpy does
the rest. When a packet arrived is told by the kernel (SO_TIMESTAMPNS), so that no delay of this
process is taken for one of the engine.
"""

import ctypes
import json
import os
import random
import socket
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

LANES = 4
FRAME_BYTES = 160
PACKET_BYTES = 12 + FRAME_BYTES
STEP_SECONDS = 0.005
PACKETS_PER_SECOND = 50
WARM_UP_SECONDS = 6.0
RAMP_SECONDS = 4.0

_SO_TIMESTAMPNS = 35
_SO_RCVBUFFORCE = 33
_BATCH = 512
_RECEIVE_BUFFER_BYTES = 8 << 20
_LIBC = ctypes.CDLL(None, use_errno=True)

# struct mmsghdr on a 64-bit machine (recvmmsg(2)).
_MESSAGE = np.dtype(
    {
        "names": ["name", "namelen", "iov", "iovlen", "control", "controllen", "flags", "length"],
        "formats": ["u8", "u4", "u8", "u8", "u8", "u8", "i4", "u4"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56],
        "itemsize": 64,
    }
)
_VECTOR = np.dtype([("base", "u8"), ("length", "u8")])


@dataclass(frozen=True, slots=True)
class Measured:
    """What the telephones saw in the measured time."""

    legs: int
    silent_legs: int
    packets: int
    seconds: float
    send_rate: float
    gap_p50_ms: float
    gap_p99_ms: float
    gap_max_ms: float
    own_cpu_seconds: float


class Telephones:
    """Some telephones on one socket."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER_BYTES)
        except PermissionError:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        self._ports = np.zeros(0, np.uint16)
        self.arrivals: list[tuple[NDArray[np.uint16], NDArray[np.int64]]] = []
        self._prepare_receiving()

    @property
    def port(self) -> int:
        """Where these telephones receive."""
        return int(self.socket.getsockname()[1])

    def call(self, ports: list[int], *, payload_type: int) -> None:
        """Says which ports of the engine are called, one telephone each."""
        self._ports = np.array(ports, np.uint16)
        count = len(ports)
        rng = np.random.default_rng(1)
        self._packets = rng.integers(0, 256, (count, PACKET_BYTES), np.uint8)
        self._packets[:, 0] = 0x80
        self._packets[:, 1] = payload_type
        self._sequence = rng.integers(0, 1 << 16, count).astype(np.uint16)
        self._timestamp = rng.integers(0, 1 << 31, count).astype(np.uint32)
        names = np.zeros((count, 16), np.uint8)
        names[:, 0:2].view("<u2")[:, 0] = socket.AF_INET
        names[:, 2:4].view(">u2")[:, 0] = self._ports
        names[:, 4:8] = (127, 0, 0, 1)
        self._sending = _messages(self._packets, names=names)

    def send(self, share: float = 1.0) -> None:
        """Sends one packet of every telephone, or of a share of them."""
        self._sequence += np.uint16(1)
        self._timestamp += np.uint32(FRAME_BYTES)
        self._packets[:, 2:4].view(">u2")[:, 0] = self._sequence
        self._packets[:, 4:8].view(">u4")[:, 0] = self._timestamp
        messages = self._sending[0][: round(len(self._ports) * share)]
        sent = 0
        while sent < len(messages):
            pointer = messages.ctypes.data + sent * _MESSAGE.itemsize
            done = _LIBC.sendmmsg(
                self.socket.fileno(), ctypes.c_void_p(pointer), len(messages) - sent, 0
            )
            sent += max(done, 1)  # one that cannot be sent is skipped

    def _prepare_receiving(self) -> None:
        self._heads = np.zeros((_BATCH, 16), np.uint8)
        self._names = np.zeros((_BATCH, 16), np.uint8)
        self._controls = np.zeros((_BATCH, 64), np.uint8)
        self._receiving = _messages(self._heads, names=self._names, controls=self._controls)

    def receive(self) -> None:
        """Takes note of what has arrived."""
        messages = self._receiving[0]
        while True:
            messages["namelen"] = 16
            messages["controllen"] = self._controls.shape[1]
            count = _LIBC.recvmmsg(
                self.socket.fileno(),
                ctypes.c_void_p(messages.ctypes.data),
                _BATCH,
                socket.MSG_DONTWAIT,
                None,
            )
            if count <= 0:
                return
            ports = self._names[:count, 2:4].view(">u2")[:, 0].astype(np.uint16)
            moments = self._controls[:count, 16:32].copy().view("<i8")
            self.arrivals.append((ports, moments[:, 0] * 1_000_000_000 + moments[:, 1]))
            if count < _BATCH:
                return


def _messages(
    packets: NDArray[np.uint8],
    *,
    names: NDArray[np.uint8],
    controls: NDArray[np.uint8] | None = None,
) -> tuple[NDArray[np.void], NDArray[np.void], NDArray[np.uint8]]:
    """Message headers that point at rows; the arrays returned with them must live as long."""
    count = len(packets)
    rows = np.arange(count, dtype=np.uint64)
    vectors = np.zeros(count, _VECTOR)
    vectors["base"] = packets.ctypes.data + rows * packets.strides[0]
    vectors["length"] = packets.shape[1]
    messages = np.zeros(count, _MESSAGE)
    messages["name"] = names.ctypes.data + rows * names.strides[0]
    messages["namelen"] = 16
    messages["iov"] = vectors.ctypes.data + rows * _VECTOR.itemsize
    messages["iovlen"] = 1
    if controls is not None:
        messages["control"] = controls.ctypes.data + rows * controls.strides[0]
        messages["controllen"] = controls.shape[1]
    return messages, vectors, names


def run(telephones: list[Telephones], *, seconds: float, ramp_seconds: float = 0.0) -> None:
    """Sends and receives for a while, each lane at its own quarter of 20 ms.

    Args:
        telephones: The lanes.
        seconds: How long.
        ramp_seconds: In what time the telephones begin, one after the other, as calls do.
    """
    start = time.monotonic()
    for step in range(round(seconds / STEP_SECONDS)):
        began = (step + 1) * STEP_SECONDS / ramp_seconds if ramp_seconds else 1.0
        telephones[step % LANES].send(min(1.0, began))
        for lane in telephones:
            lane.receive()
        time.sleep(max(0.0, start + (step + 1) * STEP_SECONDS - time.monotonic()))


def measure(telephones: list[Telephones], *, legs: int, seconds: float) -> Measured:
    """Runs, and looks at what arrived."""
    for lane in telephones:
        lane.arrivals.clear()
    own = time.process_time()
    begun = time.monotonic()
    run(telephones, seconds=seconds)
    elapsed = time.monotonic() - begun
    ports = np.concatenate(
        [p for lane in telephones for p, _ in lane.arrivals] or [np.zeros(0, int)]
    )
    moments = np.concatenate(
        [m for lane in telephones for _, m in lane.arrivals] or [np.zeros(0, int)]
    )
    order = np.lexsort((moments, ports))
    ports, moments = ports[order], moments[order]
    same = ports[1:] == ports[:-1]
    gaps = (np.diff(moments)[same] / 1e6) if len(moments) > 1 else np.zeros(0)
    if not len(gaps):
        gaps = np.full(1, np.inf)
    return Measured(
        legs=legs,
        silent_legs=legs - len(np.unique(ports)),
        packets=len(ports),
        seconds=elapsed,
        send_rate=len(ports) / (legs * elapsed * PACKETS_PER_SECOND),
        gap_p50_ms=float(np.percentile(gaps, 50)),
        gap_p99_ms=float(np.percentile(gaps, 99)),
        gap_max_ms=float(gaps.max()),
        own_cpu_seconds=time.process_time() - own,
    )


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _take_last_core() -> None:
    """Leaves all other cores to what is measured.

    The process was begun by one that keeps off the last core, and would do the same.
    """
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main() -> None:
    """The process: see the module."""
    _take_last_core()
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    telephones = [Telephones() for _ in range(LANES)]
    _say([lane.port for lane in telephones])
    order = json.loads(sys.stdin.readline())
    ports = order["ports"]
    random.Random(1).shuffle(ports)
    for index, lane in enumerate(telephones):
        lane.call([port for port, at in ports if at == index], payload_type=order["payload_type"])
    run(telephones, seconds=WARM_UP_SECONDS, ramp_seconds=RAMP_SECONDS)
    _say("begin")
    measured = measure(telephones, legs=len(ports), seconds=order["seconds"])
    _say("end")
    _say(asdict(measured))


if __name__ == "__main__":
    main()
