"""What a telephone line is to the rest of `ivr`, whichever library or wire is behind it.

No I/O here: only the words that lines, call flows and tests share.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Protocol

from hotline.errors import HotlineError, NotConfigured, TooMany
from ivr.media.control import Codec


class Direction(Enum):
    """What the peer says it does with audio (RFC 3264 section 5.1), read from its own SDP."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    """It sends and does not listen: we are on hold."""
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @property
    def listens(self) -> bool:
        """Whether audio sent to the peer reaches an ear."""
        return self in (Direction.SENDRECV, Direction.RECVONLY)

    @property
    def speaks(self) -> bool:
        """Whether audio is to be expected from the peer."""
        return self in (Direction.SENDRECV, Direction.SENDONLY)


@dataclass(frozen=True, slots=True)
class RemoteMedia:
    """Where and how the peer wants its audio.

    Attributes:
        host: IP address; ``0.0.0.0`` from peers that hold in the manner of RFC 2543.
        port: UDP port of RTP.
        codec: The one codec of the call, from now on and in both directions.
        telephone_event: Payload type of RFC 4733 events, None if the peer has none.
        direction: What the peer does with audio.
        control_port: UDP port of RTCP (RFC 3605); None for the one above RTP.
    """

    host: str
    port: int
    codec: Codec
    telephone_event: int | None
    direction: Direction
    control_port: int | None = None


class EndReason(StrEnum):
    """Why a call is over."""

    CALLER_HUNG_UP = "caller_hung_up"
    """The other side hung up an answered call, whichever side had dialled."""
    WE_HUNG_UP = "we_hung_up"
    CANCELLED = "cancelled"
    """Hung up before the answer: by the caller (inbound) or by us (outbound)."""
    REJECTED = "rejected"
    """Refused: by us (inbound), or by the callee or network (outbound)."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    """It rang, and nobody answered in time."""
    UNREACHABLE = "unreachable"
    """No such number, phone off, or nothing answers at the trunk."""
    TIMEOUT = "timeout"
    """The peer stopped answering in the middle of the call."""
    FAILED = "failed"
    """Media that cannot be used, or an error of the network."""


class LineState(StrEnum):
    """Whether a line takes calls."""

    STOPPED = "stopped"
    RUNNING = "running"
    DRAINING = "draining"
    """Calls go on, new ones are refused."""


class LineError(HotlineError):
    """A line cannot do what was asked of it."""


class PortTaken(NotConfigured):
    """The line's UDP port cannot be had; the message says which and what to do."""


class NoTrunk(NotConfigured):
    """Dialling out needs a trunk, and none is set."""


class LineFull(TooMany):
    """The line carries as many calls as it may."""


@dataclass(frozen=True, slots=True)
class TrunkStatus:
    """What one way to the telephone network is like at a moment.

    Attributes:
        name: What people call it.
        health: An `ivr.sip.heartbeat.Health`.
        registration: What its registrar thinks of us, None without a registrar.
        calls: Calls by it that are being set up or up.
        max_calls: How many it may carry, None for as many as the line.
    """

    name: str
    health: str
    registration: str | None
    calls: int
    max_calls: int | None


class CallListener(Protocol):
    """Who is told about a call; every method is called on the asyncio loop, in order."""

    def call_ringing(self) -> None:
        """The called phone rings. Outbound calls only, once."""

    def early_media(self, media: RemoteMedia) -> None:
        """The network sends audio before the answer: its own ringing or an announcement.

        Outbound calls only; what was told last holds until the answer (RFC 3960).
        """

    def call_answered(self, media: RemoteMedia) -> None:
        """The call is up: the callee answered (outbound), or the caller confirmed (inbound)."""

    def media_changed(self, media: RemoteMedia) -> None:
        """The peer holds, resumes or moves its audio."""

    def digit_pressed(self, digit: str) -> None:
        """A key came by signalling (INFO), one of ``0-9 * # A-D``. Personal data: never log it.

        Most keys come as RTP instead, and some networks send both: whoever hears the RTP ones
        decides which count.
        """

    def call_ended(self, reason: EndReason) -> None:
        """The call is over; exactly once, and nothing comes after it."""


class LineCall(Protocol):
    """One call on a line. Methods return at once; what comes of them reaches the listener."""

    @property
    def id(self) -> str:
        """Opaque id of this leg."""

    @property
    def caller(self) -> str | None:
        """The caller's number, None when withheld. Personal data: never log it."""

    @property
    def called(self) -> str:
        """The number that was dialled."""

    @property
    def media(self) -> RemoteMedia | None:
        """What the peer last asked for; None until the peer has said it.

        That is before the answer of an outbound call, and before the confirmation of an inbound
        call without an offer (RFC 3261 section 14.2 allows INVITE without SDP). Such a call gets
        our own offer, A-law first, and its choice comes with `CallListener.call_answered`.
        """

    def listen(self, listener: CallListener) -> None:
        """Names the listener; what happened before is told to it at once, in order."""

    def ring(self) -> None:
        """Tells the caller that it rings."""

    def answer(self, *, host: str, port: int) -> None:
        """Answers, with our audio at this address. Answering twice changes nothing.

        Args:
            host: IP address the peer sends its audio to; the unspecified address stands for the
                one that the peer reaches this machine at.
            port: UDP port at that address.
        """

    def reject(self, status: int, *, retry_after_seconds: int | None = None) -> None:
        """Refuses a call that is not answered yet; nothing happens to one that is.

        Args:
            status: SIP status, 400 to 699.
            retry_after_seconds: When the caller's network may try again.
        """

    def watch(self) -> None:
        """Finds out whether the peer of a call that is up is still there, by asking it.

        A peer that is gone ends the call (`EndReason.TIMEOUT`); one that does not like to be asked
        does not. Nothing happens where a session timer (RFC 4028) finds out anyway.
        """

    def hang_up(self) -> None:
        """Ends the call in whatever state it is; once it is over, nothing happens."""


class Line(Protocol):
    """Something that brings calls and dials out."""

    @property
    def call_count(self) -> int:
        """Calls that are being set up or are up."""

    @property
    def state(self) -> LineState:
        """Whether the line takes calls."""

    @property
    def trunks(self) -> Sequence[TrunkStatus]:
        """What its ways to the telephone network are like now."""

    @property
    def counters(self) -> Mapping[str, int]:
        """What it dropped or refused since it was started, by kind."""

    async def start(self, on_call: Callable[[LineCall], None]) -> None:
        """Takes calls from now on.

        Args:
            on_call: Called on the asyncio loop for each inbound call. It names a listener and
                rings, answers or rejects, now or later.

        Raises:
            PortTaken: Another program has the port.
        """

    async def dial(
        self,
        number: str,
        *,
        from_number: str,
        host: str,
        port: int,
        listener: CallListener,
        timeout_seconds: float,
    ) -> LineCall:
        """Dials a number; everything that follows is told to the listener.

        Args:
            number: Whom to call.
            from_number: The number to show.
            host: IP address of our audio; the unspecified address stands for the one that the
                trunk reaches this machine at.
            port: UDP port of our audio.
            listener: Who is told.
            timeout_seconds: How long it may take until somebody answers.

        Raises:
            NoTrunk: There is nowhere to dial through.
            LineFull: No more calls at the moment.
            LineError: The line is stopped or draining.
        """

    def drain(self) -> None:
        """Takes no new calls; those that are up go on."""

    async def stop(self) -> None:
        """Hangs up every call, waits a moment for the peers' goodbye, and lets go of the port."""
