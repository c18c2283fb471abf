"""What can happen to a call, as the flow sees it: past tense, no behaviour.

The runner turns telephone, media, queue and timer events into these and posts them to the call's
inbox one after the other. An input that means nothing in the present state is ignored. What
lawyers, supervisors and third parties do to a talk is in `inputs_control`.
"""

from dataclasses import dataclass, field

from ivr.flow.busy import Busy
from ivr.flow.expected import Expected
from ivr.flow.inputs_control import ControlInput
from ivr.flow.reasons import EndReason


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A caller's INVITE came in and has not been answered yet.

    Attributes:
        open: Whether the hotline takes calls at this moment (see `ivr.flow.hours.is_open`).
        number_known: Whether the caller sent a number that can be called back.
        tail: The number's last digits; empty where it is not made of digits.
        before: Announcements that are on now, said before anything else: prompt keys.
        after: Those that are said after the recording notice.
    """

    open: bool
    number_known: bool
    tail: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallerKnown:
    """The caller's number is one we know; it may come at any time before the menus, or never.

    Attributes:
        is_straight: To a person without menus: an old caller, one who has an open ticket, or one
            who was cut off a moment ago.
        is_slow: Prompts are better spoken slowly.
        language: What the caller spoke last time; None when not known.
        topic: What the caller is to be asked no more; None means any.
    """

    is_straight: bool = False
    is_slow: bool = False
    language: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """Our answer reached the caller: from now on the caller hears us."""


@dataclass(frozen=True, slots=True)
class PromptFinished:
    """A `Play` came to its end.

    Attributes:
        play: The number that the `Play` carried; an older play's end is ignored.
        interrupted: Stopped by a key or by `StopPlaying` before its end.
    """

    play: int
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """The caller pressed one key: `0`-`9`, `*`, `#` or `A`-`D`."""

    digit: str


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A `StartTimer` ran out; `visit` is the one it carried. An older visit's timer is ignored."""

    visit: int


@dataclass(frozen=True, slots=True)
class Enqueued:
    """The caller got a place in the queue; `position` 1 is served next.

    `busy` says why waiting will be long, where it will.
    """

    position: int
    expected: Expected | None = None
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class PositionChanged:
    """The caller's place in the queue, or the expected wait, is another; 1 is served next."""

    position: int
    expected: Expected | None = None


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """A lawyer took the caller out of the queue; the lawyer's audio may not be there yet.

    Attributes:
        leg: Id of the lawyer's audio leg.
        lawyer: Id of the lawyer's user.
        by_phone: The leg is a telephone that we dial, which takes longer than a browser.
    """

    leg: str
    lawyer: str
    by_phone: bool = False


@dataclass(frozen=True, slots=True)
class LawyerHeard:
    """The present lawyer's audio arrives, for the first time or again after `LawyerLost`."""


@dataclass(frozen=True, slots=True)
class LawyerLost:
    """The present lawyer's audio stopped without a hang-up, for example a reloaded browser page."""


@dataclass(frozen=True, slots=True)
class LawyerHungUp:
    """The present lawyer ended the talk."""


@dataclass(frozen=True, slots=True)
class LawyerUnreached:
    """The telephone of the accepting lawyer was busy, not answered, or no key was pressed."""


@dataclass(frozen=True, slots=True)
class Found:
    """What `LookUp` asked for, as prompts to be said."""

    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordsHeard:
    """What the caller said since `Listen`, or since the words before; personal data."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WordsMissing:
    """Nobody can hear what the caller says: no recogniser, or none for the language."""


@dataclass(frozen=True, slots=True)
class RecordingRefused:
    """The caller told the lawyer that the call must not be recorded; `by` is the lawyer's id."""

    by: str


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    """The caller's line is gone (BYE or CANCEL)."""


@dataclass(frozen=True, slots=True)
class HangUpRequested:
    """A supervisor or the system wants this call ended."""

    reason: EndReason = EndReason.SYSTEM


@dataclass(frozen=True, slots=True)
class EngineFailed:
    """The media engine is gone, and with it all audio of this call."""


@dataclass(frozen=True, slots=True)
class CallbackRegistered:
    """The call back that `RegisterCallback` asked for is written down."""


@dataclass(frozen=True, slots=True)
class CallbackRefused:
    """The call back that `RegisterCallback` asked for was not possible; nothing has changed."""


@dataclass(frozen=True, slots=True)
class CalleeAnswered:
    """The citizen whom we call back picked up."""


@dataclass(frozen=True, slots=True)
class CalleeFailed:
    """The citizen whom we call back was not reached: `busy`, `no_answer`, `unreachable`, ..."""

    reason: str


@dataclass(frozen=True, slots=True)
class LeftQueue:
    """Somebody else took the caller's place out of the queue (a supervisor, the end of duty)."""

    reason: str


Input = (
    CallArrived
    | CallerKnown
    | CallAnswered
    | PromptFinished
    | DigitPressed
    | TimerFired
    | Enqueued
    | PositionChanged
    | OfferAccepted
    | LawyerHeard
    | LawyerLost
    | LawyerHungUp
    | LawyerUnreached
    | ControlInput
    | RecordingRefused
    | Found
    | WordsHeard
    | WordsMissing
    | CallerHungUp
    | HangUpRequested
    | EngineFailed
    | CallbackRegistered
    | CallbackRefused
    | CalleeAnswered
    | CalleeFailed
    | LeftQueue
)
