"""The line for an office that has only an extension on its PBX, on pyVoIP.

It registers as a telephone would, takes the calls that the PBX sends to the extension, and dials
through it. Signalling lives in a thread of its own (`ivr.sip.pbx_loop`); this module is the bridge
to the asyncio loop, as `ivr.sip.trunk_line` is for sippy.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from functools import partial

from hotline.errors import NotConfigured
from ivr.sip.digest import Credentials
from ivr.sip.heartbeat import Health
from ivr.sip.line import (
    CallListener,
    LineCall,
    LineError,
    LineFull,
    LineState,
    NoTrunk,
    TrunkStatus,
)
from ivr.sip.line_bridge import LineBridge
from ivr.sip.listening import listen_at
from ivr.sip.pbx_address import FindPbx, PbxPlace, find_pbx, local_host
from ivr.sip.pbx_call import PbxCall
from ivr.sip.pbx_exchange import PbxArrival, PbxExchange
from ivr.sip.pbx_loop import PbxLoop
from ivr.sip.pbx_phone import PbxPhone
from ivr.sip.pbx_registration import PbxRefused, RegistrationState
from ivr.sip.report import Report
from ivr.sip.session_timer import DEFAULT_POLICY, SessionPolicy

log = logging.getLogger(__name__)

# `hotline up` gives every process 7 s to stop; a PBX that is alive confirms in milliseconds.
_GOODBYE_SECONDS = 2.0
# Long enough for a PBX on the same network; one that is away is waited for in the background.
_FIRST_ANSWER_SECONDS = 5.0
_THREAD_SECONDS = 5.0
_RETRY_SECONDS = 10


class PbxLine:
    """The PBX line (`ivr.sip.line.Line`).

    Args:
        host: IP address to listen on; the unspecified address takes all of the machine's.
        port: UDP port; 0 takes any free one, see `port`.
        server: Name or address of the PBX, and its UDP port.
        credentials: The extension and its password.
        max_calls: Calls at the same time, both ways together.
        user_agent: Name shown to the PBX.
        session_policy: What the line wants of session timers.
        find: Looks the PBX up, at the start and before each registration.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        server: tuple[str, int],
        credentials: Credentials,
        max_calls: int,
        user_agent: str,
        session_policy: SessionPolicy = DEFAULT_POLICY,
        find: FindPbx = find_pbx,
    ) -> None:
        self._host = host
        self._wanted_port = port
        self._server = server
        self._credentials = credentials
        self._max_calls = max_calls
        self._user_agent = user_agent
        self._session_policy = session_policy
        self._find = find
        self._address: tuple[str, int]
        self._looking: asyncio.Task[None] | None = None
        self._state = LineState.STOPPED
        self._registration = RegistrationState.UNKNOWN
        self._bridge = LineBridge()
        self._heard = asyncio.Event()
        self._thread: threading.Thread | None = None
        self._signalling: PbxLoop
        self._exchange: PbxExchange
        self._port = port

    @property
    def call_count(self) -> int:
        """Calls that are being set up or are up."""
        return len(self._bridge.calls)

    @property
    def state(self) -> LineState:
        """Whether the line takes calls."""
        return self._state

    @property
    def registration(self) -> RegistrationState:
        """Whether the PBX sends us calls."""
        return self._registration

    @property
    def trunks(self) -> list[TrunkStatus]:
        """The PBX, which is our one way out."""
        health = {
            RegistrationState.UNKNOWN: Health.UNKNOWN,
            RegistrationState.REGISTERED: Health.UP,
        }.get(self._registration, Health.DOWN)
        return [
            TrunkStatus(
                name="PBX",
                health=health.value,
                registration=self._registration.value,
                calls=self.call_count,
                max_calls=self._max_calls,
            )
        ]

    @property
    def counters(self) -> dict[str, int]:
        """The PBX sifts what comes; nothing is counted here."""
        return {}

    @property
    def port(self) -> int:
        """The UDP port of a line that was started."""
        return self._port

    async def start(self, on_call: Callable[[LineCall], None]) -> None:
        """Registers, and takes calls from now on.

        A PBX that does not answer is no error: it is tried again until it does.

        Args:
            on_call: Called on this loop for each inbound call.

        Raises:
            PortTaken: Another program has the port, or the address is not this machine's.
            PbxRefused: The PBX knows no such extension, or another password.
            NotConfigured: The PBX's name cannot be resolved.
        """
        address = self._address = await self._find(*self._server)
        sock = listen_at(self._host, self._wanted_port)
        self._bridge.open(on_call)
        self._heard.clear()
        self._port = sock.getsockname()[1]
        self._signalling = PbxLoop(sock, lambda data, source: phone.sip.receive(data, source))
        self._exchange = PbxExchange(
            self._signalling,
            max_calls=self._max_calls,
            on_arrival=self._arrive,
            on_registration=partial(self._bridge.on_loop, self._hear_registration),
            look_up=partial(self._bridge.on_loop, self._begin_looking),
        )
        phone = PbxPhone(
            on_invite=self._exchange.take,
            server=self._server[0],
            address=address,
            credentials=self._credentials,
            local=(local_host(self._host, address), self._port),
            user_agent=self._user_agent,
            session_policy=self._session_policy,
        )
        phone.sip.use(self._signalling)
        self._signalling.post(self._exchange.open, phone)
        self._thread = threading.Thread(target=phone.sip.recv_loop, name="pbx", daemon=True)
        self._thread.start()
        self._state = LineState.RUNNING
        await self._await_registration()

    async def dial(
        self,
        number: str,
        *,
        from_number: str,
        host: str,
        port: int,
        listener: CallListener,
        timeout_seconds: float,
    ) -> PbxCall:
        """Dials a number through the PBX.

        Args:
            number: Whom to call.
            from_number: Noted with the call; the PBX shows the number of the extension.
            host: IP address of our audio.
            port: UDP port of our audio.
            listener: Who is told; also that it came to nothing.
            timeout_seconds: How long it may take until somebody answers.

        Raises:
            NoTrunk: The PBX does not answer, or does not know us.
            LineFull: No more calls at the moment.
            LineError: The line is stopped or draining.
        """
        if self._state is not LineState.RUNNING:
            raise LineError(f"The line is {self._state.value}; nothing can be dialled.")
        if len(self._bridge.calls) >= self._max_calls:
            raise LineFull("All lines are busy.", retry_after_seconds=_RETRY_SECONDS)
        if self._registration is not RegistrationState.REGISTERED or ":" in number:
            raise NoTrunk(
                "Nothing can be dialled: the PBX does not have us registered as its extension, or "
                "the target is no number."
            )
        leg = self._exchange.new_call()
        call = PbxCall(
            caller=from_number, called=number, media=None, leg=leg, loop=self._signalling
        )
        call.listen(listener)
        leg.report = self._bridge.dialled(call)
        self._signalling.post(
            self._exchange.dial, leg, number, host=host, port=port, ring_seconds=timeout_seconds
        )
        return call

    def drain(self) -> None:
        """Takes no new calls; those that are up go on."""
        if self._state is LineState.RUNNING:
            self._state = LineState.DRAINING
            self._signalling.post(self._exchange.drain)
            log.info("pbx line draining", extra={"calls": self.call_count})

    async def stop(self) -> None:
        """Hangs up every call, unregisters, waits a moment for the PBX, lets go of the port."""
        if self._thread is None:
            return
        self._state = LineState.STOPPED
        if self._looking is not None:
            self._looking.cancel()
        said = asyncio.Event()
        self._signalling.post(self._exchange.leave, partial(self._bridge.on_loop, said.set))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await said.wait()
        self._signalling.post(self._signalling.stop)
        await asyncio.to_thread(self._thread.join, _THREAD_SECONDS)
        self._signalling.close()
        self._thread = None
        log.info("pbx line stopped")

    async def _await_registration(self) -> None:
        """Waits a moment for the PBX's word; only a refusal ends the line."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_ANSWER_SECONDS):
                await self._heard.wait()
        if self._registration is RegistrationState.REFUSED:
            await self.stop()
            raise PbxRefused(
                "The PBX does not take us for its extension. Check HOTLINE_PBX_EXTENSION and "
                "HOTLINE_PBX_PASSWORD_FILE, and that the extension may register from here."
            )
        log.info("pbx line started", extra={"port": self.port, "pbx": self._registration.value})

    # In the line's thread.

    def _arrive(self, arrival: PbxArrival) -> Callable[[Report], None]:
        call = PbxCall(
            caller=arrival.caller,
            called=arrival.called,
            media=arrival.media,
            leg=arrival.leg,
            loop=self._signalling,
        )
        return self._bridge.arrived(call)

    # On the asyncio loop.

    def _begin_looking(self, found: Callable[[PbxPlace | None], None]) -> None:
        if self._state is not LineState.STOPPED:
            self._looking = asyncio.create_task(self._look(found))

    async def _look(self, found: Callable[[PbxPlace | None], None]) -> None:
        place = None
        try:
            address = await self._find(*self._server, known=self._address)
            place = PbxPlace(address, local_host(self._host, address))
        except (NotConfigured, OSError):
            # It may still be where it was.
            log.warning("the pbx cannot be looked up at the moment")
        if place is not None and place.address != self._address:
            log.info("the pbx has moved")
            self._address = place.address
        self._signalling.post(found, place)

    def _hear_registration(self, state: RegistrationState) -> None:
        self._registration = state
        self._heard.set()
        if state is RegistrationState.REGISTERED:
            log.info("registered with the pbx")
        else:
            log.warning("not registered with the pbx", extra={"reason": state.value})
