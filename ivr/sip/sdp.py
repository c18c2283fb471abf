"""Reading and writing session descriptions: which audio a call has, decided without I/O.

We speak G.711 and RFC 4733 events over plain RTP. A-law is taken whenever it is offered, u-law
otherwise (the networks of China are A-law). RFC 8866 is the grammar, RFC 3264 the manners.
"""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address

from ivr.media.control import Codec
from ivr.sip.line import Direction, LineError, RemoteMedia
from ivr.sip.sdp_lines import (
    Lines,
    connection_of,
    control_port_of,
    direction_in,
    encodings_of,
    session_direction,
)

OWN_TELEPHONE_EVENT = 101  # Dynamic; what nearly everybody uses, so it needs the least mapping.
_PREFERENCE = (Codec.PCMA, Codec.PCMU)
_CLOCK_HZ = 8000
_PTIME_MS = 20
# RFC 3551 section 6: static payload types, known even without an rtpmap.
_ENCODINGS = {Codec.PCMU: "PCMU", Codec.PCMA: "PCMA"}
_PROFILES = ("RTP/AVP", "RTP/AVPF")
# Real offers have one to four sections and 2 kB; the bounds keep a hostile one cheap.
_MAX_SECTIONS = 16
_MAX_CHARACTERS = 16_384

_LINE_END = re.compile(r"\r\n|\n|\r")
_MEDIA = re.compile(
    r"([\w-]{1,32}) (\d{1,5})(?:/\d{1,5})? ([\w/.-]{1,64})((?: [\w.*/-]{1,64}){1,64})"
)
_TIMING = re.compile(r"\d{1,20} \d{1,20}", re.ASCII)

_MIRROR = {
    Direction.SENDRECV: Direction.SENDRECV,
    Direction.SENDONLY: Direction.RECVONLY,
    Direction.RECVONLY: Direction.SENDONLY,
    Direction.INACTIVE: Direction.INACTIVE,
}


class UnacceptableOffer(LineError):
    """The peer's description holds no audio that we can take part in (SIP 488)."""


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
    sections: tuple["Section", ...]
    timing: str


@dataclass(frozen=True, slots=True)
class Section:
    """One ``m=`` section."""

    kind: str
    port: int
    profile: str
    formats: tuple[str, ...]
    connection: str | None
    direction: Direction
    encodings: dict[str, str] = field(default_factory=dict)
    control_port: int | None = None

    @property
    def is_usable_audio(self) -> bool:
        """Whether this is plain RTP audio that is switched on."""
        return self.kind == "audio" and 0 < self.port < 65536 and self.profile in _PROFILES

    def codecs(self) -> list[Codec]:
        """The codecs of ours that it lists, in its own order."""
        return [codec for name in self.formats for codec in _PREFERENCE if self._means(name, codec)]

    def _means(self, name: str, codec: Codec) -> bool:
        expected = f"{_ENCODINGS[codec]}/{_CLOCK_HZ}"
        return name == str(codec.value) and self.encodings.get(name, expected) == expected

    def telephone_event(self, *, unmapped: int | None = None) -> int | None:
        """The payload type of telephone events.

        Args:
            unmapped: A payload type that means telephone events even without an rtpmap.
        """
        for name in self.formats:
            if self.encodings.get(name) == f"TELEPHONE-EVENT/{_CLOCK_HZ}":
                return int(name)
        return unmapped if str(unmapped) in self.formats else None


def read_offer(text: str) -> Offer:
    """The peer's offer.

    Raises:
        UnacceptableOffer: There is no plain RTP audio with A-law or u-law in it.
    """
    sections, timing = _parse(text)
    for index, section in enumerate(sections):
        codecs = section.codecs() if section.is_usable_audio else []
        if codecs:
            codec = next(codec for codec in _PREFERENCE if codec in codecs)
            media = _remote(section, codec, section.telephone_event())
            return Offer(media=media, chosen=index, sections=sections, timing=timing)
    raise UnacceptableOffer("The offer has no plain RTP audio in A-law or u-law.")


def read_answer(text: str, *, telephone_event: int | None = OWN_TELEPHONE_EVENT) -> RemoteMedia:
    """The peer's answer to an offer of ours.

    Args:
        text: The description.
        telephone_event: The payload type that we offered events with.

    Raises:
        UnacceptableOffer: The answer does not choose the audio that was offered.
    """
    sections, _ = _parse(text)
    codecs = sections[0].codecs() if sections[0].is_usable_audio else []
    if not codecs:
        raise UnacceptableOffer("The answer takes none of the codecs that were offered.")
    event = sections[0].telephone_event(unmapped=telephone_event)
    return _remote(sections[0], codecs[0], event)


def write_answer(offer: Offer, local: LocalMedia) -> str:
    """Our answer: the audio we chose, every other section refused with port 0."""
    lines = _session(local, offer.timing)
    for index, section in enumerate(offer.sections):
        if index == offer.chosen:
            lines += _audio(
                local,
                codecs=[offer.media.codec],
                telephone_event=offer.media.telephone_event,
                direction=_MIRROR[offer.media.direction],
                profile=section.profile,
            )
        else:
            formats = " ".join(section.formats)
            lines.append(f"m={section.kind} 0 {section.profile} {formats}")
    return _join(lines)


def write_offer(local: LocalMedia) -> str:
    """Our own offer: A-law, u-law, telephone events, both directions."""
    audio = _audio(
        local,
        codecs=list(_PREFERENCE),
        telephone_event=OWN_TELEPHONE_EVENT,
        direction=Direction.SENDRECV,
        profile=_PROFILES[0],
    )
    return _join(_session(local, "0 0") + audio)


def _parse(text: str) -> tuple[tuple[Section, ...], str]:
    if len(text) > _MAX_CHARACTERS:
        raise UnacceptableOffer("The session description is too long.")
    blocks: list[Lines] = [[]]
    for line in _LINE_END.split(text):
        kind, separator, value = line.partition("=")
        if not separator:
            continue
        if kind == "m":
            blocks.append([])
        blocks[-1].append((kind, value.strip(" \t")))
    if not 1 <= len(blocks) - 1 <= _MAX_SECTIONS:
        raise UnacceptableOffer("The session description has no media, or far too many.")
    session = blocks[0]
    sections = tuple(_section(block, session) for block in blocks[1:])
    timing = next((v for kind, v in session if kind == "t" and _TIMING.fullmatch(v)), "0 0")
    return sections, timing


def _section(block: Lines, session: Lines) -> Section:
    media = _MEDIA.fullmatch(block[0][1]) if block[0][1].isascii() else None
    if media is None:
        raise UnacceptableOffer("A media line of the session description is malformed.")
    attributes = [value for kind, value in block if kind == "a"]
    connection = connection_of(block) or connection_of(session)
    return Section(
        kind=media[1],
        port=int(media[2]),
        profile=media[3],
        formats=tuple(media[4].split()),
        connection=connection,
        direction=direction_in(attributes) or session_direction(session),
        encodings=encodings_of(attributes),
        control_port=control_port_of(attributes, connection),
    )


def _remote(section: Section, codec: Codec, telephone_event: int | None) -> RemoteMedia:
    try:
        address = ip_address(section.connection or "")
    except ValueError:
        # A name would have to be looked up, which takes as long as it takes; trunks send addresses.
        raise UnacceptableOffer("The session description has no usable IP address.") from None
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


def _session(local: LocalMedia, timing: str) -> list[str]:
    family = "IP6" if ":" in local.host else "IP4"
    return [
        "v=0",
        f"o=- {local.session} {local.version} IN {family} {local.host}",
        "s=-",
        f"c=IN {family} {local.host}",
        f"t={timing}",
    ]


def _audio(
    local: LocalMedia,
    *,
    codecs: list[Codec],
    telephone_event: int | None,
    direction: Direction,
    profile: str,
) -> list[str]:
    formats = [str(codec.value) for codec in codecs]
    maps = [f"a=rtpmap:{codec.value} {_ENCODINGS[codec]}/{_CLOCK_HZ}" for codec in codecs]
    if telephone_event is not None:
        formats.append(str(telephone_event))
        maps.append(f"a=rtpmap:{telephone_event} telephone-event/{_CLOCK_HZ}")
        maps.append(f"a=fmtp:{telephone_event} 0-15")
    media = f"m=audio {local.port} {profile} {' '.join(formats)}"
    return [media, *maps, f"a=ptime:{_PTIME_MS}", f"a={direction.value}"]


def _join(lines: list[str]) -> str:
    return "".join(f"{line}\r\n" for line in lines)
