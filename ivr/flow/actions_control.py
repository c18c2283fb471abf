"""What the runner shall do when a lawyer or a supervisor takes a talk in hand.

Actions like those of `ivr.flow.actions`: imperative, no behaviour.
"""

from dataclasses import dataclass

from ivr.flow.parties import Party
from ivr.flow.reasons import EndReason


@dataclass(frozen=True, slots=True)
class Mix:
    """Let everybody hear whom they shall hear now (`ivr.flow.mixing.hearing`)."""


@dataclass(frozen=True, slots=True)
class ReachParty:
    """Dial a third party, ring at a colleague's page, or open a supervisor's audio.

    `PartyAnswered` or `PartyLeft` follows in any case.
    """

    party: Party


@dataclass(frozen=True, slots=True)
class DropParty:
    """Stop reaching a party, or end its leg; no input follows. Idempotent."""

    party: Party
    reason: EndReason


@dataclass(frozen=True, slots=True)
class ChangeParty:
    """Write down that a party has another purpose now."""

    party: Party


@dataclass(frozen=True, slots=True)
class HandOver:
    """The party, a duty lawyer, is the call's lawyer from now on.

    The lawyer before, if any is left, is free at once: the ticket goes along with the call.
    """

    party: Party


@dataclass(frozen=True, slots=True)
class SignalLawyer:
    """Let the present lawyer hear a tone (`ringback` or `busy`); None ends it."""

    tone: str | None


@dataclass(frozen=True, slots=True)
class SendDigits:
    """Press keys towards the caller (`party` is None) or a party."""

    party: Party | None
    digits: str


@dataclass(frozen=True, slots=True)
class PauseRecording:
    """Write silence for the recording of both sides, or (`paused` False) their voices again."""

    paused: bool
    by: str
    reason: str


ControlAction = (
    Mix
    | ReachParty
    | DropParty
    | ChangeParty
    | HandOver
    | SignalLawyer
    | SendDigits
    | PauseRecording
)
