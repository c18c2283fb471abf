"""Calls as text tables: what happens, where the call is then, what is done about it.

    arrives                 | answering     | answer
    answered                | notice        | play recording_notice@zh; wait 60

A blank line or a line that begins with # is skipped; a line that begins with | goes on with what is
done. `silence` fires the timer of the present wait, `prompt ends` ends the present play.
"""

from collections.abc import Callable

from ivr.flow.actions import (
    Action,
    Answer,
    Bridge,
    Enqueue,
    HangUp,
    HurryPlace,
    KeepCaller,
    LeaveQueue,
    Listen,
    LookUp,
    OpenTicket,
    Play,
    RefuseRecording,
    RegisterCallback,
    Reject,
    ReleaseLawyer,
    SetLanguage,
    SetTopic,
    StartRecording,
    StartTimer,
    StopListening,
    StopPlaying,
    StopRecording,
    StoreRating,
    Unbridge,
)
from ivr.flow.actions_control import (
    ChangeParty,
    DropParty,
    HandOver,
    Mix,
    PauseRecording,
    ReachParty,
    SendDigits,
    SignalLawyer,
)
from ivr.flow.definition import FlowDefinition
from ivr.flow.expected import Expected
from ivr.flow.flow import step
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


def place_of(text: str) -> tuple[int, Expected | None]:
    """`2`, `2/3_5`, or `2/over_20!` for a wait that is long."""
    position, _, wait = text.partition("/")
    if not wait:
        return int(position), None
    expected = Expected(
        wait.rstrip("!*") or None, is_long="!" in wait, may_leave_message="*" in wait
    )
    return int(position), expected


_PLAIN: dict[str, Input] = {
    "arrives from 1234": CallArrived(open=True, number_known=True, tail="1234"),
    "arrives closed from 1234": CallArrived(open=False, number_known=True, tail="1234"),
    "arrives": CallArrived(open=True, number_known=True),
    "arrives anonymous": CallArrived(open=True, number_known=False),
    "arrives closed": CallArrived(open=False, number_known=True),
    "arrives closed anonymous": CallArrived(open=False, number_known=False),
    "answered": CallAnswered(),
    "elderly caller known": CallerKnown(is_straight=True, is_slow=True),
    "returning caller known": CallerKnown(is_straight=True, language="en", topic="family"),
    "English caller known": CallerKnown(language="en"),
    "Klingon caller known": CallerKnown(language="tlh"),
    "nobody listens": WordsMissing(),
    "refusal told": RecordingRefused(by="user_1"),
    "accepted": OfferAccepted(leg="leg_1", lawyer="user_1"),
    "accepted by phone": OfferAccepted(leg="leg_1", lawyer="user_1", by_phone=True),
    "lawyer unreached": LawyerUnreached(),
    "hold": HoldRequested(),
    "resume": ResumeRequested(),
    "complete": CompleteRequested(),
    "join": JoinRequested(),
    "mute": MuteRequested(True),
    "unmute": MuteRequested(False),
    "pause": PauseRequested(paused=True, by="user_1", reason="identity"),
    "unpause": PauseRequested(paused=False, by="user_1"),
    "accepted by another": OfferAccepted(leg="leg_2", lawyer="user_2"),
    "lawyer heard": LawyerHeard(),
    "lawyer lost": LawyerLost(),
    "lawyer hangs up": LawyerHungUp(),
    "caller hangs up": CallerHungUp(),
    "supervisor ends": HangUpRequested(EndReason.SUPERVISOR),
    "system ends": HangUpRequested(EndReason.SYSTEM),
    "caller falls silent": HangUpRequested(EndReason.CALLER_LOST),
    "engine fails": EngineFailed(),
    "callback registered": CallbackRegistered(),
    "callback refused": CallbackRefused(),
    "callee answers": CalleeAnswered(),
    "place taken away": LeftQueue("end_of_duty"),
}

_WITH_VALUE: dict[str, Callable[[str], Input]] = {
    "key": DigitPressed,
    "enqueued": lambda value: Enqueued(*place_of(value)),
    "position": lambda value: PositionChanged(*place_of(value)),
    "callee": CalleeFailed,
    "says": WordsHeard,
    "found": lambda value: Found((value,)),
    "consult": lambda value: PartyWanted(value, Purpose.CONSULT),
    "consult lawyer": lambda value: PartyWanted(value, Purpose.CONSULT, f"user_{value}"),
    "transfer to": lambda value: PartyWanted(value, Purpose.TRANSFER),
    "transfer to lawyer": lambda value: PartyWanted(value, Purpose.TRANSFER, f"user_{value}"),
    "add": lambda value: PartyWanted(value, Purpose.JOIN),
    "add lawyer": lambda value: PartyWanted(value, Purpose.JOIN, f"user_{value}"),
    "listens": lambda value: PartyWanted(value, Purpose.LISTEN),
    "whispers": lambda value: PurposeRequested(value, Purpose.WHISPER),
    "barges": lambda value: PurposeRequested(value, Purpose.BARGE),
    "answers": PartyAnswered,
    "leaves": PartyLeft,
    "holds": lambda value: PartyHeld(value, is_holding=True),
    "is back": lambda value: PartyHeld(value, is_holding=False),
    "drop": DropRequested,
    "queue": QueueRequested,
    "press to caller": lambda value: DigitsRequested(None, value),
    "press to p1": lambda value: DigitsRequested("p1", value),
    "stale timer": lambda value: TimerFired(int(value)),
    "stale prompt": lambda value: PromptFinished(int(value)),
}


def input_of(text: str, call: CallContext) -> Input:
    """The input that a line's first cell names."""
    if text == "silence":
        return TimerFired(call.visit)
    if text in ("prompt ends", "prompt interrupted"):
        return PromptFinished(call.play, interrupted=text == "prompt interrupted")
    if text in _PLAIN:
        return _PLAIN[text]
    name, _, value = text.rpartition(" ")
    return _WITH_VALUE[name](value)


def text_of(action: Action) -> str:  # noqa: C901, PLR0912, PLR0915 - one line for each action
    """How an action is written in a table."""
    match action:
        case Answer():
            return "answer"
        case Reject(status):
            return f"reject {status}"
        case Play():
            verb = "loop" if action.loop else "ask" if action.barge_in else "say"
            return f"{verb} {action.language}: {' '.join(action.prompts)}"
        case StopPlaying():
            return "stop playing"
        case StartTimer(_, seconds):
            return f"wait {seconds:g}"
        case SetLanguage(language):
            return f"language {language}"
        case SetTopic(topic):
            return f"topic {topic or 'any'}"
        case Enqueue(language, topic, at_head):
            how = " at head" if at_head else ""
            how += " as emergency" if action.is_emergency else ""
            how += " as elderly" if action.is_elderly else ""
            return f"enqueue {language} {topic or 'any'}{how}"
        case HurryPlace():
            return "hurry place"
        case LookUp(question, typed, language):
            return f"look up {question.name.lower()} {' '.join((language, *typed))}"
        case Listen(language):
            return f"listen {language}"
        case StopListening():
            return "stop listening"
        case RefuseRecording(by):
            return f"refuse recording ({by or 'key'})"
        case LeaveQueue(reason):
            return f"leave queue ({reason})"
        case RegisterCallback(language, topic, number):
            to = f" to {number}" if number else ""
            to += " with message" if action.with_message else ""
            return f"register callback {language} {topic or 'any'}{to}"
        case KeepCaller(language, topic):
            return f"keep caller {language} {topic or 'any'}"
        case Bridge():
            return "bridge"
        case Unbridge():
            return "unbridge"
        case StartRecording(is_message):
            return "record message" if is_message else "record"
        case StopRecording():
            return "stop recording"
        case OpenTicket():
            return "open ticket"
        case StoreRating(rating):
            return f"rating {rating}"
        case ReleaseLawyer(reason):
            return f"release lawyer ({reason})"
        case Mix():
            return "mix"
        case ReachParty(party):
            return f"reach {party.id} to {party.purpose}"
        case DropParty(party, reason):
            return f"drop {party.id} ({reason})"
        case ChangeParty(party):
            return f"{party.id} is to {party.purpose}"
        case HandOver(party):
            return f"hand over to {party.lawyer}"
        case SignalLawyer(tone):
            return f"lawyer hears {tone}"
        case SendDigits(party, digits):
            return f"press {digits} to {party.id if party else 'caller'}"
        case PauseRecording(paused):
            return "pause recording" if paused else "go on recording"
        case HangUp(reason):
            return f"hang up ({reason})"


PlayTable = Callable[[str], CallContext]
"""Drives a call through a table; returns where it has come."""


def play_scenario(flow: FlowDefinition, call: CallContext, table: str) -> CallContext:
    """Drives `call` through `table`; asserts each line's state and, where given, its actions."""
    for line in lines_of(table):
        happens, state, *expected = (cell.strip() for cell in line.split("|"))
        call, actions = step(flow, call, input_of(happens, call))
        done = "; ".join(map(text_of, actions))
        assert call.state.value == state, f"after {line!r}: {call.state.value}, did {done}"
        if expected:
            assert done == expected[0], f"after {line!r}"
    return call


def lines_of(table: str) -> list[str]:
    """The lines of a table without comments, continued lines joined."""
    lines: list[str] = []
    for line in filter(None, map(str.strip, table.splitlines())):
        if line.startswith("|"):
            lines[-1] += line[1:]
        elif not line.startswith("#"):
            lines.append(line)
    return lines
