"""Watching over processes: starting them, restarting what dies, leaving nobody behind.

One thread and no event loop: children are forked here, and forking beside threads is unsafe. The
loop sleeps in select(2) and is woken by signals through a socket. Every child is the leader of a
process group and is tied to this process by the kernel: kill -9 of the supervisor ends them all.
"""

import logging
import os
import select
import signal
import socket
import subprocess
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from types import FrameType, TracebackType
from typing import Self

from hotline import restarts
from hotline.process import die_with_parent

log = logging.getLogger(__name__)

# Everything must be gone ten seconds after Ctrl-C: the processes get seven of them, whoever stops
# last two.
STOP_SECONDS = 7.0
LAST_STOP_SECONDS = 2.0
# What a dead process leaves in its group may close its files that long.
_LEFTOVER_SECONDS = 2.0
_LOOK_SECONDS = 0.1
_STANDARD_ERROR = 2
_SAME_PRESS_SECONDS = 1.0
_LONGEST_SLEEP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Program:
    """A process to keep running.

    Attributes:
        name: What it is called in the log.
        command: The command line.
        environment: Its whole environment.
        death_signal: What the kernel sends it when the supervisor dies. SIGKILL cannot be slept
            through, and everything here survives it; the database server may want SIGTERM.
        stops_last: The others still need it while they stop.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    death_signal: signal.Signals = signal.SIGKILL
    stops_last: bool = False


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    start_at: float = 0.0
    # The group of a dead process that still has members, and when they are killed.
    leftover: tuple[int, float] | None = None
    was_hopeless: bool = False


class Supervisor:
    """Keeps programs running inside a `with` block; leaving it stops them all."""

    def __init__(self) -> None:
        self._children: list[_Child] = []
        self._signals = 0
        self._signalled_at = -_SAME_PRESS_SECONDS
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._old_handlers: dict[int, object] = {}

    def __enter__(self) -> Self:
        """Takes over the signals."""
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # Under nohup the hang-up stays ignored.
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue
            self._old_handlers[number] = signal.signal(number, self._on_stop)
        self._old_handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stops everything and gives the signals back."""
        self._stop_all()
        signal.set_wakeup_fd(-1)
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # as signal() returned it
        self._woken.close()
        self._waker.close()

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked for the end."""
        return self._signals > 0

    def add(self, program: Program) -> None:
        """Starts a program and keeps it running."""
        child = _Child(program)
        self._children.append(child)
        self._start(child)

    def pids(self) -> dict[str, int]:
        """The process ids of what runs now, by name."""
        return {
            child.program.name: child.process.pid
            for child in self._children
            if child.process is not None
        }

    def attend(
        self, until: Callable[[], bool] | None = None, *, timeout_seconds: float | None = None
    ) -> bool:
        """Watches until the condition holds, the time is over, or the end is asked for.

        Args:
            until: Looked at ten times a second; must not block for long.
            timeout_seconds: How long at most.

        Returns:
            Whether the condition holds.
        """
        deadline = None if timeout_seconds is None else monotonic() + timeout_seconds
        while not self.is_stopping:
            self._look_after()
            if until is not None and until():
                return True
            if deadline is not None and monotonic() >= deadline:
                return False
            self._sleep(None if until is None and deadline is None else _LOOK_SECONDS)
        return False

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        # One press may come twice: from the terminal, and handed on by make or a shell.
        now = monotonic()
        if now - self._signalled_at >= _SAME_PRESS_SECONDS:
            self._signals += 1
            self._signalled_at = now

    def _look_after(self) -> None:
        now = monotonic()
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, now)
            if child.leftover is not None:
                child.leftover = _press(child.leftover, now)
            if child.process is None and now >= child.start_at:
                self._start(child)

    def _start(self, child: _Child) -> None:
        program = child.program
        try:
            child.process = subprocess.Popen(  # noqa: S603 - our own programs
                program.command,
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                # Standard output belongs to whoever reads `hotline ready`.
                stdout=_STANDARD_ERROR,
                process_group=0,
                preexec_fn=lambda: die_with_parent(program.death_signal),
            )
        except OSError as error:
            log.error(
                "process cannot be started",
                extra={"program": program.name, "reason": error.strerror},
            )
            self._plan_restart(child, monotonic())
            return
        log.info("process started", extra={"program": program.name, "pid": child.process.pid})

    def _bury(self, child: _Child, now: float) -> None:
        process = child.process
        if process is None:
            return
        child.process = None
        if _signal_group(process.pid, signal.SIGTERM):
            child.leftover = (process.pid, now + _LEFTOVER_SECONDS)
        self._plan_restart(child, now)
        log.warning(
            "process died, starting it again",
            extra={
                "program": child.program.name,
                "exit_code": process.returncode,
                "delay_seconds": round(child.start_at - now, 1),
            },
        )

    def _plan_restart(self, child: _Child, now: float) -> None:
        child.deaths = [*restarts.recent(child.deaths, now), now]
        child.start_at = now + restarts.delay_seconds(child.deaths, now)
        is_hopeless = restarts.is_hopeless(child.deaths, now)
        if is_hopeless and not child.was_hopeless:
            log.error(
                "process does not stay up; its own last lines say why, `hotline doctor` may help",
                extra={"program": child.program.name, "deaths": len(child.deaths)},
            )
        child.was_hopeless = is_hopeless

    def _sleep(self, longest: float | None) -> None:
        due = [child.start_at - monotonic() for child in self._children if child.process is None]
        if any(child.leftover is not None for child in self._children):
            due.append(_LOOK_SECONDS)
        longest = _LONGEST_SLEEP_SECONDS if longest is None else longest
        self._wait(max(0.0, min([longest, *due])))

    def _wait(self, seconds: float) -> None:
        """Waits until a signal comes, a child's end among them, or the time is over."""
        select.select([self._woken], [], [], seconds)
        with suppress(BlockingIOError):
            while self._woken.recv(4096):
                pass

    def _stop_all(self) -> None:
        first = [child for child in self._children if not child.program.stops_last]
        last = [child for child in self._children if child.program.stops_last]
        self._stop(first, STOP_SECONDS)
        self._stop(last, LAST_STOP_SECONDS)
        for child in self._children:
            if child.leftover is not None:
                _signal_group(child.leftover[0], signal.SIGKILL)

    def _stop(self, children: list[_Child], seconds: float) -> None:
        running = {
            child.program.name: child.process for child in children if child.process is not None
        }
        for process in running.values():
            process.terminate()
        deadline = monotonic() + seconds
        asked = self._signals
        # A second Ctrl-C means now.
        while _are_running(running.values()) and self._signals <= max(asked, 1):
            if monotonic() >= deadline:
                break
            self._wait(_LOOK_SECONDS)
        for name, process in running.items():
            if process.poll() is None:
                log.warning("process did not stop in time", extra={"program": name})
            # The whole group: what a process started and did not stop ends here.
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()


def _are_running(processes: Iterable[subprocess.Popen[bytes]]) -> bool:
    return any(process.poll() is None for process in processes)


def _press(leftover: tuple[int, float], now: float) -> tuple[int, float] | None:
    """Forgets a group that is empty, kills one whose time is over."""
    group, kill_at = leftover
    if not _signal_group(group, 0):
        return None
    if now >= kill_at:
        _signal_group(group, signal.SIGKILL)
        return None
    return leftover


def _signal_group(group: int, number: int) -> bool:
    """Signals a process group; returns whether it had members."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
