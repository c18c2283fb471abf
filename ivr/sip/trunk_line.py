"""The line to the telephone network: SIP with the trunks of the operator, on sippy.

sippy runs in a thread of its own (`ivr.sip.sippy_loop`); this module is the bridge to the asyncio
loop. Commands are posted to the thread, reports come back in order, and neither waits for
the other.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial

from ivr.sip.admission import Admission
from ivr.sip.bindings import Binding
from ivr.sip.line import (
    CallListener,
    LineCall,
    LineError,
    LineFull,
    LineState,
    TrunkStatus,
)
from ivr.sip.line_bridge import LineBridge
from ivr.sip.registrar import PhoneSecrets
from ivr.sip.report import Report, TrunkStatistics
from ivr.sip.session_timer import DEFAULT_POLICY, SessionPolicy
from ivr.sip.sippy_arrival import Arrival
from ivr.sip.sippy_connection import DEFAULT_PATIENCE, Patience
from ivr.sip.sippy_loop import LOOP
from ivr.sip.sippy_outbound import OutboundLeg
from ivr.sip.sippy_phones import PhoneDesk
from ivr.sip.sippy_port import Address, TrunkPort
from ivr.sip.sippy_switch import Switch
from ivr.sip.trunk_addresses import TrunkAddresses
from ivr.sip.trunk_call import TrunkCall
from ivr.sip.trunk_desk import TrunkDesk
from ivr.sip.trunk_port import networks_of, open_port
from ivr.sip.trunks import Trunk
from ivr.sip.ways_out import WaysOut

log = logging.getLogger(__name__)

# `hotline up` gives every process 10 s to stop; a peer that is alive confirms in milliseconds.
_GOODBYE_SECONDS = 2.0
# A hand-over to sippy's thread takes microseconds; past this the thread is gone.
_HANDOVER_SECONDS = 5.0
_RETRY_SECONDS = 10


class TrunkLine:
    """The trunk line (`ivr.sip.line.Line`).

    Args:
        host: IP address to listen on; the unspecified address takes all of the machine's.
        port: UDP port, and TCP port if a trunk wants that; 0 takes any free one, see `port`.
        trunks: Ways to the network, in the order in which calls are dialled through them. Whoever
            is none of their peers is not even answered.
        max_calls: Calls at the same time on all trunks, both ways together.
        calls_per_second: New inbound calls per second on average, on all trunks.
        user_agent: Name shown to peers.
        phones: Lawyers' phones that may register, None for no such.
        session_policy: What is wanted of session timers.
        patience: With TCP connections.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        trunks: Sequence[Trunk],
        max_calls: int,
        calls_per_second: int,
        user_agent: str,
        phones: PhoneDesk | None = None,
        session_policy: SessionPolicy = DEFAULT_POLICY,
        patience: Patience = DEFAULT_PATIENCE,
    ) -> None:
        self._host = host
        self._wanted_port = port
        self._trunks = tuple(trunks)
        self._desks = self._open_desks()
        self._max_calls = max_calls
        self._admission = Admission(
            max_calls=max_calls, calls_per_second=calls_per_second, clock=time.monotonic
        )
        self._user_agent = user_agent
        self._phones = phones
        self._session_policy = session_policy
        self._patience = patience
        self._state = LineState.STOPPED
        self._bridge = LineBridge()
        self._port: TrunkPort | None = None
        self._switch: Switch | None = None
        self._addresses: TrunkAddresses | None = None
        self._ways_out: WaysOut

    @property
    def call_count(self) -> int:
        """Calls that are being set up or are up."""
        return len(self._bridge.calls)

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
        return self._switch.statistics if self._switch else TrunkStatistics()

    @property
    def trunks(self) -> list[TrunkStatus]:
        """What each trunk is like now."""
        return [desk.status() for desk in self._desks]

    @property
    def counters(self) -> dict[str, int]:
        """`statistics` by name."""
        return asdict(self.statistics)

    async def start(self, on_call: Callable[[LineCall], None]) -> None:
        """Takes calls from now on.

        Args:
            on_call: Called on this loop for each inbound call.

        Raises:
            PortTaken: Another program has the port, or the address is not this machine's.
        """
        # What was known of trunks in an earlier life of the line is old.
        self._desks = self._open_desks()
        trunks = networks_of(self._trunks, self._phones.networks if self._phones else ())
        self._port = open_port(
            self._host,
            self._wanted_port,
            trunks=self._trunks,
            networks=trunks,
            patience=self._patience,
        )
        self._bridge.open(on_call)
        self._switch = Switch(
            port=self._port,
            trunks=trunks,
            desks=self._desks,
            admission=self._admission,
            user_agent=self._user_agent,
            on_arrival=self._arrive,
            session_policy=self._session_policy,
            phones=self._phones,
        )
        LOOP.acquire()
        await self._in_thread(self._switch.open)
        self._state = LineState.RUNNING
        self._addresses = self._use(self._switch)
        self._ways_out = WaysOut(
            self._desks,
            addresses=self._addresses,
            phones=self._phones,
            in_thread=self._in_thread,
        )
        await self._addresses.find()
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
        """Dials a number through the first outbound trunk that takes the call.

        Args:
            number: Whom to call; ``phone:`` and a user name for a phone that registers here.
            from_number: The number to show, where the trunk has none of its own.
            host: IP address of our audio.
            port: UDP port of our audio.
            listener: Who is told; also that it came to nothing.
            timeout_seconds: How long it may take until somebody answers.

        Raises:
            NoTrunk: No outbound trunk is set, or no name of one can be resolved; or the phone is
                not registered.
            LineFull: No more calls at the moment, on the line or on any trunk.
            LineError: The line is stopped or draining.
        """
        if self._switch is None or self._state is not LineState.RUNNING:
            raise LineError(f"The line is {self._state.value}; nothing can be dialled.")
        if len(self._bridge.calls) >= self._max_calls:
            raise LineFull("All lines are busy.", retry_after_seconds=_RETRY_SECONDS)
        routes = await self._ways_out.find(
            number, from_number=from_number, ring_seconds=timeout_seconds
        )
        leg = OutboundLeg(on_end=self._switch.forget)
        call = TrunkCall(caller=from_number, called=number, media=None, leg=leg)
        call.listen(listener)
        leg.report = self._bridge.dialled(call)
        LOOP.post(self._switch.dial, leg, routes, host=host, port=port)
        return call

    def admit_phones(
        self,
        credentials: Mapping[str, PhoneSecrets],
        remembered: Sequence[tuple[str, Binding]] = (),
    ) -> None:
        """Replaces the phones that may register, by user name.

        Args:
            credentials: What they sign in with.
            remembered: Where they were before a restart, from `phone_bindings`.
        """
        if self._phones is not None and self._state is not LineState.STOPPED:
            LOOP.post(self._phones.admit, credentials, remembered)

    @property
    def phone_bindings(self) -> list[tuple[str, Binding]]:
        """Where the phones are; moments are those of `time.monotonic`."""
        return self._phones.bindings if self._phones is not None else []

    @property
    def phones(self) -> frozenset[str]:
        """The user names whose phones are registered."""
        return self._phones.usernames if self._phones is not None else frozenset()

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
        if self._addresses is not None:
            self._addresses.stop()
        said = asyncio.Event()
        LOOP.post(self._switch.hang_up_all, partial(self._bridge.on_loop, said.set))
        try:
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await said.wait()
        except TimeoutError:
            log.warning("sip peers did not confirm the end of their calls")
        await self._in_thread(self._switch.close)
        await asyncio.to_thread(LOOP.release)
        log.info("sip line stopped")

    def _open_desks(self) -> tuple[TrunkDesk, ...]:
        return tuple(TrunkDesk(trunk, clock=time.monotonic) for trunk in self._trunks)

    def _use(self, switch: Switch) -> TrunkAddresses:
        """Has found trunks dialled through and registered with."""

        async def use_trunk(place: int, address: Address) -> None:
            await self._in_thread(partial(switch.keepers.use, place, address))

        async def register(place: int, address: Address) -> None:
            await self._in_thread(partial(switch.keepers.register, place, address))

        return TrunkAddresses(
            self._desks,
            family=socket.AF_INET6 if ":" in self._host else socket.AF_INET,
            on_trunk=use_trunk,
            on_registrar=register,
        )

    async def _in_thread(self, function: Callable[[], object]) -> None:
        """Has `function` called in sippy's thread and waits until it was."""
        done = asyncio.Event()

        def run() -> None:
            try:
                function()
            finally:
                self._bridge.on_loop(done.set)

        LOOP.post(run)
        async with asyncio.timeout(_HANDOVER_SECONDS):
            await done.wait()

    # In sippy's thread.

    def _arrive(self, arrival: Arrival) -> Callable[[Report], None]:
        call = TrunkCall(
            caller=arrival.caller, called=arrival.called, media=arrival.media, leg=arrival.leg
        )
        return self._bridge.arrived(call)
