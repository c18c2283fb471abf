"""What is done while the caller arranges to be called back: hears the number, changes it, agrees.

The place in the queue is held all the while; a lawyer who becomes free comes first.
"""

from dataclasses import replace
from functools import partial

from ivr.flow.definition import PERSON_KEY, REPEAT_KEY, FlowDefinition
from ivr.flow.entries import Step, announce, book_callback, say_in, wait
from ivr.flow.entries_ending import enter_closed_menu
from ivr.flow.inputs import DigitPressed, Input, PromptFinished, TimerFired
from ivr.flow.numbers import DIGITS, END_KEY, LONGEST_NUMBER, may_be_dialled, read_telephone
from ivr.flow.reasons import EndReason
from ivr.flow.replays import replay
from ivr.flow.states import CallContext, State

CONFIRM_KEY = "1"
CHANGE_KEY = "2"

_ATTEMPTS = 2
"""How often a number is asked for, and how often silence is met with the question."""


def ask_number(flow: FlowDefinition, call: CallContext) -> Step:
    """Reads the calling number out and asks whether it is right; one that is hidden is typed."""
    call = replace(call, attempts=0, wished="", announced=None, quiet_rounds=0)
    if not call.number_known:
        return _type(flow, call, before=flow.prompts.number_hidden)
    return _confirm(flow, call)


def await_confirmation(flow: FlowDefinition, call: CallContext, _event: PromptFinished) -> Step:
    """The question has been said; silence counts from here."""
    return wait(call, flow.waits.answer)


def choose_number(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """One key agrees to the number, one leads to typing another, one back to the queue."""
    match pressed.digit:
        case key if key == CONFIRM_KEY:
            return book_callback(flow, call)
        case key if key == CHANGE_KEY:
            return _type(flow, replace(call, attempts=0))
        case key if key == REPEAT_KEY:
            return replay(call, partial(_confirm, flow))
        case key if key == PERSON_KEY:
            return _stay(flow, call)
        case _:
            return call, ()


def confirm_by_silence(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """Asks once more, then takes the number: who asked for a call back shall not lose it."""
    if call.attempts + 1 >= _ATTEMPTS:
        return book_callback(flow, call)
    return _confirm(flow, replace(call, attempts=call.attempts + 1))


def await_digits(flow: FlowDefinition, call: CallContext, _event: PromptFinished) -> Step:
    """The number has been asked for; the time for the next key counts from here."""
    return wait(call, flow.waits.number)


def take_digit(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """Collects the number; one key ends it, one begins again."""
    if pressed.digit == END_KEY:
        return end_number(flow, call, pressed)
    if pressed.digit == REPEAT_KEY:
        return replay(call, partial(_type, flow))
    if len(pressed.digit) != 1 or pressed.digit not in DIGITS:
        return call, ()
    # One digit more than there can be is kept, so that a number too long is not taken for another.
    typed = (call.wished + pressed.digit)[: LONGEST_NUMBER + 1]
    return wait(replace(call, wished=typed), flow.waits.number)


def end_number(flow: FlowDefinition, call: CallContext, _event: Input) -> Step:
    """Reads the typed number out; one that cannot be is asked for once more, then done without.

    Where there is no other number nobody is called back, and nobody is promised to be.
    """
    if may_be_dialled(call.wished):
        return _confirm(flow, replace(call, attempts=0))
    attempts = call.attempts + 1
    call = replace(call, attempts=attempts, wished="")
    if attempts < _ATTEMPTS:
        return _type(flow, call, before=flow.prompts.callback_invalid)
    if not call.number_known:
        return _do_without(flow, call)
    # The one attempt that is left: silence takes the calling number without asking again.
    return _confirm(flow, replace(call, attempts=_ATTEMPTS - 1))


def _confirm(flow: FlowDefinition, call: CallContext) -> Step:
    prompts = flow.prompts
    keys = prompts.callback_confirm_keys if call.queued else prompts.callback_confirm_closed
    said = (*_number(flow, call), *keys)
    return say_in(call, State.CONFIRMING_NUMBER, said, seconds=flow.waits.prompt_limit)


def _number(flow: FlowDefinition, call: CallContext) -> tuple[str, ...]:
    if call.wished:
        return (*flow.prompts.callback_confirm_typed, *read_telephone(call.wished))
    if call.tail:
        return (*flow.prompts.callback_confirm, *read_telephone(call.tail))
    return flow.prompts.callback_own


def _type(flow: FlowDefinition, call: CallContext, *, before: tuple[str, ...] = ()) -> Step:
    prompts = (*before, *flow.prompts.callback_type)
    call = replace(call, wished="")
    return say_in(call, State.TYPING_NUMBER, prompts, seconds=flow.waits.prompt_limit)


def _stay(flow: FlowDefinition, call: CallContext) -> Step:
    call = replace(call, wished="", leaving_message=False)
    if call.queued:
        return announce(flow, call, flow.prompts.queue_comfort)
    return _offer_again(flow, replace(call, attempts=0))


def _do_without(flow: FlowDefinition, call: CallContext) -> Step:
    call = replace(call, wished="", leaving_message=False)
    if call.queued:
        return announce(flow, call, flow.prompts.callback_impossible)
    # The offer has been made before: who is silent now has nothing more to say.
    return _offer_again(flow, replace(call, attempts=1), before=flow.prompts.callback_invalid)


def _offer_again(flow: FlowDefinition, call: CallContext, *, before: tuple[str, ...] = ()) -> Step:
    """Outside hours, or where the place went meanwhile: the offers instead of a queue."""
    if call.end_reason is not None:
        return enter_closed_menu(flow, call, why=before, reason=call.end_reason)
    why = (*before, *flow.prompts.queue_closed)
    return enter_closed_menu(flow, call, why=why, reason=EndReason.QUEUE_CLOSED)
