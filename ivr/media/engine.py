"""The media engine: one thread that serves every leg fifty times a second.

Work is spread over two lanes, 10 ms apart, so that none waits for all. Sockets are not waited
for: each leg's is read when its tick comes. That takes 0.7 us less per packet than being woken by
epoll for it (measured 2026-11-22), and what a flood can cost is bounded by itself. What is waited
for, with a time limit in microseconds, is the next tick, a command, or another thread.
"""

import gc
import logging
import os
import select
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from socket import socket

from ivr.media.bank import Bank
from ivr.media.channel import Channel
from ivr.media.control import Address, ReportStatistics, Stop
from ivr.media.errors import MessageUnreadable
from ivr.media.fork import ForkSocket
from ivr.media.inbox import Inbox
from ivr.media.lane import Lane
from ivr.media.pace import LANES, Pace
from ivr.media.ports import PortPool
from ivr.media.prompt_loader import PromptLoader
from ivr.media.recorder import Nobody
from ivr.media.recording_desk import RecordingDesk
from ivr.media.switchboard import Switchboard
from ivr.media.tape import Tape
from ivr.media.telling import Answer, Done, EngineStatistics, MediaEvent, Refused
from ivr.media.wav_writer import WavWriter
from ivr.media.wire import Message

log = logging.getLogger(__name__)

# How long the end of the process waits for the disk.
_WRITER_TIMEOUT_SECONDS = 5.0
_LOADER_TIMEOUT_SECONDS = 1.0

# How long the writing and loading threads may keep the interpreter from a tick that is due.
_SWITCH_INTERVAL_SECONDS = 0.0005

# How long nothing at all is done while there is no leg and nobody asks for one.
_IDLE_TIMEOUT_SECONDS = 1.0

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class EngineConfiguration:
    """What an engine is started with.

    Attributes:
        host: The local address RTP is received on, numeric IPv4.
        ports: The UDP ports of legs; even ones are used.
        asr_address: Where the speech fork goes; None for nowhere.
        rtp_timeout_seconds: After how long without RTP a leg is reported silent.
    """

    host: str
    ports: range
    asr_address: Address | None
    rtp_timeout_seconds: float


class Engine:
    """Builds the parts and runs them until it is told to stop, or nobody is there to tell it.

    Raises:
        OSError: The host is not an address of this machine.
    """

    def __init__(self, configuration: EngineConfiguration, control: socket) -> None:
        ports = PortPool(host=configuration.host, ports=configuration.ports)
        self._channel = Channel(control)
        self._inbox = Inbox()
        bank = Bank(lanes=LANES, legs=len(ports))
        tapes = [Tape(bank) for _ in range(LANES)]
        self._lanes = [Lane(bank, number, tape) for number, tape in enumerate(tapes)]
        self._writer = WavWriter(self._inbox.post)
        self._loader = PromptLoader(self._inbox.post)
        address = configuration.asr_address
        self._fork_socket = None if address is None else ForkSocket(address)
        self._desk = RecordingDesk(
            bank=bank,
            tapes=tapes,
            nobody=Nobody(bank),
            writer=self._writer,
            report=self._report,
        )
        self._switchboard = Switchboard(
            bank=bank,
            lanes=self._lanes,
            ports=ports,
            desk=self._desk,
            loader=self._loader,
            fork_socket=self._fork_socket,
            timeout_seconds=configuration.rtp_timeout_seconds,
            report=self._report,
        )
        self._pace = Pace(time.monotonic_ns())
        self._stopping = False

    def run(self) -> None:
        """Serves until `Stop`, `stop`, or the end of the control line; then closes everything."""
        sys.setswitchinterval(_SWITCH_INTERVAL_SECONDS)
        # What exists now stays; what comes and goes has no cycles. A collection would cost a tick.
        gc.collect()
        gc.freeze()
        gc.disable()
        self._pace = Pace(time.monotonic_ns())
        while not (self._stopping or self._channel.is_closed):
            self._wait()
            now = time.monotonic_ns()
            if not self._pace.wait_seconds(now):
                self._tick(now)
        self._close()

    def stop(self) -> None:
        """Ends `run` soon; may be called by a signal handler."""
        self._stopping = True

    def _wait(self) -> None:
        """Waits for the next tick; does in the meantime what others ask for."""
        channel = self._channel
        writing = (channel.fileno(),) if channel.has_waiting else ()
        is_idle = not (self._switchboard.legs or len(self._desk))
        self._pass_idle_lanes()
        wait = self._pace.wait_seconds(time.monotonic_ns())
        timeout = _IDLE_TIMEOUT_SECONDS if is_idle else wait
        control, wake = channel.fileno(), self._inbox.wake
        readable, writable, _ = select.select((control, wake), writing, (), timeout)
        if is_idle:
            self._pace.rest(time.monotonic_ns())
        if writable:
            channel.flush()
        if control in readable:
            self._obey()
        if wake in readable:
            self._inbox.run_all()

    def _pass_idle_lanes(self) -> None:
        """Spares an office with few calls half of the wake-ups."""
        is_busy = [not lane.is_idle for lane in self._lanes]
        while any(is_busy) and not is_busy[self._pace.next_lane]:
            self._pace.pass_over()

    def _tick(self, now_ns: int) -> None:
        skipped = self._pace.skip(now_ns)
        if skipped:
            log.warning("engine stood still", extra={"frames": skipped})
            for lane in self._lanes:
                lane.skip(skipped)
        self._lanes[self._pace.begin(now_ns)].tick()

    def _obey(self) -> None:
        try:
            for message, request in self._channel.receive():
                self._carry_out(message, partial(self._reply, request))
        except MessageUnreadable:
            log.exception("command not understood")

    def _carry_out(self, message: Message, reply: partial[None]) -> None:
        match message:
            case Stop():
                self._stopping = True
                reply(Done())
            case ReportStatistics():
                reply(self._statistics())
            case _:
                try:
                    self._switchboard.carry_out(message, reply)
                except Exception:
                    # A fault of ours in one command must not end everybody's calls.
                    log.exception("command failed", extra={"command": type(message).__name__})
                    reply(Refused(error="HotlineError", message="The engine has a fault."))

    def _reply(self, request: int | None, answer: Answer) -> None:
        self._channel.send(answer, request=request)

    def _report(self, event: MediaEvent) -> None:
        self._channel.send(event)

    def _statistics(self) -> EngineStatistics:
        counts = self._switchboard.counts()
        return EngineStatistics(
            legs=self._switchboard.legs,
            recordings=len(self._desk),
            packets_received=counts.packets_received,
            packets_sent=counts.packets_sent,
            packets_refused=counts.packets_refused,
            frames_missing=counts.frames_missing,
            lateness_p99_ms=self._pace.lateness_p99_ns / 1e6,
            lateness_max_ms=self._pace.lateness_max_ns / 1e6,
            stalls=self._pace.stalls,
            cpu_seconds=time.process_time(),
            resident_bytes=_resident_bytes(),
        )

    def _close(self) -> None:
        self._switchboard.close()
        if not self._writer.stop(timeout_seconds=_WRITER_TIMEOUT_SECONDS):
            log.error("recordings not written in time", extra={"jobs": self._writer.backlog})
        self._loader.stop(timeout_seconds=_LOADER_TIMEOUT_SECONDS)
        self._inbox.run_all()
        self._channel.flush()
        if self._fork_socket is not None:
            self._fork_socket.close()


def _resident_bytes() -> int:
    """The second field of /proc/self/statm, in pages (proc_pid_statm(5))."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
