"""The ways that call control leads: on hold, to a third party, back, out of the lawyer's hands."""

from dataclasses import replace

from ivr.flow.actions import (
    Action,
    Bridge,
    OpenTicket,
    ReleaseLawyer,
    SetTopic,
    StopPlaying,
    StopRecording,
    Unbridge,
)
from ivr.flow.actions_control import DropParty, HandOver, Mix, SignalLawyer
from ivr.flow.definition import FlowDefinition
from ivr.flow.entries import (
    Step,
    enter_queue,
    let_all_go,
    release,
    return_to_queue,
    say,
    say_in,
    without_lawyer,
)
from ivr.flow.entries_ending import enter_rating_menu
from ivr.flow.entries_talk import bridge, lose_lawyer
from ivr.flow.mixing import is_left_alone
from ivr.flow.parties import Party, Purpose, changed, of_purpose, without
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext, State

RINGBACK = "ringback"


def put_on_hold(flow: FlowDefinition, call: CallContext) -> Step:
    """The caller hears hold audio, the lawyer nobody but a consulted party."""
    apart: tuple[Action, ...] = (Unbridge(),) if call.bridged else (Mix(),)
    # A wait of its own, so that no timer from before the talk counts here.
    call = replace(call, state=State.ON_HOLD, bridged=False, visit=call.visit + 1)
    call, held = say(call, flow.prompts.hold, loop=True, barge_in=False)
    return call, apart + held


def begin_transfer(flow: FlowDefinition, call: CallContext) -> Step:
    """The caller hears a ring tone until the third party answers."""
    apart: tuple[Action, ...] = (Unbridge(),) if call.bridged else (Mix(),)
    call = replace(call, bridged=False)
    call, rung = say_in(
        call,
        State.TRANSFERRING,
        flow.prompts.ringback,
        seconds=flow.waits.transfer,
        loop=True,
        barge_in=False,
    )
    return call, apart + rung


def come_back(flow: FlowDefinition, call: CallContext) -> Step:
    """The transfer came to nothing: back to the lawyer, or to the queue if there is none."""
    if call.lawyer is None:
        return return_to_queue(flow, call)
    return bridge(call) if call.lawyer_heard else lose_lawyer(flow, call)


def give_away(flow: FlowDefinition, call: CallContext, party: Party) -> Step:
    """The party has answered and takes the caller over."""
    return hand_over(call, party) if party.lawyer is not None else let_go(flow, call, party)


def hand_over(call: CallContext, party: Party) -> Step:
    """A colleague becomes the call's lawyer; the talk, its recording and its ticket go on."""
    apart: tuple[Action, ...] = (Unbridge(),) if call.bridged else ()
    call = replace(
        call,
        state=State.TALKING,
        lawyer=party.lawyer,
        leg=party.id,
        by_phone=False,
        lawyer_heard=True,
        bridged=True,
        muted=frozenset(),
        parties=without(call.parties, party),
    )
    return call, (*apart, StopPlaying(), HandOver(party), Bridge(), OpenTicket())


def let_go(flow: FlowDefinition, call: CallContext, party: Party) -> Step:
    """The caller talks with somebody outside; nobody of the hotline listens or records."""
    actions: list[Action] = [StopPlaying()]
    if call.bridged:
        actions.append(Unbridge())
    if call.recording:
        actions.append(StopRecording())
    if call.lawyer is not None:
        actions.append(ReleaseLawyer(EndReason.TRANSFERRED))
    watching = [each for each in call.parties if each.purpose.supervises]
    actions += (DropParty(each, EndReason.TRANSFERRED) for each in watching)
    taker = replace(party, purpose=Purpose.TRANSFER, is_talking=True)
    before, call = (
        call,
        replace(
            without_lawyer(call),
            state=State.TRANSFERRED,
            recording=False,
            paused=False,
            muted=frozenset(),
            parties=changed(without(call.parties, *watching), taker),
            end_reason=EndReason.TRANSFERRED,
        ),
    )
    call, mixed = mix_anew(flow, call, before=before)
    return call, (*actions, *mixed)


def mix_anew(flow: FlowDefinition, call: CallContext, *, before: CallContext) -> Step:
    """Lets everybody hear whom they shall hear now, and a caller who is left alone hold audio."""
    was_alone, is_alone = is_left_alone(before), is_left_alone(call)
    audio: tuple[Action, ...] = ()
    if is_alone and not was_alone:
        call, audio = say(call, flow.prompts.hold, loop=True, barge_in=False)
    elif was_alone and not is_alone:
        audio = (StopPlaying(),)
    return call, (*audio, Mix())


def move_on(flow: FlowDefinition, call: CallContext, topic: str | None) -> Step:
    """To the head of the queue, for lawyers who know the topic. A recording goes on."""
    call, released = let_all_go(call, EndReason.HANDED_ON)
    call, entered = enter_queue(flow, replace(call, topic=topic, moved_on=True))
    return call, (*released, SetTopic(topic), *entered)


def finish_talk(flow: FlowDefinition, call: CallContext, reason: EndReason) -> Step:
    """The talk is over for everybody; the caller may rate it."""
    call, undone = release(replace(call, end_reason=reason, attempts=0), reason)
    call, asked = enter_rating_menu(flow, call)
    return call, undone + asked


def go_on_without_lawyer(flow: FlowDefinition, call: CallContext) -> Step:
    """The lawyer has hung up: whoever was to take the caller over does so, else the talk ends."""
    call, apart = _without_hung_up(call)
    successor = _second_lawyer(call)
    consulted = next(of_purpose(call.parties, Purpose.CONSULT), None)
    if consulted is not None:
        call, more = _take_over(flow, call, consulted)
    elif successor is not None:
        call, more = hand_over(call, successor)
    else:
        call, more = finish_talk(flow, call, EndReason.LAWYER_HUNG_UP)
    return call, apart + more


def replace_lawyer(flow: FlowDefinition, call: CallContext) -> Step:
    """The lawyer's audio is gone for good: the second lawyer goes on, or the queue is next."""
    successor = _second_lawyer(call)
    return return_to_queue(flow, call) if successor is None else hand_over(call, successor)


def _second_lawyer(call: CallContext) -> Party | None:
    colleagues = of_purpose(call.parties, Purpose.JOIN)
    return next((each for each in colleagues if each.is_talking and each.lawyer), None)


def complete(flow: FlowDefinition, call: CallContext, party: Party) -> Step:
    """The consulted party takes the caller over: at once, or as soon as it answers."""
    return _take_over(flow, call, party)


def _take_over(flow: FlowDefinition, call: CallContext, party: Party) -> Step:
    if party.is_talking:
        return give_away(flow, call, party)
    quiet: tuple[Action, ...] = (SignalLawyer(None),) if call.lawyer is not None else ()
    waiting = replace(party, purpose=Purpose.TRANSFER)
    call = replace(call, parties=changed(call.parties, waiting))
    call, actions = begin_transfer(flow, call)
    return call, quiet + actions


def _without_hung_up(call: CallContext) -> Step:
    apart: tuple[Action, ...] = (Unbridge(),) if call.bridged else ()
    return without_lawyer(call), apart
