"""What travels between the asyncio loop and the thread of a line's signalling."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.sip.digest import Credentials
from ivr.sip.line import EndReason, RemoteMedia

if TYPE_CHECKING:
    from ivr.sip.trunk_desk import TrunkDesk


@dataclass(frozen=True, slots=True)
class Ringing:
    """The called phone rings."""


@dataclass(frozen=True, slots=True)
class EarlyMedia:
    """The network sends audio before the answer."""

    media: RemoteMedia


@dataclass(frozen=True, slots=True)
class Answered:
    """The call is up."""

    media: RemoteMedia


@dataclass(frozen=True, slots=True)
class MediaChanged:
    """The peer wants its audio otherwise."""

    media: RemoteMedia


@dataclass(frozen=True, slots=True)
class DigitSignalled:
    """A key came by INFO."""

    digit: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over."""

    reason: EndReason
    status: int | None = None
    """The SIP status that ended a call we made."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where an outbound call goes.

    Attributes:
        number: Whom to call.
        domain: The trunk's name or address, as it stands in the request URI.
        trunk: The trunk's IP address and UDP port.
        from_number: The number to show.
        ring_seconds: How long it may take until somebody answers.
        own_domain: What stands behind the @ of our own number; empty for our address.
        credentials: With which a challenge is answered, None if it is not.
        desk: Whose call it is, None if no trunk's.
        target: The request URI of a phone of ours, which `trunk` is the address of; empty for
            numbers.
    """

    number: str
    domain: str
    trunk: tuple[str, int]
    from_number: str
    ring_seconds: float
    own_domain: str = ""
    credentials: Credentials | None = field(default=None, repr=False)
    desk: "TrunkDesk | None" = field(default=None, repr=False)
    target: str = ""


Report = Ringing | EarlyMedia | Answered | MediaChanged | DigitSignalled | Ended


@dataclass(frozen=True, slots=True)
class TrunkStatistics:
    """What a line counted since it was started.

    Attributes:
        foreign: Datagrams and connections from addresses that are no trunk's, dropped unread.
        malformed: Datagrams from trunks that sippy could not read.
        refused: Calls refused by the line itself: too many, too fast, no common media.
        unsent: Datagrams that could not be sent.
        flooded: Messages of trunks' addresses that sent too fast, dropped unread, and connections
            beyond the bound.
        scanners: Datagrams of known scanners, dropped unread, from trunks' addresses too.
        oversized: Datagrams larger than any real message, dropped unread, and connections that
            brought such or nothing that is a message.
        noise: Keep-alives and empty datagrams.
        overloaded: INVITEs dropped because too many transactions were open.
    """

    foreign: int = 0
    malformed: int = 0
    refused: int = 0
    unsent: int = 0
    flooded: int = 0
    scanners: int = 0
    oversized: int = 0
    noise: int = 0
    overloaded: int = 0
