"""What the runner shall do, in the order given: imperative, no behaviour.

The runner carries out the actions of one step in their order and never asks the flow back. Each
deed must be idempotent where a comment says so, because the flow undoes what it began without
knowing how far the runner got. What a lawyer's or a supervisor's control of a talk takes is in
`actions_control`.
"""

from dataclasses import dataclass, field

from ivr.flow.actions_control import ControlAction
from ivr.flow.questions import Question
from ivr.flow.reasons import EndReason


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the caller's INVITE; then `CallAnswered`."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuse the caller's INVITE, which has not been answered, with a SIP status code."""

    status: int


@dataclass(frozen=True, slots=True)
class Play:
    """Play prompts to the caller one after the other; replaces what is playing.

    Attributes:
        play: Number that `PromptFinished` shall carry.
        prompts: Keys of the prompt catalogue; `key@language` overrides `language` for one prompt.
            `ivr.catalogue.PromptCatalogue.path` understands both.
        language: Language of the prompts.
        loop: Start again at the end; then there is no `PromptFinished` unless interrupted.
        barge_in: A key stops the playing.
        slow: Spoken more slowly, where there is a slow recording.
    """

    play: int
    prompts: tuple[str, ...]
    language: str
    loop: bool = False
    barge_in: bool = False
    slow: bool = False


@dataclass(frozen=True, slots=True)
class StopPlaying:
    """Stop what the caller hears, if anything; not an error when nothing plays."""


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Post `TimerFired(visit)` after `seconds`; earlier timers of the call may be dropped."""

    visit: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Write down the language the caller chose."""

    language: str


@dataclass(frozen=True, slots=True)
class SetTopic:
    """Write down the topic the caller chose; None means any."""

    topic: str | None


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Give the caller a place in the queue; then `Enqueued`.

    Idempotent: a caller who has a place keeps it. Asked again when it was not confirmed in time.

    Attributes:
        language: Language the lawyer must speak.
        topic: Topic the lawyer must know; None means any.
        at_head: In the old place and before nearly all others, because a talk was cut off.
        is_emergency: The caller pressed the emergency key.
        is_elderly: The caller pressed the key for those of 60 and more.
    """

    language: str
    topic: str | None
    at_head: bool = False
    is_emergency: bool = False
    is_elderly: bool = False


@dataclass(frozen=True, slots=True)
class HurryPlace:
    """Serve the caller's place as an emergency. Idempotent; nothing for a caller without one."""


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """Give up the place in the queue.

    Idempotent, and touches only a place that still waits on the line: a place that a lawyer or a
    call back has taken over stays as it is. No `LeftQueue` is posted for it.
    """

    reason: EndReason


@dataclass(frozen=True, slots=True)
class RegisterCallback:
    """Write down a call back; then `CallbackRegistered`.

    If the caller has a place in the queue, the call back takes it over in the same transaction, so
    nobody is overtaken. When it cannot be done (a lawyer accepted first, the number cannot be
    dialled): `CallbackRefused`, and the place stays.

    Attributes:
        language: Language the lawyer must speak.
        topic: Topic the lawyer must know; None means any.
        number: The number the caller typed; None for the one the caller calls from.
        with_message: The caller is about to leave a message.
    """

    language: str
    topic: str | None
    number: str | None = None
    with_message: bool = False


@dataclass(frozen=True, slots=True)
class KeepCaller:
    """Write down a call back for a caller whom our own end cuts off; no input follows.

    A place in the queue goes over to the call back; without one its place is that of the call's
    beginning.
    """

    language: str
    topic: str | None


@dataclass(frozen=True, slots=True)
class Bridge:
    """Connect caller and present lawyer, both ways.

    A running recording gets this lawyer's leg as its right side.
    """


@dataclass(frozen=True, slots=True)
class Unbridge:
    """Take caller and lawyer apart; both legs stay, a running recording goes on."""


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Begin the call's recording (left caller, right lawyer); at most one for each call.

    Attributes:
        is_message: The caller speaks to nobody: it is the message of the call back just booked.
    """

    is_message: bool = False


@dataclass(frozen=True, slots=True)
class StopRecording:
    """End the call's recording."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Find out what the caller asks for; then `Found`, in any case.

    Attributes:
        question: What about.
        typed: What was typed for it, in its order; personal data.
        language: Of the answer.
    """

    question: Question
    typed: tuple[str, ...] = field(repr=False)
    language: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Have a recogniser hear the caller; then `WordsHeard` each time, or `WordsMissing`.

    What it hears is told and not kept.
    """

    language: str


@dataclass(frozen=True, slots=True)
class StopListening:
    """What the caller says from here on is heard by nobody. Idempotent."""


@dataclass(frozen=True, slots=True)
class RefuseRecording:
    """Write down that the caller does not want to be recorded, and delete what has been kept.

    Comes after `StopRecording` where a recording runs. Idempotent.

    Attributes:
        by: User id of the lawyer who was told so; None for the caller's own key.
    """

    by: str | None


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open the consultation ticket for the present lawyer; at most one for each call.

    After a talk was cut off the next lawyer takes over the ticket of the first: the action comes
    with each lawyer, so the runner opens a ticket or hands the open one over.
    """


@dataclass(frozen=True, slots=True)
class StoreRating:
    """Write down the caller's rating: 1 (very satisfied) to 4 (not satisfied)."""

    rating: int


@dataclass(frozen=True, slots=True)
class ReleaseLawyer:
    """End the present lawyer's leg and let the lawyer go to wrap-up (or back to idle).

    Idempotent. Comes whenever the talk ends by anything but the lawyer's own hang-up.
    """

    reason: EndReason


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the caller's leg (BYE). The last action of a call that the caller did not end."""

    reason: EndReason


Action = (
    Answer
    | Reject
    | Play
    | StopPlaying
    | StartTimer
    | SetLanguage
    | SetTopic
    | Enqueue
    | HurryPlace
    | LeaveQueue
    | RegisterCallback
    | KeepCaller
    | Bridge
    | Unbridge
    | StartRecording
    | StopRecording
    | LookUp
    | Listen
    | StopListening
    | RefuseRecording
    | OpenTicket
    | StoreRating
    | ReleaseLawyer
    | ControlAction
    | HangUp
)
