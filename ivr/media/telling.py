"""What the media engine says to ivr: answers to what `ivr.media.control` asks, and events."""

from dataclasses import dataclass

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
    """No RTP has come for `seconds`, the engine's time limit, since the last of it or `UpdateLeg`.

    Said once in each silence, and again where it goes on for so long after an update.
    """

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
