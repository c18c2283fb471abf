"""The language that ivr and its media engine speak: commands in, answers and events out.

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


# Commands: what ivr asks for.


@dataclass(frozen=True, slots=True)
class OpenLeg:
    """Take a port and begin to listen; begin to send as soon as a remote address is known.

    Attributes:
        leg: A new id for it.
        codec: The law spoken both ways.
        telephone_event: The payload type of keys; None if the peer has none.
        remote: Where the peer's SDP wants its audio.
        control_port: Where it wants reports; None for one port above.
    """

    leg: str
    codec: Codec
    telephone_event: int | None
    remote: Address | None
    control_port: int | None = None


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


# Answers: one for each command.


@dataclass(frozen=True, slots=True)
class EngineStatistics:
    """How the engine is doing.

    Attributes:
        legs: Legs open now.
        recordings: Recordings being written now.
        packets_received: RTP packets taken, since the start.
        packets_sent: RTP packets sent, since the start.
        packets_refused: Datagrams that were not RTP we could use, since the start.
        frames_missing: Frames that a talking leg owed and that were played as silence.
        lateness_p99_ms: 99th percentile of how late the ticks of the last whole 10 s began.
        lateness_max_ms: The latest tick since the start.
        stalls: How often the machine stood still for so long that frames were skipped.
        cpu_seconds: User and system time of the process, since the start.
        resident_bytes: Resident memory.
    """

    legs: int
    recordings: int
    packets_received: int
    packets_sent: int
    packets_refused: int
    frames_missing: int
    lateness_p99_ms: float
    lateness_max_ms: float
    stalls: int
    cpu_seconds: float
    resident_bytes: int


@dataclass(frozen=True, slots=True)
class LegQuality:
    """How well a leg's voice has come in, since it was opened.

    Attributes:
        leg: Which leg.
        received: RTP packets taken.
        lost: RTP packets that never came.
        late: Frames that came when their moment had passed; they were not heard either.
        jitter_ms: Interarrival jitter now (RFC 3550 appendix A.8), in steps of the engine's tick.
        rtt_ms: Round trip to the peer and back; None if the peer sends no RTCP that tells it.
        mos: Estimated mean opinion score, 1 to 4.5 (ITU-T G.107).
    """

    leg: str
    received: int
    lost: int
    late: int
    jitter_ms: float
    rtt_ms: float | None
    mos: float


@dataclass(frozen=True, slots=True)
class Done:
    """The command was carried out; `value` is the local port for `OpenLeg`, else None."""

    value: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The command was not carried out and has left no trace; `error` names a class of errors.py."""

    error: str
    message: str


Answer = Done | Refused | EngineStatistics | LegQuality


# Events: what happened.


@dataclass(frozen=True, slots=True)
class Digit:
    """A key was pressed: one of 0-9 * # A-D; sent when the key goes down (RFC 4733)."""

    leg: str
    digit: str


@dataclass(frozen=True, slots=True)
class PromptFinished:
    """A play came to its end, or (`interrupted`) was ended by a key, a stop or a newer play."""

    leg: str
    play: int
    interrupted: bool


@dataclass(frozen=True, slots=True)
class LegSilent:
    """No RTP has come for `seconds`, the engine's time limit; said once in each silence."""

    leg: str
    seconds: float


@dataclass(frozen=True, slots=True)
class LegHeard:
    """The first RTP of a leg has come, or RTP has come again after `LegSilent`."""

    leg: str


@dataclass(frozen=True, slots=True)
class RecordingStopped:
    """A recording's file is closed.

    Attributes:
        recording: Its id.
        seconds: How much was recorded.
        error: None, or why it ended by itself and what may be missing.
    """

    recording: str
    seconds: float
    error: str | None


@dataclass(frozen=True, slots=True)
class EngineDied:
    """The engine's process ended without being asked to; made by the client, never sent."""

    process_id: int
    exit_code: int | None


MediaEvent = Digit | PromptFinished | LegSilent | LegHeard | RecordingStopped | EngineDied

Message = Command | Answer | MediaEvent
