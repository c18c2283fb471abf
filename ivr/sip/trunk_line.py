"""The line to the telephone network: SIP over UDP with the trunks of the operator, on sippy.

sippy runs in a thread of its own (`ivr.sip.sippy_loop`); this module is the bridge to the asyncio
loop. Commands are posted to the thread, reports come back in order, and neither waits for
the other.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial
from ipaddress import IPv4Network, IPv6Network

from ivr.sip.admission import Admission
from ivr.sip.line import (
    CallListener,
    LineCall,
    LineError,
    LineFull,
    LineState,
    NoTrunk,
    PortTaken,
)
from ivr.sip.report import Ended, Report, Route, TrunkStatistics
from ivr.sip.sippy_loop import LOOP
from ivr.sip.sippy_outbound import OutboundLeg
from ivr.sip.sippy_port import Address, TrunkPort, Trunks, open_socket
from ivr.sip.sippy_switch import Arrival, Switch
from ivr.sip.trunk_call import TrunkCall

log = logging.getLogger(__name__)

# `hotline up` gives every process 10 s to stop; a peer that is alive confirms in milliseconds.
_GOODBYE_SECONDS = 2.0
# A hand-over to sippy's thread takes microseconds; past this the thread is gone.
_HANDOVER_SECONDS = 5.0
_RESOLVE_SECONDS = 5.0
_RETRY_SECONDS = 10


class TrunkLine:
    """The trunk line (`ivr.sip.line.Line`).

    Args:
        host: IP address to listen on; the unspecified address takes all of the machine's.
        port: UDP port; 0 takes any free one, see `port`.
        trunks: Networks that may call. All others are not even answered.
        outbound: Name or address and UDP port that calls are dialled through, None for no such.
        max_calls: Calls at the same time, both ways together.
        calls_per_second: New inbound calls per second on average.
        user_agent: Name shown to peers.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        trunks: Sequence[IPv4Network | IPv6Network],
        outbound: tuple[str, int] | None,
        max_calls: int,
        calls_per_second: int,
        user_agent: str,
    ) -> None:
        self._host = host
        self._wanted_port = port
        self._networks = tuple(trunks)
        self._outbound = outbound
        self._max_calls = max_calls
        self._admission = Admission(
            max_calls=max_calls, calls_per_second=calls_per_second, clock=time.monotonic
        )
        self._user_agent = user_agent
        self._state = LineState.STOPPED
        self._calls: set[TrunkCall] = set()
        self._on_call: Callable[[LineCall], None] = _reject
        self._loop: asyncio.AbstractEventLoop
        self._port: TrunkPort | None = None
        self._switch: Switch | None = None
        self._trunk: Address | None = None

    @property
    def call_count(self) -> int:
        """Calls that are being set up or are up."""
        return len(self._calls)

    @property
    def state(self) -> LineState:
        """Whether the line takes calls."""
        return self._state

    @property
    def port(self) -> int:
        """The UDP port of a line that was started."""
        return self._port.number if self._port else self._wanted_port

    @property
    def statistics(self) -> TrunkStatistics:
        """What was counted since the start."""
        if self._port is None or self._switch is None:
            return TrunkStatistics(foreign=0, malformed=0, refused=0, unsent=0)
        return TrunkStatistics(
            foreign=self._port.foreign_count,
            malformed=self._switch.malformed_count,
            refused=self._switch.refused_count,
            unsent=self._port.unsent_count,
        )

    async def start(self, on_call: Callable[[LineCall], None]) -> None:
        """Takes calls from now on.

        Args:
            on_call: Called on this loop for each inbound call.

        Raises:
            PortTaken: Another program has the port, or the address is not this machine's.
        """
        try:
            sock = open_socket(self._host, self._wanted_port)
        except OSError as error:
            raise PortTaken(
                f"SIP cannot listen on UDP {self._host}:{self._wanted_port} ({error.strerror}). "
                "Stop the program that has the port, or set HOTLINE_SIP_HOST and HOTLINE_SIP_PORT."
            ) from error
        self._loop = asyncio.get_running_loop()
        self._on_call = on_call
        trunks = Trunks(self._networks)
        self._port = TrunkPort(sock, trunks=trunks)
        self._switch = Switch(
            port=self._port,
            trunks=trunks,
            admission=self._admission,
            user_agent=self._user_agent,
            on_arrival=self._arrive,
        )
        LOOP.acquire()
        await self._in_thread(self._switch.open)
        self._state = LineState.RUNNING
        await self._resolve_trunk()
        log.info("sip line started", extra={"host": self._host, "port": self.port})

    async def dial(
        self,
        number: str,
        *,
        from_number: str,
        host: str,
        port: int,
        listener: CallListener,
        timeout_seconds: float,
    ) -> TrunkCall:
        """Dials a number through the outbound trunk.

        Args:
            number: Whom to call.
            from_number: The number to show.
            host: IP address of our audio.
            port: UDP port of our audio.
            listener: Who is told; also that it came to nothing.
            timeout_seconds: How long it may take until somebody answers.

        Raises:
            NoTrunk: No outbound trunk is set, or its name cannot be resolved.
            LineFull: No more calls at the moment.
            LineError: The line is stopped or draining.
        """
        if self._switch is None or self._state is not LineState.RUNNING:
            raise LineError(f"The line is {self._state.value}; nothing can be dialled.")
        if len(self._calls) >= self._max_calls:
            raise LineFull("All lines are busy.", retry_after_seconds=_RETRY_SECONDS)
        await self._resolve_trunk()
        if self._outbound is None or self._trunk is None:
            raise NoTrunk(
                "Nothing can be dialled: set HOTLINE_TRUNK_OUTBOUND to the host:port of a trunk "
                "whose name this machine can resolve."
            )
        leg = OutboundLeg(on_end=self._switch.forget)
        call = TrunkCall(caller=from_number, called=number, media=None, leg=leg)
        call.listen(listener)
        leg.report = partial(self._report, call)
        self._calls.add(call)
        route = Route(
            number=number,
            domain=self._outbound[0],
            trunk=self._trunk,
            from_number=from_number,
            ring_seconds=timeout_seconds,
        )
        LOOP.post(self._switch.dial, leg, route, host=host, port=port)
        return call

    def drain(self) -> None:
        """Takes no new calls; those that are up go on."""
        if self._switch is not None and self._state is LineState.RUNNING:
            self._state = LineState.DRAINING
            LOOP.post(self._switch.drain)
            log.info("sip line draining", extra={"calls": self.call_count})

    async def stop(self) -> None:
        """Hangs up every call, waits a moment for the peers' goodbye, and lets go of the port."""
        if self._switch is None or self._state is LineState.STOPPED:
            return
        self._state = LineState.STOPPED
        said = asyncio.Event()
        LOOP.post(self._switch.hang_up_all, partial(self._on_loop, said.set))
        try:
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await said.wait()
        except TimeoutError:
            log.warning("sip peers did not confirm the end of their calls")
        await self._in_thread(self._switch.close)
        await asyncio.to_thread(LOOP.release)
        log.info("sip line stopped")

    async def _resolve_trunk(self) -> None:
        """Finds the outbound trunk's address, once."""
        if self._outbound is None or self._trunk is not None or self._switch is None:
            return
        name, port = self._outbound
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_RESOLVE_SECONDS):
                found = await loop.getaddrinfo(name, port, family=family, type=socket.SOCK_DGRAM)
        except (OSError, TimeoutError):
            log.warning("the outbound trunk's name cannot be resolved", extra={"trunk": name})
            return
        host = found[0][4][0]
        self._trunk = (f"[{host}]" if ":" in str(host) else str(host), port)
        LOOP.post(self._switch.use_trunk, self._trunk)

    async def _in_thread(self, function: Callable[[], object]) -> None:
        """Has `function` called in sippy's thread and waits until it was."""
        done = asyncio.Event()

        def run() -> None:
            try:
                function()
            finally:
                self._on_loop(done.set)

        LOOP.post(run)
        async with asyncio.timeout(_HANDOVER_SECONDS):
            await done.wait()

    # In sippy's thread.

    def _arrive(self, arrival: Arrival) -> Callable[[Report], None]:
        call = TrunkCall(
            caller=arrival.caller, called=arrival.called, media=arrival.media, leg=arrival.leg
        )
        self._on_loop(self._welcome, call)
        return partial(self._report, call)

    def _report(self, call: TrunkCall, report: Report) -> None:
        self._on_loop(self._hear, call, report)

    def _on_loop(self, function: Callable[..., object], *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            # The loop was closed without `stop`: the process is going down.
            log.debug("a report came after the loop's end")

    # On the asyncio loop.

    def _welcome(self, call: TrunkCall) -> None:
        self._calls.add(call)
        try:
            self._on_call(call)
        except Exception:
            # The network can try another way; without an answer the caller would hear nothing.
            log.exception("nobody could take a call")
            call.reject(500)

    def _hear(self, call: TrunkCall, report: Report) -> None:
        if isinstance(report, Ended):
            self._calls.discard(call)
        call.hear(report)


def _reject(call: LineCall) -> None:
    call.reject(480)
