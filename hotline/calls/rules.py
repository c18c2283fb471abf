"""What may be done to a call that goes on, and by whom. Pure.

| | the call's lawyer | a second lawyer | supervisor |
|---|---|---|---|
| hold, mute, transfer, third parties, keys, recording | yes | leave | - |
| listen, whisper, barge | - | - | yes |
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hotline.errors import Conflict, InvalidInput

# The engine mixes up to eight legs: caller, lawyer and these.
MOST_PARTIES = 6

# A page of a colleague rings as long as a telephone would.
INVITATION_SECONDS = 25.0

MOST_DIGITS = 32
_DIGITS = frozenset("0123456789*#ABCD")

# E.164 allows 15 digits; 2 are the shortest numbers there are.
_SHORTEST_NUMBER, _LONGEST_NUMBER = 2, 16


class Purpose(StrEnum):
    """What somebody is in a call for."""

    CONSULT = "consult"
    JOIN = "join"
    TRANSFER = "transfer"
    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


SUPERVISION = frozenset({Purpose.LISTEN, Purpose.WHISPER, Purpose.BARGE})


class Control(StrEnum):
    """What can be asked of a call; the `action` of CALL_CONTROL_REQUESTED."""

    HOLD = "hold"
    RESUME = "resume"
    REACH = "reach"
    """A new party: `party_id` names its row."""
    ANSWERED = "answered"
    """A colleague took the invitation of `party_id`."""
    REFUSED = "refused"
    """A colleague did not."""
    DROP = "drop"
    COMPLETE = "complete"
    JOIN = "join"
    QUEUE = "queue"
    PURPOSE = "purpose"
    DIGITS = "digits"
    MUTE = "mute"
    """Nobody hears the lawyer, or `party_id`; until `UNMUTE` or the next talk."""
    UNMUTE = "unmute"
    PAUSE_RECORDING = "pause_recording"
    RESUME_RECORDING = "resume_recording"
    REFUSE_RECORDING = "refuse_recording"
    """The caller told the lawyer; the refusal is written down already."""


class PauseReason(StrEnum):
    """Why a stretch of the talk must not be kept."""

    IDENTITY = "identity"
    PAYMENT = "payment"
    ON_REQUEST = "on_request"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PartyState:
    """A party that is in the call or being reached for it."""

    id: str
    purpose: Purpose
    is_talking: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """What the rules need to know of a call.

    Attributes:
        state: As in hotline.tables.Call.
        parties: Those who are not closed.
        is_recording: A recording runs.
        is_paused: It holds silence for now.
    """

    state: str
    parties: tuple[PartyState, ...] = ()
    is_recording: bool = False
    is_paused: bool = False

    def has(self, *purposes: Purpose) -> bool:
        """Whether somebody is there for one of these purposes."""
        return any(party.purpose in purposes for party in self.parties)


def check_control(talk: Talk, control: Control) -> None:
    """Whether the call's lawyer may ask for this now.

    Raises:
        Conflict: The call is in a state that does not allow it; the sentence says what would.
    """
    allowed, sentence = _STATES[control]
    if talk.state not in allowed:
        raise Conflict(sentence)
    if control in (Control.COMPLETE, Control.JOIN) and not talk.has(Purpose.CONSULT):
        raise Conflict("Nobody is being consulted; consult somebody first.")
    if control is Control.PAUSE_RECORDING and (talk.is_paused or not talk.is_recording):
        raise Conflict("No recording runs that could be paused.")
    if control is Control.RESUME_RECORDING and not talk.is_paused:
        raise Conflict("The recording is not paused.")


_TALK = frozenset({"talking", "on_hold"})
_LINE = frozenset({"talking", "on_hold", "transferred", "held"})
_STATES: dict[Control, tuple[frozenset[str], str]] = {
    Control.HOLD: (frozenset({"talking"}), "Only a caller you talk with can be put on hold."),
    Control.RESUME: (frozenset({"on_hold"}), "The caller is not on hold."),
    Control.REACH: (_TALK, "Somebody can be called in only while you talk with the caller."),
    Control.COMPLETE: (frozenset({"on_hold"}), "Nobody is being consulted."),
    Control.JOIN: (frozenset({"on_hold"}), "Nobody is being consulted."),
    Control.QUEUE: (_TALK, "Only a caller you talk with can be sent to other lawyers."),
    Control.DIGITS: (_LINE, "Keys can be pressed only in a talk."),
    Control.MUTE: (_TALK, "Somebody can be muted only in a talk."),
    Control.UNMUTE: (_TALK, "Nobody is muted outside of a talk."),
    Control.PAUSE_RECORDING: (_LINE, "No recording runs that could be paused."),
    Control.RESUME_RECORDING: (_LINE, "No recording runs that could go on."),
    Control.DROP: (_LINE | {"transferring"}, "There is no talk to leave."),
}


def check_reach(talk: Talk, purpose: Purpose) -> None:
    """Whether somebody more may be called into this talk.

    Raises:
        Conflict: The call is in a state that does not allow it.
    """
    if purpose in SUPERVISION:
        if talk.state not in _LINE | {"transferring"} or talk.state == "transferred":
            raise Conflict("Only a talk between a caller and a lawyer can be listened to.")
    else:
        check_control(talk, Control.REACH)
    if len(talk.parties) >= MOST_PARTIES:
        raise Conflict(f"There are {MOST_PARTIES} others in this call already.")
    single = (Purpose.CONSULT, Purpose.TRANSFER)
    if purpose in single and talk.has(*single):
        raise Conflict("Somebody is being consulted already; complete, return or join first.")


def checked_digits(digits: str) -> str:
    """Keys that can be sent.

    Raises:
        InvalidInput: They are none, too many, or no keys.
    """
    if not 0 < len(digits) <= MOST_DIGITS or not set(digits) <= _DIGITS:
        raise InvalidInput(f"Send 1 to {MOST_DIGITS} of 0-9, *, #, A-D.")
    return digits


def checked_number(number: str) -> str:
    """A number that can be dialled: digits only, a leading + becomes 00.

    Raises:
        InvalidInput: It is no telephone number.
    """
    compact = "".join(each for each in number if each not in " -().")
    digits = compact.removeprefix("+")
    is_number = digits.isascii() and digits.isdigit()
    if not is_number or not _SHORTEST_NUMBER <= len(digits) <= _LONGEST_NUMBER:
        raise InvalidInput("A number has 2 to 16 digits.")
    return f"00{digits}" if compact.startswith("+") else digits


def is_own_number(number: str, own: Iterable[str]) -> bool:
    """Whether dialling the number would come back to this hotline."""
    return number in {each for each in own if each}
