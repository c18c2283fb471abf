"""Information without a person: how a matter stands, where the nearest centre is, when we are open.

One menu beside the topics, one number or two to type, the answer. Whoever falls silent before the
answer is led to a person like everybody else.
"""

from dataclasses import replace
from functools import partial

from ivr.flow.actions import LookUp
from ivr.flow.definition import PERSON_KEY, REPEAT_KEY, FlowDefinition
from ivr.flow.districts import (
    NEXT_KEY,
    district_of,
    district_question,
    enter_districts,
    turn_page,
)
from ivr.flow.entries import Step, enter_queue_with, say_in, wait
from ivr.flow.entries_ending import enter_closed_menu, farewell
from ivr.flow.handlers_rights import is_rights_key, press_in_menu, press_when_closed
from ivr.flow.inputs import DigitPressed, Found, PromptFinished, TimerFired
from ivr.flow.numbers import DIGITS
from ivr.flow.questions import ANSWER_LENGTHS, MOST_LOOKUPS, Question
from ivr.flow.reasons import EndReason
from ivr.flow.replays import replay
from ivr.flow.states import CallContext, State

_MORE_KEY = "1"
_ATTEMPTS = 2


def enter_info_menu(flow: FlowDefinition, call: CallContext) -> Step:
    """Asks what the caller wants to know."""
    call = _forget(call)
    return say_in(call, State.INFO_MENU, flow.prompts.info_menu, seconds=flow.waits.prompt_limit)


def await_key(flow: FlowDefinition, call: CallContext, _event: PromptFinished) -> Step:
    """All has been said; silence counts from here."""
    return wait(call, flow.waits.answer)


def choose_question(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """One key chooses; 0 leads to a person."""
    key = pressed.digit
    if is_rights_key(flow, key):
        return _press_right(flow, call, key, question=flow.prompts.info_menu)
    if key == PERSON_KEY:
        return _to_person(flow, call)
    if key == REPEAT_KEY:
        return replay(call, partial(enter_info_menu, flow))
    question = next((each for each in Question if each.value == key), None)
    if question is not None:
        return _ask_or_look_up(flow, replace(call, attempts=0), question)
    call = replace(call, attempts=call.attempts + 1)
    return enter_info_menu(flow, call) if call.attempts < _ATTEMPTS else _to_person(flow, call)


def give_up(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """Silence before there is an answer leads to a person."""
    return _to_person(flow, call)


def await_digit(flow: FlowDefinition, call: CallContext, _event: PromptFinished) -> Step:
    """The number has been asked for; the time for the next key counts from here."""
    return wait(call, flow.waits.number)


def take_digit(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """Collects the number; * begins it again, and the last digit ends it."""
    question = call.question
    if question is None or not call.answers:
        return call, ()
    if pressed.digit == REPEAT_KEY:
        return replay(call, partial(_ask_anew, flow, question=question))
    if len(pressed.digit) != 1 or pressed.digit not in DIGITS:
        return call, ()
    typed = call.answers[-1] + pressed.digit
    call = replace(call, answers=(*call.answers[:-1], typed))
    if len(typed) < ANSWER_LENGTHS[question][len(call.answers) - 1]:
        return wait(call, flow.waits.number)
    return _ask_or_look_up(flow, call, question)


def choose_district(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """One key chooses a district, one tells the next ones; 0 leads to a person."""
    key = pressed.digit
    if is_rights_key(flow, key):
        return _press_right(flow, call, key, question=district_question(flow, call))
    if key == PERSON_KEY:
        return _to_person(flow, call)
    if key == REPEAT_KEY:
        return replay(call, partial(enter_districts, flow))
    if key == NEXT_KEY:
        turned = turn_page(flow, call)
        return enter_districts(flow, turned) if turned is not None else _to_person(flow, call)
    district = district_of(flow, call, key)
    if district is not None:
        return _look_up(flow, replace(call, answers=(district.code,)), Question.CENTRE)
    call = replace(call, attempts=call.attempts + 1)
    return enter_districts(flow, call) if call.attempts < _ATTEMPTS else _to_person(flow, call)


def tell(flow: FlowDefinition, call: CallContext, found: Found) -> Step:
    """Says what was found."""
    return _tell(flow, replace(call, told=found.prompts or flow.prompts.info_unavailable))


def tell_nothing(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """It takes too long; the caller is not kept waiting for a machine."""
    return _tell(flow, replace(call, told=flow.prompts.info_unavailable))


def choose_after(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """Again, something else, or a person."""
    key = pressed.digit
    if is_rights_key(flow, key):
        return _press_right(flow, call, key, question=_answer(flow, call))
    if key == PERSON_KEY:
        return _to_person(flow, call)
    if key == _MORE_KEY:
        return enter_info_menu(flow, call)
    return replay(call, partial(_tell, flow)) if key == REPEAT_KEY else (call, ())


def take_leave(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """Whoever has heard the answer and says nothing more has what they called for."""
    call = replace(_forget(call), end_reason=EndReason.INFORMED)
    return farewell(flow, call, prompts=flow.prompts.goodbye)


def _forget(call: CallContext) -> CallContext:
    return replace(call, question=None, answers=(), told=(), page=0)


def _to_person(flow: FlowDefinition, call: CallContext) -> Step:
    call, reason = _forget(call), call.end_reason
    if reason is None:
        return enter_queue_with(flow, call, None)
    # Nobody is there, which was said before the information; a call back is what can be promised.
    prompts = flow.prompts
    why = prompts.closed if reason is EndReason.OUT_OF_HOURS else prompts.queue_closed
    return enter_closed_menu(flow, replace(call, attempts=0), why=why, reason=reason)


def _press_right(
    flow: FlowDefinition, call: CallContext, key: str, *, question: tuple[str, ...]
) -> Step:
    press = press_in_menu if call.end_reason is None else press_when_closed
    return press(flow, call, key, question=question)


def _ask_anew(flow: FlowDefinition, call: CallContext, *, question: Question) -> Step:
    return _ask_or_look_up(flow, replace(call, answers=call.answers[:-1]), question)


def _ask_or_look_up(flow: FlowDefinition, call: CallContext, question: Question) -> Step:
    """Asks for the next number, if there is one, or has the answer looked up."""
    given = len(call.answers)
    if question is Question.CENTRE and flow.districts:
        return enter_districts(flow, call)
    if given == len(ANSWER_LENGTHS[question]):
        return _look_up(flow, call, question)
    prompts = flow.prompts.info_district
    if question is Question.PROGRESS:
        prompts = flow.prompts.info_tail if given else flow.prompts.info_ticket
    call = replace(call, question=question, answers=(*call.answers, ""))
    return say_in(call, State.INFO_TYPING, prompts, seconds=flow.waits.prompt_limit)


def _look_up(flow: FlowDefinition, call: CallContext, question: Question) -> Step:
    wanted = LookUp(question, call.answers, call.language)
    call = _forget(call)
    if question is Question.PROGRESS:
        if call.lookups >= MOST_LOOKUPS:
            return _tell(flow, replace(call, told=flow.prompts.info_locked))
        call = replace(call, lookups=call.lookups + 1)
    call, held = say_in(
        call,
        State.INFO_LOOKUP,
        flow.prompts.hold,
        seconds=flow.waits.enqueue,
        loop=True,
        barge_in=False,
    )
    return call, (wanted, *held)


def _tell(flow: FlowDefinition, call: CallContext) -> Step:
    return say_in(call, State.INFO_TELLING, _answer(flow, call), seconds=flow.waits.prompt_limit)


def _answer(flow: FlowDefinition, call: CallContext) -> tuple[str, ...]:
    return (*call.told, *flow.prompts.info_more)
