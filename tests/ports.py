"""Ports for tests: nobody else has them when they are used at last, on either worker.

A port that the kernel gives away by itself may belong to another program, or to the other worker
of `pytest -n`, before it is bound a second time. So these lie below the kernel's, each worker has
a part of its own, and none comes twice before all others of the part have come.
"""

import itertools
import os
import socket

# Below the platform's own ports for RTP (20,000) and the kernel's (32,768).
_FIRST, _END = 10_000, 19_990
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_PAIRS = (_END - _FIRST) // 2 // _WORKERS
_OWN = _FIRST + _WORKER * 2 * _PAIRS

# The parent is the same for all workers of a run; another run on this machine begins elsewhere.
_pairs = itertools.count(os.getppid() * 97)


def free_port(host: str = "127.0.0.1", *, count: int = 1) -> int:
    """An even port that nobody has, neither for UDP nor for TCP.

    Args:
        host: At this address.
        count: How many ports in a row must be free, the found one included.
    """
    wanted = (count + 1) // 2
    for _ in range(_PAIRS):
        first = _OWN + 2 * (next(_pairs) % (_PAIRS - wanted + 1))
        if all(_is_free(host, first + offset) for offset in range(count)):
            for _ in range(wanted - 1):
                next(_pairs)
            return first
    raise AssertionError(f"no {count} ports in a row are free from {_OWN} on")


def _is_free(host: str, port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
