"""A session description taken apart into its media sections, without I/O (RFC 8866)."""

import re
from dataclasses import dataclass, field

from ivr.media.control import Codec
from ivr.sip.line import Direction, LineError
from ivr.sip.sdp_lines import (
    Lines,
    connection_of,
    control_port_of,
    direction_in,
    encodings_of,
    longest_packet_of,
    session_direction,
)

# A-law is taken whenever it is offered: the networks of China are A-law.
CODECS = (Codec.PCMA, Codec.PCMU)
CLOCK_HZ = 8000
# RFC 3551 section 6: static payload types, known even without an rtpmap.
ENCODINGS = {Codec.PCMU: "PCMU", Codec.PCMA: "PCMA"}
PROFILES = ("RTP/AVP", "RTP/AVPF")
# Real offers have one to four sections and 2 kB; the bounds keep a hostile one cheap.
_MAX_SECTIONS = 16
_MAX_CHARACTERS = 16_384

_LINE_END = re.compile(r"\r\n|\n|\r")
_MEDIA = re.compile(
    r"([\w-]{1,32}) (\d{1,5})(?:/\d{1,5})? ([\w/.-]{1,64})((?: [\w.*/-]{1,64}){1,64})"
)
_TIMING = re.compile(r"\d{1,20} \d{1,20}", re.ASCII)


class UnacceptableOffer(LineError):
    """The peer's description holds no audio that we can take part in (SIP 488).

    Attributes:
        warning: Value of Warning that says which part of it is to blame (RFC 3261 section 20.43);
            empty if there is nothing to say.
    """

    def __init__(self, message: str, *, warning: str = "") -> None:
        super().__init__(message)
        self.warning = warning

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the 488."""
        headers = {"accept": "application/sdp"}
        return headers | {"warning": self.warning} if self.warning else headers


@dataclass(frozen=True, slots=True)
class Section:
    """One ``m=`` section.

    Attributes:
        kind: Such as ``audio``.
        port: UDP port, 0 if it is switched off.
        profile: Such as ``RTP/AVP``.
        formats: Payload types, in the order of preference.
        connection: IP address; empty if it is no address, None if there is none.
        direction: What the peer does with it.
        encodings: What each payload type means, as `encodings_of` tells it.
        control_port: UDP port of RTCP, None for the one above.
        longest_packet_ms: The longest packet that the peer takes, None for any.
    """

    kind: str
    port: int
    profile: str
    formats: tuple[str, ...]
    connection: str | None
    direction: Direction
    encodings: dict[str, str] = field(default_factory=dict)
    control_port: int | None = None
    longest_packet_ms: int | None = None

    @property
    def is_usable_audio(self) -> bool:
        """Whether this is plain RTP audio that is switched on."""
        return self.kind == "audio" and 0 < self.port < 65536 and self.profile in PROFILES

    def codecs(self) -> list[Codec]:
        """The codecs of ours that it lists, in its own order; none if it is no usable audio."""
        if not self.is_usable_audio:
            return []
        return [codec for name in self.formats for codec in CODECS if self._means(name, codec)]

    def _means(self, name: str, codec: Codec) -> bool:
        expected = f"{ENCODINGS[codec]}/{CLOCK_HZ}"
        return name == str(codec.value) and self.encodings.get(name, expected) == expected

    def telephone_event(self, *, unmapped: int | None = None) -> int | None:
        """The payload type of telephone events.

        Args:
            unmapped: A payload type that means telephone events even without an rtpmap.
        """
        for name in self.formats:
            if self.encodings.get(name) == f"TELEPHONE-EVENT/{CLOCK_HZ}":
                return int(name)
        return unmapped if str(unmapped) in self.formats else None


def read_sections(text: str) -> tuple[tuple[Section, ...], str]:
    """The media sections of a description, and the value of its ``t=`` line.

    Raises:
        UnacceptableOffer: It is too long, has no media or far too many, or is malformed.
    """
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
        longest_packet_ms=longest_packet_of(attributes),
    )
