"""What the kernel alone takes for a packet: the floor under the table of `benchmarks.media`."""

import socket
import statistics
import time

_SOCKETS = 500
_ROUNDS = 50


def _connected_sockets() -> tuple[socket.socket, socket.socket]:
    near, far = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for end in (near, far):
        end.bind(("127.0.0.1", 0))
    near.connect(far.getsockname())
    far.connect(near.getsockname())
    return near, far


def measure_floor() -> float:
    """What receiving one packet and sending one costs here and now, in microseconds of CPU.

    Nothing written in Python can take less. It tells how far the machine's other work, and the
    machine itself, make the figures of the table.
    """
    pairs = [_connected_sockets() for _ in range(_SOCKETS)]
    packet, buffer = bytes(172), bytearray(2048)
    rounds = []
    for _ in range(_ROUNDS):
        for _, far in pairs:
            far.send(packet)
        before = time.thread_time_ns()
        for near, _ in pairs:
            near.recv_into(buffer)
        for near, _ in pairs:
            near.send(packet)
        rounds.append((time.thread_time_ns() - before) / _SOCKETS / 1000)
        for _, far in pairs:
            far.recv_into(buffer)
    for near, far in pairs:
        near.close()
        far.close()
    return statistics.median(rounds)
