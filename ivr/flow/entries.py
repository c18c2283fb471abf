"""The ways into each state: what is said, asked and begun on entering it.

Each function takes the context, returns it in the new state, and the actions of the way there.
The handlers choose among these; nothing else changes `CallContext.state`.
"""

from dataclasses import replace

from ivr.flow.actions import (
    Action,
    Enqueue,
    LeaveQueue,
    Listen,
    Play,
    RegisterCallback,
    ReleaseLawyer,
    SetTopic,
    StartTimer,
    StopListening,
    StopRecording,
    Unbridge,
)
from ivr.flow.actions_control import DropParty
from ivr.flow.definition import FlowDefinition, Menu
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext, State

Step = tuple[CallContext, tuple[Action, ...]]
"""A context and what to do on the way to it."""


def say(
    call: CallContext, prompts: tuple[str, ...], *, loop: bool = False, barge_in: bool = True
) -> Step:
    """Plays prompts; the state stays."""
    call = replace(call, play=call.play + 1)
    played = Play(call.play, prompts, call.language, loop=loop, barge_in=barge_in, slow=call.slow)
    return call, (played,)


def wait(call: CallContext, seconds: float) -> Step:
    """Starts the timer of a new wait; the state stays."""
    call = replace(call, visit=call.visit + 1)
    return call, (StartTimer(call.visit, seconds),)


def say_in(
    call: CallContext,
    state: State,
    prompts: tuple[str, ...],
    *,
    seconds: float,
    loop: bool = False,
    barge_in: bool = True,
) -> Step:
    """Enters `state` with prompts and the longest time they may take."""
    call, played = say(replace(call, state=state), prompts, loop=loop, barge_in=barge_in)
    call, timed = wait(call, seconds)
    return call, played + timed


def release(call: CallContext, reason: EndReason) -> Step:
    """Undoes whatever was begun: bridge, recording, legs of all kinds, the queue place."""
    call, stopped = stop_listening(call)
    actions: list[Action] = [*stopped]
    if call.bridged:
        actions.append(Unbridge())
    if call.recording:
        actions.append(StopRecording())
    if call.lawyer is not None:
        actions.append(ReleaseLawyer(reason))
    actions += (DropParty(party, reason) for party in call.parties)
    if call.queued:
        actions.append(LeaveQueue(reason))
    call = replace(call, recording=False, paused=False, queued=False, position=None, parties=())
    call = replace(call, expected=None, wished="")
    return without_lawyer(call), tuple(actions)


def without_lawyer(call: CallContext) -> CallContext:
    """The context after the present lawyer has gone."""
    return replace(
        call,
        lawyer=None,
        leg=None,
        by_phone=False,
        lawyer_heard=False,
        bridged=False,
        muted=frozenset(),
    )


# The opening.


def enter_notice(flow: FlowDefinition, call: CallContext) -> Step:
    """The recording notice, which no key interrupts: nobody shall be recorded unaware."""
    return say_in(
        call,
        State.NOTICE,
        (*call.before, *flow.prompts.notice, *call.after),
        seconds=flow.waits.prompt_limit,
        barge_in=False,
    )


def enter_language_menu(flow: FlowDefinition, call: CallContext, *, retry: bool = False) -> Step:
    """The language question; skipped when there is nothing to choose."""
    menu = flow.language_menu
    if len(menu.choices) < 2:
        return enter_topic_question(flow, call)
    prompts = (*menu.retry, *menu.question) if retry else menu.question
    return say_in(call, State.LANGUAGE_MENU, prompts, seconds=flow.waits.prompt_limit)


def topic_menu(flow: FlowDefinition, call: CallContext) -> Menu:
    """The topics to choose from: all of them, or those below the one that was chosen."""
    return flow.topic_menu if call.branch is None else flow.topic_menu.under(call.branch)


def enter_topic_question(flow: FlowDefinition, call: CallContext) -> Step:
    """What it is about: asked aloud where the flow does so, by keys otherwise.

    Once in a call, and never of those who do not want to be recorded: their words go nowhere.
    """
    spoken = flow.spoken_topic
    may_ask = not (call.asked_aloud or call.refused) and bool(flow.topic_menu.choices)
    if spoken is None or not may_ask or call.language not in spoken.languages:
        return enter_topic_menu(flow, call)
    call = replace(call, asked_aloud=True, listening=True, words_due=False, heard=())
    call, asked = ask_aloud(flow, call)
    return call, (*asked, Listen(call.language))


def ask_aloud(flow: FlowDefinition, call: CallContext) -> Step:
    """Asks what it is about; who is heard already goes on being heard."""
    call = replace(call, words_due=False)
    prompts = flow.prompts.spoken_topic
    return say_in(call, State.SPOKEN_TOPIC, prompts, seconds=flow.waits.prompt_limit)


def stop_listening(call: CallContext) -> Step:
    """Ends what was begun with the question, and forgets what was heard."""
    if not call.listening:
        return call, ()
    return replace(call, listening=False, words_due=False, heard=()), (StopListening(),)


def enter_topic_menu(
    flow: FlowDefinition,
    call: CallContext,
    *,
    retry: bool = False,
    before: tuple[str, ...] = (),
) -> Step:
    """The topic question by keys; skipped when there is nothing to choose."""
    menu = topic_menu(flow, call)
    if not menu.choices:
        return enter_queue(flow, call)
    prompts = (*before, *(menu.retry if retry else ()), *menu.question)
    return say_in(call, State.TOPIC_MENU, prompts, seconds=flow.waits.prompt_limit)


# The queue.


def enter_queue(flow: FlowDefinition, call: CallContext) -> Step:
    """Asks for a queue place with the wishes in the context, and plays hold audio."""
    call = replace(call, queued=True, attempts=0, position=None, announced=None, quiet_rounds=0)
    asked = ask_for_place(call)
    call, held = say_in(
        call,
        State.ENQUEUEING,
        flow.prompts.hold,
        seconds=flow.waits.enqueue,
        loop=True,
        barge_in=False,
    )
    return call, asked + held


def ask_for_place(call: CallContext) -> tuple[Action, ...]:
    """A place in the queue for the wishes in the context."""
    wish = Enqueue(
        call.language,
        call.topic,
        at_head=call.apology_due or call.moved_on,
        is_emergency=call.emergency,
        is_elderly=call.elderly,
    )
    return (wish,)


def enter_queue_with(flow: FlowDefinition, call: CallContext, topic: str | None) -> Step:
    """Writes the topic down and enters the queue with it."""
    call, actions = enter_queue(flow, replace(call, topic=topic))
    return call, (SetTopic(topic), *actions)


def return_to_queue(
    flow: FlowDefinition, call: CallContext, reason: EndReason = EndReason.LAWYER_LOST
) -> Step:
    """Back to the head of the queue, because the lawyer was lost. A recording goes on."""
    call, released = let_all_go(call, reason)
    call, actions = enter_queue(flow, replace(call, apology_due=True))
    return call, released + actions


def let_all_go(call: CallContext, reason: EndReason) -> Step:
    """Releases the lawyer and every party; the caller stays, and so does a recording."""
    actions: list[Action] = []
    if call.bridged:
        actions.append(Unbridge())
    if call.lawyer is not None:
        actions.append(ReleaseLawyer(reason))
    actions += (DropParty(party, reason) for party in call.parties)
    return without_lawyer(replace(call, parties=())), tuple(actions)


def announce(flow: FlowDefinition, call: CallContext, prompts: tuple[str, ...]) -> Step:
    """Says `prompts` to a caller in the queue; counts as having heard the present position."""
    wait_said = call.expected.wait if call.expected is not None else None
    call = replace(call, announced=call.position, announced_wait=wait_said, quiet_rounds=0)
    return say_in(call, State.ANNOUNCING, prompts, seconds=flow.waits.prompt_limit)


def hold(flow: FlowDefinition, call: CallContext) -> Step:
    """Hold audio until the next announcement is allowed."""
    return say_in(
        call,
        State.HOLDING,
        flow.prompts.hold,
        seconds=flow.waits.announcement,
        loop=True,
        barge_in=False,
    )


def book_callback(flow: FlowDefinition, call: CallContext) -> Step:
    """Asks for a call back; what plays goes on meanwhile."""
    call, timed = wait(replace(call, state=State.BOOKING), flow.waits.booking)
    wish = RegisterCallback(
        call.language, call.topic, call.wished or None, with_message=call.leaving_message
    )
    return call, (wish, *timed)
