"""What ivr asks of its media engine; what the engine says to it is in `ivr.media.telling`.

`ivr.media.wire` says how it travels. Legs and recordings are named by their opaque ids; nothing
personal is ever said here.
"""

from dataclasses import dataclass
from enum import IntEnum

Address = tuple[str, int]


class Codec(IntEnum):
    """The two laws of G.711, by their RTP payload type (RFC 3551 section 6)."""

    PCMU = 0
    PCMA = 8


@dataclass(frozen=True, slots=True)
class OpenLeg:
    """Take a port and begin to listen; begin to send as soon as a remote address is known.

    Attributes:
        leg: A new id for it.
        codec: The law spoken both ways.
        telephone_event: The payload type of keys; None if the peer has none.
        remote: Where the peer's SDP wants its audio.
        control_port: Where it wants reports; None for one port above.
        source: The synchronisation source that alone is the peer's; None if any may be.
    """

    leg: str
    codec: Codec
    telephone_event: int | None
    remote: Address | None
    control_port: int | None = None
    source: int | None = None


@dataclass(frozen=True, slots=True)
class UpdateLeg:
    """What a re-INVITE changed; `sending` False means that the peer does not want to hear us."""

    leg: str
    codec: Codec
    telephone_event: int | None
    remote: Address | None
    sending: bool
    control_port: int | None = None


@dataclass(frozen=True, slots=True)
class CloseLeg:
    """Give the port back and forget the leg; recordings go on with silence in its place."""

    leg: str


@dataclass(frozen=True, slots=True)
class Play:
    """Play files one after the other, instead of whatever the leg hears now."""

    leg: str
    play: int
    paths: tuple[str, ...]
    loop: bool
    barge_in: bool


@dataclass(frozen=True, slots=True)
class StopPlaying:
    """End what is being played, if anything is."""

    leg: str


@dataclass(frozen=True, slots=True)
class PlayTone:
    """Play a tone of `tones.Tone`, by its name, instead of whatever the leg hears now."""

    leg: str
    play: int
    tone: str


@dataclass(frozen=True, slots=True)
class SendDigits:
    """Press keys towards the peer, after those that are still being pressed."""

    leg: str
    digits: str


@dataclass(frozen=True, slots=True)
class DetectTones:
    """Listen for keys in a leg's sound, or no more, or (None) as the engine thinks fit."""

    leg: str
    on: bool | None


@dataclass(frozen=True, slots=True)
class SetGains:
    """Change cells of the gain matrix: (from leg, to leg, gain 0..4); 0 removes."""

    gains: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Begin a stereo WAV with the inbound audio of two legs; either may come later."""

    recording: str
    path: str
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True)
class SetRecordingLeg:
    """Say anew which leg each channel of a running recording takes; None means silence.

    Attributes:
        recording: Its id.
        left: The leg on the left channel.
        right: The leg on the right channel.
        beside: Legs that are on the right channel as well.
    """

    recording: str
    left: str | None
    right: str | None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PauseRecording:
    """Write silence on both sides of a recording, or no more; its clock goes on."""

    recording: str
    paused: bool


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Close the file; `RecordingStopped` follows when it is on disk."""

    recording: str


@dataclass(frozen=True, slots=True)
class StartFork:
    """Send every inbound frame of a leg to speech recognition too."""

    leg: str
    stream: int
    recording: str | None


@dataclass(frozen=True, slots=True)
class StopFork:
    """End the fork of a leg, if there is one."""

    leg: str


@dataclass(frozen=True, slots=True)
class ReportQuality:
    """Ask for a leg's `LegQuality`."""

    leg: str


@dataclass(frozen=True, slots=True)
class ReportStatistics:
    """Ask for `EngineStatistics`."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Close every recording properly and exit."""


Command = (
    OpenLeg
    | UpdateLeg
    | CloseLeg
    | Play
    | StopPlaying
    | PlayTone
    | SendDigits
    | DetectTones
    | SetGains
    | StartRecording
    | SetRecordingLeg
    | PauseRecording
    | StopRecording
    | StartFork
    | StopFork
    | ReportQuality
    | ReportStatistics
    | Stop
)
