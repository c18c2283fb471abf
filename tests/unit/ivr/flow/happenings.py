"""What may happen to a call: few inputs, and among them one of each kind that is told apart."""

from collections.abc import Callable

from ivr.flow.inputs import (
    CallAnswered,
    CallArrived,
    CallbackRefused,
    CallbackRegistered,
    CalleeAnswered,
    CalleeFailed,
    CallerHungUp,
    CallerKnown,
    DigitPressed,
    EngineFailed,
    Enqueued,
    Found,
    HangUpRequested,
    Input,
    LawyerHeard,
    LawyerHungUp,
    LawyerLost,
    LawyerUnreached,
    LeftQueue,
    OfferAccepted,
    PositionChanged,
    PromptFinished,
    RecordingRefused,
    TimerFired,
    WordsHeard,
    WordsMissing,
)
from ivr.flow.inputs_control import (
    CompleteRequested,
    DigitsRequested,
    DropRequested,
    HoldRequested,
    JoinRequested,
    MuteRequested,
    PartyAnswered,
    PartyHeld,
    PartyLeft,
    PartyWanted,
    PauseRequested,
    PurposeRequested,
    QueueRequested,
    ResumeRequested,
)
from ivr.flow.parties import Purpose
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext

Happening = Callable[[CallContext], Input]
"""An input that may depend on the present wait or play."""

KEYS = "01239*#"
"""One of each kind: person, call back and choice, another number, choice, unknown, repeat, end."""


def happenings() -> list[Happening]:
    """One input of each kind that a handler could tell apart."""
    fixed: list[Input] = [
        *(CallArrived(open=o, number_known=n) for o in (True, False) for n in (True, False)),
        CallAnswered(),
        *map(DigitPressed, KEYS),
        *map(Enqueued, (1, 2)),
        *map(PositionChanged, (1, 2)),
        OfferAccepted("leg_2", "user_2"),
        LawyerHeard(),
        LawyerLost(),
        LawyerHungUp(),
        LawyerUnreached(),
        CallerHungUp(),
        HangUpRequested(EndReason.SUPERVISOR),
        HangUpRequested(EndReason.CALLER_LOST),
        EngineFailed(),
        CallbackRegistered(),
        CallbackRefused(),
        CalleeAnswered(),
        CalleeFailed("busy"),
        LeftQueue("end_of_duty"),
    ]
    return [
        *map(always, fixed),
        lambda call: TimerFired(call.visit),
        lambda call: TimerFired(call.visit - 1),
        lambda call: PromptFinished(call.play),
        lambda call: PromptFinished(call.play, interrupted=True),
        lambda call: PromptFinished(call.play - 1),
    ]


def controls() -> list[Happening]:
    """What lawyers, colleagues, third parties and a supervisor can do to a talk."""
    fixed: list[Input] = [
        HoldRequested(),
        ResumeRequested(),
        CompleteRequested(),
        JoinRequested(),
        QueueRequested("family"),
        *(PauseRequested(paused=paused, by="user_1") for paused in (True, False)),
        *(MuteRequested(muted, who) for muted in (True, False) for who in (None, "third", "boss")),
        *(
            PartyWanted("third", purpose, lawyer)
            for purpose in (Purpose.CONSULT, Purpose.JOIN, Purpose.TRANSFER)
            for lawyer in (None, "user_3")
        ),
        PartyWanted("boss", Purpose.LISTEN),
        *(PurposeRequested("boss", purpose) for purpose in (Purpose.WHISPER, Purpose.BARGE)),
        *(
            kind(party)
            for kind in (PartyAnswered, PartyLeft, DropRequested)
            for party in ("third", "boss")
        ),
        DigitsRequested(None, "1"),
        DigitsRequested("third", "1"),
    ]
    return [always(event) for event in fixed]


def always(event: Input) -> Happening:
    """An input that is the same in every state."""
    return lambda _call: event


def holds() -> list[Happening]:
    """As few inputs as lead telephones that hold us into every state of a talk."""
    fixed: list[Input] = [
        *(PartyHeld("third", is_holding=is_holding) for is_holding in (True, False)),
        *(
            PartyWanted("third", purpose)
            for purpose in (Purpose.CONSULT, Purpose.JOIN, Purpose.TRANSFER)
        ),
        *(kind("third") for kind in (PartyAnswered, PartyLeft, DropRequested)),
        MuteRequested(True, "third"),
        HoldRequested(),
        ResumeRequested(),
        CompleteRequested(),
        JoinRequested(),
        LawyerLost(),
        LawyerHungUp(),
        CallerHungUp(),
        EngineFailed(),
    ]
    return [
        *map(always, fixed),
        lambda call: TimerFired(call.visit),
        lambda call: PromptFinished(call.play),
    ]


def asides() -> list[Input]:
    """What may come at any time, and is followed no further: it would double every context."""
    return [RecordingRefused("user_1"), CallerKnown(is_slow=True, language="en")]


def rights_happenings() -> list[Happening]:
    """As few inputs as lead callers who use their rights into every state."""
    fixed: list[Input] = [
        CallArrived(open=True, number_known=True),
        CallAnswered(),
        CallerKnown(is_straight=True, language="en", topic="labour"),
        *map(DigitPressed, "679"),
        Enqueued(1),
        OfferAccepted("leg_2", "user_2"),
        LawyerHeard(),
        LawyerHungUp(),
        RecordingRefused("user_1"),
        CalleeAnswered(),
        QueueRequested("family"),
        PartyWanted("third", Purpose.CONSULT, "user_3"),
        PartyAnswered("third"),
        CompleteRequested(),
    ]
    return [
        *map(always, fixed),
        lambda call: TimerFired(call.visit),
        lambda call: PromptFinished(call.play),
    ]


def info_happenings() -> list[Happening]:
    """What leads through information by phone; digits of numbers are all alike."""
    fixed: list[Input] = [
        *(CallArrived(open=is_open, number_known=True) for is_open in (True, False)),
        CallAnswered(),
        *map(DigitPressed, "0123489*#"),
        Found(("answer",)),
        Found(()),
        RecordingRefused("user_1"),
        HangUpRequested(EndReason.SUPERVISOR),
        EngineFailed(),
        CallerHungUp(),
    ]
    return [
        *map(always, fixed),
        lambda call: TimerFired(call.visit),
        lambda call: PromptFinished(call.play),
    ]


def spoken_happenings() -> list[Happening]:
    """What leads to the question that is asked aloud, and out of it."""
    fixed: list[Input] = [
        CallArrived(open=True, number_known=True),
        CallAnswered(),
        *map(DigitPressed, "01278*"),
        *map(WordsHeard, ("工资", "嗯", "我不想活了")),
        WordsMissing(),
        RecordingRefused("user_1"),
        CallerHungUp(),
        HangUpRequested(EndReason.SUPERVISOR),
        EngineFailed(),
    ]
    return [
        *map(always, fixed),
        lambda call: TimerFired(call.visit),
        lambda call: PromptFinished(call.play),
    ]


def message_happenings() -> list[Happening]:
    """What leads callers in the queue to a message, and out of it."""
    fixed: list[Input] = [
        *map(DigitPressed, "257"),
        CallbackRegistered(),
        RecordingRefused("user_1"),
        CallerHungUp(),
        HangUpRequested(EndReason.SUPERVISOR),
        EngineFailed(),
    ]
    return [
        *map(always, fixed),
        lambda call: TimerFired(call.visit),
        lambda call: PromptFinished(call.play),
    ]
