"""What is done while the caller waits in the queue."""

from dataclasses import replace

from ivr.flow import handlers_message as message
from ivr.flow.busy import Busy
from ivr.flow.definition import PERSON_KEY, REPEAT_KEY, FlowDefinition, position_key, range_key
from ivr.flow.entries import Step, announce, ask_for_place, hold, wait
from ivr.flow.entries_ending import enter_closed_menu, farewell
from ivr.flow.entries_talk import connect
from ivr.flow.handlers_callback import ask_number
from ivr.flow.handlers_rights import is_rights_key, press_in_queue
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
from ivr.flow.states import CallContext, State


def greet_in_queue(flow: FlowDefinition, call: CallContext, enqueued: Enqueued) -> Step:
    """The place is there: says the position and how to be called back instead."""
    apology = flow.prompts.cut_off if call.apology_due else ()
    if call.understood:
        apology = flow.prompts.spoken_understood
    if call.moved_on:
        apology = flow.prompts.moved_on
    if call.hint_due:
        apology = flow.prompts.emergency
    call = replace(
        call,
        position=enqueued.position,
        expected=enqueued.expected,
        apology_due=False,
        moved_on=False,
        hint_due=False,
        understood=False,
    )
    place = (*_position(flow, call.position), *_wait(flow, call))
    if enqueued.busy is not None:
        call, offers = _offers(flow, replace(call, long_told=True))
        choice = flow.prompts.busy_choice
        return announce(
            flow, call, (*apology, *_why(flow, enqueued.busy), *place, *choice, *offers)
        )
    call, offers = _offers(flow, call)
    hint = () if call.long_told else flow.prompts.callback_hint
    return announce(flow, call, (*apology, *place, *hint, *offers))


def note_position(
    _flow: FlowDefinition, call: CallContext, event: Enqueued | PositionChanged
) -> Step:
    """Remembers position and expected wait for the next announcement."""
    return replace(call, position=event.position, expected=event.expected), ()


def hold_again(flow: FlowDefinition, call: CallContext, _event: Input) -> Step:
    """Hold audio after an announcement, or when the place is slow to be confirmed."""
    return hold(flow, call)


def announce_if_due(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """A change of place or wait is said; after a long time without one a voice gives comfort.

    A place that was never confirmed is asked for again: whoever waits must stand in the queue.
    """
    asked = ask_for_place(call) if call.position is None else ()
    call, actions = _announce_or_wait(flow, call)
    return call, asked + actions


def choose_in_queue(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """The call-back key asks for a call back, 0 waits without more words, * says the place again.

    Others mean nothing.
    """
    if is_rights_key(flow, pressed.digit):
        return press_in_queue(flow, call, pressed.digit)
    if pressed.digit == REPEAT_KEY:
        return announce(flow, call, _standing(flow, call))
    if pressed.digit == PERSON_KEY and call.state is State.ANNOUNCING:
        return hold(flow, call)
    if pressed.digit == flow.message_key and message.may_leave_message(flow, call):
        return message.begin(flow, call)
    return ask_number(flow, call) if pressed.digit == flow.callback_key else (call, ())


def confirm_callback(flow: FlowDefinition, call: CallContext, _event: CallbackRegistered) -> Step:
    """The call back has taken the place over; we say so, or take the message, and hang up."""
    call = replace(call, queued=False, wished="", end_reason=EndReason.CALLBACK_BOOKED)
    if call.leaving_message:
        return message.explain(flow, replace(call, position=None, expected=None))
    return farewell(flow, call, prompts=flow.prompts.callback_booked)


def give_up_callback(
    flow: FlowDefinition, call: CallContext, _event: CallbackRefused | TimerFired
) -> Step:
    """No call back: the caller keeps the queue place, or hears good-bye where there is none."""
    call = replace(call, wished="", leaving_message=False)
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
        expected=None,
        wished="",
        leaving_message=False,
        lawyer=accepted.lawyer,
        leg=accepted.leg,
        by_phone=accepted.by_phone,
        lawyer_heard=False,
    )
    return connect(flow, call)


def close_queue(flow: FlowDefinition, call: CallContext, _event: LeftQueue) -> Step:
    """The place was taken away; the caller is offered a call back, not just a tone."""
    call = replace(call, queued=False, position=None, expected=None, attempts=0)
    return enter_closed_menu(
        flow, call, why=flow.prompts.queue_closed, reason=EndReason.QUEUE_CLOSED
    )


def lose_place(_flow: FlowDefinition, call: CallContext, _event: LeftQueue) -> Step:
    """The place went while a call back is being booked; the booking decides what follows."""
    return replace(call, queued=False, position=None, expected=None), ()


def _announce_or_wait(flow: FlowDefinition, call: CallContext) -> Step:
    if call.position is not None:
        heard, news = _news(flow, call)
        if news:
            return announce(flow, heard, news)
    quiet_rounds = call.quiet_rounds + 1
    if quiet_rounds * flow.waits.announcement < flow.waits.comfort:
        return wait(replace(call, quiet_rounds=quiet_rounds), flow.waits.announcement)
    return announce(flow, call, (*flow.prompts.queue_comfort, *_standing(flow, call)))


def _standing(flow: FlowDefinition, call: CallContext) -> tuple[str, ...]:
    """Place, wait and what can be done, whatever was said of them before."""
    return (*_position(flow, call.position), *_wait(flow, call), *_hint(flow, call))


def _news(flow: FlowDefinition, call: CallContext) -> tuple[CallContext, tuple[str, ...]]:
    """What the caller has not heard yet of place, wait and offers."""
    news = _position(flow, call.position) if call.position != call.announced else ()
    if call.expected is not None and call.expected.wait != call.announced_wait:
        news = (*news, *_wait(flow, call))
    call, offers = _offers(flow, call)
    return call, (*news, *offers)


def _offers(flow: FlowDefinition, call: CallContext) -> tuple[CallContext, tuple[str, ...]]:
    """What the wait has made possible and the caller has not been offered yet: each once.

    A wait becomes long by its forecast or by its seconds, whichever comes first; the offer is one.
    """
    offers: tuple[str, ...] = ()
    is_long = call.expected is not None and call.expected.is_long
    if is_long and not call.long_told:
        call, offers = replace(call, long_told=True), flow.prompts.callback_long
    if message.may_leave_message(flow, call) and not call.message_told:
        call = replace(call, message_told=True)
        offers = (*offers, *flow.prompts.message_hint)
    return call, offers


def _wait(flow: FlowDefinition, call: CallContext) -> tuple[str, ...]:
    if call.expected is None or call.expected.wait is None:
        return ()
    return tuple(range_key(key, call.expected.wait) for key in flow.prompts.wait_range)


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
    """What the caller can do, for those who have heard it before, too."""
    told = flow.prompts.callback_hint
    may_leave = message.may_leave_message(flow, call)
    return (*told, *flow.prompts.message_hint) if may_leave else told


def _why(flow: FlowDefinition, busy: Busy) -> tuple[str, ...]:
    """Why waiting will be long."""
    prompts = flow.prompts
    return prompts.busy_unstaffed if busy is Busy.UNSTAFFED else prompts.busy_long
