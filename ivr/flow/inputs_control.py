"""What lawyers and supervisors want of a talk, and what becomes of the third parties in it.

Inputs like those of `ivr.flow.inputs`: past tense, no behaviour.
"""

from dataclasses import dataclass

from ivr.flow.parties import Purpose


@dataclass(frozen=True, slots=True)
class HoldRequested:
    """The lawyer wants the caller on hold."""


@dataclass(frozen=True, slots=True)
class ResumeRequested:
    """The lawyer wants the caller back; whoever is being consulted is let go."""


@dataclass(frozen=True, slots=True)
class PartyWanted:
    """The lawyer wants somebody in the call, or a supervisor comes by.

    Attributes:
        party: Id of the party, new.
        purpose: What for.
        lawyer: User id if the party is a duty lawyer.
    """

    party: str
    purpose: Purpose
    lawyer: str | None = None


@dataclass(frozen=True, slots=True)
class PartyAnswered:
    """A party's audio is there."""

    party: str


@dataclass(frozen=True, slots=True)
class PartyLeft:
    """A party was not reached or has hung up; its leg is closed already."""

    party: str


@dataclass(frozen=True, slots=True)
class PartyHeld:
    """A party's telephone has put us on hold, or (`is_holding` False) is back."""

    party: str
    is_holding: bool


@dataclass(frozen=True, slots=True)
class DropRequested:
    """Somebody wants a party out of the call."""

    party: str


@dataclass(frozen=True, slots=True)
class PurposeRequested:
    """A supervisor wants to listen, whisper or barge from now on."""

    party: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class CompleteRequested:
    """The lawyer wants the consulted party to take the caller over."""


@dataclass(frozen=True, slots=True)
class JoinRequested:
    """The lawyer wants the consulted party and the caller in one talk."""


@dataclass(frozen=True, slots=True)
class QueueRequested:
    """The lawyer sends the caller to other lawyers, who know `topic` (None: any of them)."""

    topic: str | None


@dataclass(frozen=True, slots=True)
class DigitsRequested:
    """The lawyer presses keys towards the caller (`party` is None) or a party."""

    party: str | None
    digits: str


@dataclass(frozen=True, slots=True)
class MuteRequested:
    """The lawyer (`party` is None) or a party shall be heard by nobody, or be heard again."""

    muted: bool
    party: str | None = None


@dataclass(frozen=True, slots=True)
class PauseRequested:
    """The lawyer wants the recording to pause (or to go on): what is said now must not be kept."""

    paused: bool
    by: str
    reason: str = ""


ControlInput = (
    HoldRequested
    | ResumeRequested
    | PartyWanted
    | PartyAnswered
    | PartyLeft
    | PartyHeld
    | DropRequested
    | PurposeRequested
    | CompleteRequested
    | JoinRequested
    | QueueRequested
    | DigitsRequested
    | MuteRequested
    | PauseRequested
)
