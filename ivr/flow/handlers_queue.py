"""What is done while the caller waits in the queue."""

from dataclasses import replace

from ivr.flow.definition import FlowDefinition, position_key
from ivr.flow.entries import (
    Step,
    announce,
    ask_for_place,
    book_callback,
    connect,
    hold,
    wait,
)
from ivr.flow.entries_ending import enter_closed_menu, farewell
from ivr.flow.inputs import (
    CallbackRefused,
    CallbackRegistered,
    DigitPressed,
    Enqueued,
    Input,
    LeftQueue,
    OfferAccepted,
    PositionChanged,
    TimerFired,
)
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext


def greet_in_queue(flow: FlowDefinition, call: CallContext, enqueued: Enqueued) -> Step:
    """The place is there: says the position and how to be called back instead."""
    apology = flow.prompts.cut_off if call.apology_due else ()
    if call.moved_on:
        apology = flow.prompts.moved_on
    call = replace(call, position=enqueued.position, apology_due=False, moved_on=False)
    return announce(flow, call, (*apology, *_position(flow, call.position), *_hint(flow, call)))


def note_position(
    _flow: FlowDefinition, call: CallContext, event: Enqueued | PositionChanged
) -> Step:
    """Remembers the position for the next announcement."""
    return replace(call, position=event.position), ()


def hold_again(flow: FlowDefinition, call: CallContext, _event: Input) -> Step:
    """Hold audio after an announcement, or when the place is slow to be confirmed."""
    return hold(flow, call)


def announce_if_due(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """A changed position is said; after a long time without change a voice gives comfort.

    A place that was never confirmed is asked for again: whoever waits must stand in the queue.
    """
    asked = ask_for_place(call) if call.position is None else ()
    call, actions = _announce_or_wait(flow, call)
    return call, asked + actions


def choose_in_queue(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """The call-back key books a call back; other keys mean nothing here."""
    if pressed.digit != flow.callback_key:
        return call, ()
    if not call.number_known:
        return announce(flow, call, flow.prompts.callback_impossible)
    return book_callback(flow, call)


def confirm_callback(flow: FlowDefinition, call: CallContext, _event: CallbackRegistered) -> Step:
    """The call back has taken the place over; we say so and hang up."""
    call = replace(call, queued=False, end_reason=EndReason.CALLBACK_BOOKED)
    return farewell(flow, call, prompts=flow.prompts.callback_booked)


def give_up_callback(
    flow: FlowDefinition, call: CallContext, _event: CallbackRefused | TimerFired
) -> Step:
    """No call back: the caller keeps the queue place, or hears good-bye where there is none."""
    if call.queued:
        return announce(flow, call, flow.prompts.callback_impossible)
    call = replace(call, end_reason=call.end_reason or EndReason.QUEUE_CLOSED)
    return farewell(flow, call, prompts=flow.prompts.callback_failed)


def accept(flow: FlowDefinition, call: CallContext, accepted: OfferAccepted) -> Step:
    """A lawyer has taken the caller out of the queue; without a place there nobody can."""
    if not call.queued:
        return call, ()
    call = replace(
        call,
        queued=False,
        position=None,
        lawyer=accepted.lawyer,
        leg=accepted.leg,
        by_phone=accepted.by_phone,
        lawyer_heard=False,
    )
    return connect(flow, call)


def close_queue(flow: FlowDefinition, call: CallContext, _event: LeftQueue) -> Step:
    """The place was taken away; the caller is offered a call back, not just a tone."""
    call = replace(call, queued=False, position=None, attempts=0)
    return enter_closed_menu(
        flow, call, why=flow.prompts.queue_closed, reason=EndReason.QUEUE_CLOSED
    )


def lose_place(_flow: FlowDefinition, call: CallContext, _event: LeftQueue) -> Step:
    """The place went while a call back is being booked; the booking decides what follows."""
    return replace(call, queued=False, position=None), ()


def _announce_or_wait(flow: FlowDefinition, call: CallContext) -> Step:
    if call.position is not None and call.position != call.announced:
        return announce(flow, call, _position(flow, call.position))
    quiet_rounds = call.quiet_rounds + 1
    if quiet_rounds * flow.waits.announcement < flow.waits.comfort:
        return wait(replace(call, quiet_rounds=quiet_rounds), flow.waits.announcement)
    prompts = (*flow.prompts.queue_comfort, *_position(flow, call.position))
    return announce(flow, call, (*prompts, *_hint(flow, call)))


def _position(flow: FlowDefinition, position: int | None) -> tuple[str, ...]:
    if position is None:
        return ()
    ahead = position - 1
    if ahead < 1:
        return flow.prompts.queue_next
    if ahead > flow.queue_position_max:
        return flow.prompts.queue_many
    return tuple(position_key(key, ahead) for key in flow.prompts.queue_position)


def _hint(flow: FlowDefinition, call: CallContext) -> tuple[str, ...]:
    return flow.prompts.callback_hint if call.number_known else ()
