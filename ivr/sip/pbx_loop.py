"""The thread that pyVoIP's signalling lives in: one socket, timers, and calls posted to it.

pyVoIP polls its socket a hundred times a second and starts a thread per timer; here everything
that belongs to the PBX line happens in one thread that sleeps until there is something to do.
"""

import heapq
import itertools
import logging
import os
import select
import socket
import time
from collections import deque
from collections.abc import Callable
from functools import partial

from ivr.sip.sippy_loop import trace_exception

log = logging.getLogger(__name__)

Address = tuple[str, int]

_LARGEST_DATAGRAM_BYTES = 65_535
# So that a flood on the socket leaves time for timers and posted calls.
_DATAGRAMS_PER_TURN = 64
_LONGEST_SLEEP_SECONDS = 60.0


class Timer:
    """Something that happens later unless it is cancelled."""

    def __init__(self, function: Callable[[], object]) -> None:
        self._function: Callable[[], object] | None = function

    def cancel(self) -> None:
        """Makes it never happen."""
        self._function = None

    def fire(self) -> None:
        """Makes it happen, once."""
        function, self._function = self._function, None
        if function is not None:
            function()


class PbxLoop:
    """What the thread does; `post` may be called from any thread, the rest from this one only.

    Args:
        sock: Bound and non-blocking; belongs to the loop from now on.
        receive: Told each datagram and where it came from.
    """

    def __init__(self, sock: socket.socket, receive: Callable[[bytes, Address], None]) -> None:
        self._socket = sock
        self._receive = receive
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._posted: deque[Callable[[], object]] = deque()
        self._timers: list[tuple[float, int, Timer]] = []
        self._sequence = itertools.count()
        self._is_stopped = False

    @property
    def timer_count(self) -> int:
        """Timers that are waiting, cancelled ones included until their time."""
        return len(self._timers)

    @property
    def now(self) -> float:
        """Seconds that only go forward, those of `after`."""
        return time.monotonic()

    def post(self, function: Callable[..., object], *args: object, **kwargs: object) -> None:
        """Has `function` called in the thread, after everything posted before."""
        if self._wake >= 0:
            self._posted.append(partial(function, *args, **kwargs))
            os.eventfd_write(self._wake, 1)

    def after(self, seconds: float, function: Callable[..., object], *args: object) -> Timer:
        """Has `function` called after a while."""
        timer = Timer(partial(function, *args))
        due_at = self.now + seconds
        heapq.heappush(self._timers, (due_at, next(self._sequence), timer))
        return timer

    def send(self, data: bytes, address: Address) -> None:
        """Sends a datagram; SIP repeats what matters, so a lost one is no error."""
        try:
            self._socket.sendto(data, address)
        except OSError:
            log.debug("sip datagram could not be sent")

    def run(self) -> None:
        """Works until stopped, then closes the socket."""
        with select.epoll() as poll:
            poll.register(self._socket.fileno(), select.EPOLLIN)
            poll.register(self._wake, select.EPOLLIN)
            while not self._is_stopped:
                for descriptor, _ in poll.poll(self._seconds_to_next_timer()):
                    self._run_posted() if descriptor == self._wake else self._read()
                self._run_timers()
        self._socket.close()

    def stop(self) -> None:
        """Ends `run`."""
        self._is_stopped = True

    def close(self) -> None:
        """Lets go of what is left after `run`; called where `post` is, nothing is posted after."""
        wake, self._wake = self._wake, -1
        os.close(wake)

    def _seconds_to_next_timer(self) -> float:
        if not self._timers:
            return _LONGEST_SLEEP_SECONDS
        return min(max(self._timers[0][0] - time.monotonic(), 0.0), _LONGEST_SLEEP_SECONDS)

    def _run_posted(self) -> None:
        os.eventfd_read(self._wake)
        for _ in range(len(self._posted)):
            _guarded(self._posted.popleft())
        if self._posted:
            os.eventfd_write(self._wake, 1)

    def _run_timers(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            _guarded(heapq.heappop(self._timers)[2].fire)

    def _read(self) -> None:
        for _ in range(_DATAGRAMS_PER_TURN):
            try:
                data, source = self._socket.recvfrom(_LARGEST_DATAGRAM_BYTES)
            except BlockingIOError:
                return
            except OSError:
                # ICMP says that nobody listens at the PBX; the registration will notice.
                log.debug("sip socket reported an error")
                continue
            _guarded(partial(self._receive, data, (source[0], source[1])))


def _guarded(function: Callable[[], object]) -> None:
    # The thread serves all calls, so an error in one of them must not end it. Its text may quote
    # a message, which has numbers in it.
    try:
        function()
    except Exception:
        log.error("unhandled exception in a callback", extra=trace_exception())
