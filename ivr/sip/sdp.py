"""Reading and writing session descriptions: which audio a call has, decided without I/O.

We speak G.711 and RFC 4733 events over plain RTP and IPv4. A-law is taken whenever it is offered,
u-law otherwise. RFC 8866 is the grammar, RFC 3264 the manners.
"""

from dataclasses import dataclass
from ipaddress import ip_address

from ivr.media.control import Codec
from ivr.sip.line import Direction, RemoteMedia
from ivr.sip.sdp_sections import (
    CLOCK_HZ,
    CODECS,
    ENCODINGS,
    PROFILES,
    Section,
    UnacceptableOffer,
    read_sections,
)

OWN_TELEPHONE_EVENT = 101  # Dynamic; what nearly everybody uses, so it needs the least mapping.
# What the media engine sends, and the only length that it can send; it hears any.
_PACKET_MS = 20
# RFC 3261 section 20.43: code, who says so, and words for people.
_NO_COMMON_CODEC = '305 hotline "Incompatible media format: PCMA or PCMU over plain RTP"'
_NO_IPV4 = '301 hotline "Incompatible network address format: IPv4 only"'
_PACKETS_TOO_SHORT = f'306 hotline "Attribute not understood: maxptime below {_PACKET_MS}"'

_MIRROR = {
    Direction.SENDRECV: Direction.SENDRECV,
    Direction.SENDONLY: Direction.RECVONLY,
    Direction.RECVONLY: Direction.SENDONLY,
    Direction.INACTIVE: Direction.INACTIVE,
}


@dataclass(frozen=True, slots=True)
class LocalMedia:
    """Our side of a session description.

    Attributes:
        host: IP address of our audio.
        port: UDP port of our audio.
        session: Number of the session, the same for the whole call.
        version: Grows with each description that differs from the last (RFC 3264 section 8).
    """

    host: str
    port: int
    session: int
    version: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A session that was offered, understood and found acceptable.

    Attributes:
        media: What the peer gets if we accept.
        chosen: Which of `sections` is the audio we take.
        sections: Every media section as offered; the answer has the same ones in the same order.
        timing: The ``t=`` line's value, which an answer repeats (RFC 3264 section 6).
    """

    media: RemoteMedia
    chosen: int
    sections: tuple[Section, ...]
    timing: str

    @property
    def own_telephone_event(self) -> int | None:
        """The payload type that an offer of ours in the same call has for telephone events.

        What a number means stays the same for the whole call (RFC 3264 section 8.3.2): None if
        they have none yet and the number that is ours means something else.
        """
        if self.media.telephone_event is not None:
            return self.media.telephone_event
        is_free = str(OWN_TELEPHONE_EVENT) not in self.sections[self.chosen].encodings
        return OWN_TELEPHONE_EVENT if is_free else None


def read_offer(text: str) -> Offer:
    """The peer's offer.

    Raises:
        UnacceptableOffer: There is no plain RTP audio with A-law or u-law in it, to an IPv4
            address and in packets as long as ours.
    """
    sections, timing = read_sections(text)
    refusal = UnacceptableOffer(
        "The offer has no plain RTP audio in A-law or u-law.", warning=_NO_COMMON_CODEC
    )
    for index, section in enumerate(sections):
        codecs = section.codecs()
        if not codecs:
            continue
        codec = next(codec for codec in CODECS if codec in codecs)
        try:
            _check_packets(section)
            media = _remote(section, codec, section.telephone_event())
        except UnacceptableOffer as error:
            # The same audio may be offered once more, in a way that we can do.
            refusal = error
            continue
        return Offer(media=media, chosen=index, sections=sections, timing=timing)
    raise refusal


def read_answer(text: str, *, after: Offer | None = None) -> RemoteMedia:
    """The peer's answer to an offer of ours.

    Args:
        text: The description.
        after: The session that the offer took up, as for `write_offer`.

    Raises:
        UnacceptableOffer: The answer does not choose the audio that was offered.
    """
    sections, _ = read_sections(text)
    place = after.chosen if after else 0
    codecs = sections[place].codecs() if place < len(sections) else []
    if not codecs:
        raise UnacceptableOffer("The answer takes none of the codecs that were offered.")
    offered_event = after.own_telephone_event if after else OWN_TELEPHONE_EVENT
    event = sections[place].telephone_event(unmapped=offered_event)
    return _remote(sections[place], codecs[0], event)


def write_answer(offer: Offer, local: LocalMedia) -> str:
    """Our answer: the audio we chose, every other section refused with port 0."""
    audio = _audio(
        local,
        codecs=[offer.media.codec],
        telephone_event=offer.media.telephone_event,
        direction=_MIRROR[offer.media.direction],
        profile=offer.sections[offer.chosen].profile,
    )
    return _write(local, audio, beside=offer)


def write_offer(local: LocalMedia, *, after: Offer | None = None) -> str:
    """Our own offer: A-law, u-law, telephone events, both directions.

    Args:
        local: Our side.
        after: The session of the call that it takes up, None at its beginning. It has the same
            sections in the same order (RFC 3264 section 8), those that are refused with port 0.
    """
    audio = _audio(
        local,
        codecs=list(CODECS),
        telephone_event=after.own_telephone_event if after else OWN_TELEPHONE_EVENT,
        direction=Direction.SENDRECV,
        profile=after.sections[after.chosen].profile if after else PROFILES[0],
    )
    return _write(local, audio, beside=after)


def _check_packets(section: Section) -> None:
    longest_ms = section.longest_packet_ms
    if longest_ms is not None and longest_ms < _PACKET_MS:
        raise UnacceptableOffer(
            f"The peer takes no packets as long as {_PACKET_MS} ms.", warning=_PACKETS_TOO_SHORT
        )


def _remote(section: Section, codec: Codec, telephone_event: int | None) -> RemoteMedia:
    try:
        address = ip_address(section.connection or "")
    except ValueError:
        # A name would have to be looked up, which takes as long as it takes; trunks send addresses.
        raise UnacceptableOffer("The session description has no usable IP address.") from None
    if address.version != 4:
        raise UnacceptableOffer(
            "The session description asks for audio over IPv6.", warning=_NO_IPV4
        )
    if address.is_multicast:
        raise UnacceptableOffer("The session description asks for multicast.")
    direction = section.direction
    if address.is_unspecified:
        # RFC 2543 said "hold" with this address, and RFC 3264 section 8.4 keeps the meaning.
        direction = Direction.SENDONLY if direction is Direction.SENDRECV else direction
        direction = Direction.INACTIVE if direction is Direction.RECVONLY else direction
    return RemoteMedia(
        host=str(address),
        port=section.port,
        codec=codec,
        telephone_event=telephone_event,
        direction=direction,
        control_port=section.control_port,
    )


def _write(local: LocalMedia, audio: list[str], *, beside: Offer | None) -> str:
    """The description with our audio, in its place among the sections of a session."""
    family = "IP6" if ":" in local.host else "IP4"
    lines = [
        "v=0",
        f"o=- {local.session} {local.version} IN {family} {local.host}",
        "s=-",
        f"c=IN {family} {local.host}",
        f"t={beside.timing if beside else '0 0'}",
    ]
    if beside is None:
        return _join(lines + audio)
    for index, section in enumerate(beside.sections):
        refused = f"m={section.kind} 0 {section.profile} {' '.join(section.formats)}"
        lines += audio if index == beside.chosen else [refused]
    return _join(lines)


def _audio(
    local: LocalMedia,
    *,
    codecs: list[Codec],
    telephone_event: int | None,
    direction: Direction,
    profile: str,
) -> list[str]:
    formats = [str(codec.value) for codec in codecs]
    maps = [f"a=rtpmap:{codec.value} {ENCODINGS[codec]}/{CLOCK_HZ}" for codec in codecs]
    if telephone_event is not None:
        formats.append(str(telephone_event))
        maps.append(f"a=rtpmap:{telephone_event} telephone-event/{CLOCK_HZ}")
        maps.append(f"a=fmtp:{telephone_event} 0-15")
    media = f"m=audio {local.port} {profile} {' '.join(formats)}"
    return [media, *maps, f"a=ptime:{_PACKET_MS}", f"a={direction.value}"]


def _join(lines: list[str]) -> str:
    return "".join(f"{line}\r\n" for line in lines)
