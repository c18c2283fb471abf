"""The thread that sippy lives in, shared by all lines of the process.

sippy keeps its timers in one dispatcher per process (`ED2`) and expects to own a thread. Its own
way of waiting wakes 100 times a second and costs up to 10 ms per message (1.5 % of a core
when idle, measured 2026-11-21); here the thread sleeps in `epoll` until a datagram, a timer or a
posted call.
"""

import logging
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from sippy.Core.EventDispatcher import ED2
from sippy.SipConf import SipConf

log = logging.getLogger(__name__)

_LONGEST_SLEEP_SECONDS = 1.0
_STOP_TIMEOUT_SECONDS = 5.0
_FRAMES_LOGGED = 4


class SippyLoop:
    """A thread that runs sippy's timers, the sockets given to it and the calls posted to it.

    `acquire` and `release` may be called from any thread, `post` too; `watch`, `want_room` and
    `forget` only from the thread itself.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._thread: threading.Thread | None = None
        self._posted: deque[Callable[[], object]] = deque()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._epoll = select.epoll()
        self._epoll.register(self._wake, select.EPOLLIN)
        self._readers: dict[int, Callable[[], object]] = {}

    def acquire(self) -> None:
        """Starts the thread if it is not running; to be paired with `release`."""
        with self._lock:
            self._users += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sippy", daemon=True)
                self._thread.start()

    def release(self) -> None:
        """Ends the thread after its last user; may take as long as one callback does."""
        with self._lock:
            self._users -= 1
            thread = self._thread
            if self._users or thread is None:
                return
            self.post(ED2.breakLoop)
            thread.join(_STOP_TIMEOUT_SECONDS)
            if thread.is_alive():
                log.error("sippy's thread does not end")
            self._thread = None

    def post(self, function: Callable[..., object], *args: object, **kwargs: object) -> None:
        """Has `function` called in the thread, after everything posted before."""
        self._posted.append(partial(function, *args, **kwargs))
        os.eventfd_write(self._wake, 1)

    def watch(self, descriptor: int, read: Callable[[], object]) -> None:
        """Has `read` called whenever the descriptor is readable or has failed."""
        self._readers[descriptor] = read
        self._epoll.register(descriptor, select.EPOLLIN)

    def want_room(self, descriptor: int, wanted: bool) -> None:
        """Whether it is to be called as well when the descriptor can be written to."""
        self._epoll.modify(descriptor, select.EPOLLIN | (select.EPOLLOUT if wanted else 0))

    def forget(self, descriptor: int) -> None:
        """Stops watching a descriptor, which must be open still."""
        if self._readers.pop(descriptor, None) is not None:
            self._epoll.unregister(descriptor)

    # The dispatcher calls the next two by these names on whatever stands in its `elp`.

    def procrastinate(self) -> None:
        """Sleeps until there is something to do, and does it."""
        for descriptor, _ in self._epoll.poll(self._seconds_to_next_timer()):
            if descriptor == self._wake:
                os.eventfd_read(self._wake)
                self._run_posted()
            elif descriptor in self._readers:
                _guarded(self._readers[descriptor])

    def call_from_thread(self, function: Callable[..., object], *args: object) -> None:
        """What sippy calls `post`."""
        self.post(function, *args)

    def _run(self) -> None:
        _tame_sippy()
        ED2.my_ident = threading.get_ident()
        ED2.elp = self
        try:
            ED2.loop()
        except BaseException:
            # Without signalling the process is of no use; whoever supervises it starts another.
            log.critical("sippy's thread died", exc_info=True)
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            # Timers of calls long over; the next line starts with a clean slate.
            ED2.tlisteners.clear()
            ED2.twasted = 0

    def _run_posted(self) -> None:
        # Only what is there now: a callback that posts again must not starve the sockets.
        for _ in range(len(self._posted)):
            _guarded(self._posted.popleft())
        if self._posted:
            os.eventfd_write(self._wake, 1)

    def _seconds_to_next_timer(self) -> float:
        if not ED2.tlisteners:
            return _LONGEST_SLEEP_SECONDS
        seconds: float = ED2.tlisteners[0].etime.monot - time.monotonic()
        return min(max(seconds, 0.0), _LONGEST_SLEEP_SECONDS)


def _guarded(function: Callable[[], object]) -> None:
    # The thread serves all calls, so an error in one of them must not end it.
    try:
        function()
    except Exception:
        _log_exception("unhandled exception in a callback")


def _log_exception(message: str, *_: object, **__: object) -> None:
    """Logs an error without its text, which may quote a SIP message.

    Stands in for sippy's `dump_exception`, which writes whole messages to standard output.
    """
    if "parse" in message:
        # What cannot be parsed comes from outside and may come often.
        log.debug("sip message not understood", extra=trace_exception())
    else:
        log.error("error in the sip stack", extra=trace_exception())


def trace_exception() -> dict[str, object]:
    """Kind and origin of the exception that is being handled, without its text, for a log."""
    kind, _, trace = sys.exc_info()
    frames = traceback.extract_tb(trace)[-_FRAMES_LOGGED:]
    where = [f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in frames]
    return {"error": kind.__name__ if kind else None, "where": where}


def _keep_quiet(*_: object, **__: object) -> None:
    """Stands in for `print` in sippy's modules: what they print quotes messages, with numbers."""
    log.debug("sip message with an oddity")


def _own_names(value: object) -> Sequence[str]:
    """Stands in for `dir` in sippy's modules, which look for a mark that no text has."""
    return () if type(value) in (str, int) else dir(value)


def _tame_sippy() -> None:
    for name, module in tuple(sys.modules.items()):
        if name.partition(".")[0] == "sippy":
            module.__dict__["print"] = _keep_quiet
            # Its clock goes through ctypes, and its search for "my own address" lists every
            # attribute of each host name: together a fifth of what the signalling of a call
            # costs (measured 2026-11-22).
            module.__dict__["dir"] = _own_names
            if "clock_getdtime" in module.__dict__:
                module.__dict__["clock_getdtime"] = time.clock_gettime
            if "dump_exception" in module.__dict__:
                module.__dict__["dump_exception"] = _log_exception
    # Callers of IMS networks come as tel: URIs.
    SipConf.autoconvert_tel_url = True


LOOP = SippyLoop()
"""The process's only sippy thread; sippy's dispatcher cannot be had twice."""
