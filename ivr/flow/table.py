"""The call as a table: in this state, on this input, this handler, leading to these states.

An input without a row is ignored in that state. The diagram of `docs/architecture.md` is drawn
from this table, and the tests check that handlers lead nowhere else.
"""

from ivr.flow import (
    handlers_callback as callback,
    handlers_ending as ending,
    handlers_info as info,
    handlers_message as message,
    handlers_opening as opening,
    handlers_queue as queue,
    handlers_rights as rights,
    handlers_spoken as spoken,
)
from ivr.flow.inputs import (
    CallAnswered,
    CallArrived,
    CallbackRefused,
    CallbackRegistered,
    CallerHungUp,
    CallerKnown,
    DigitPressed,
    EngineFailed,
    Enqueued,
    Found,
    HangUpRequested,
    LeftQueue,
    OfferAccepted,
    PositionChanged,
    PromptFinished,
    RecordingRefused,
    TimerFired,
    WordsHeard,
    WordsMissing,
)
from ivr.flow.rows import make_row as _row
from ivr.flow.states import State as S
from ivr.flow.table_talk import TALK_ROWS

_TOPIC_ASKED = (S.SPOKEN_TOPIC, S.TOPIC_MENU, S.ENQUEUEING)
_MENUS_AND_QUEUE = (S.LANGUAGE_MENU, *_TOPIC_ASKED)
_TOPIC_CHOSEN = (S.TOPIC_MENU, S.ENQUEUEING, S.INFO_MENU)
_PERSON = (S.ENQUEUEING, S.CLOSED_MENU)
_ASKED = (S.INFO_TYPING, S.INFO_DISTRICT, S.INFO_LOOKUP, *_PERSON)
_DISTRICT_CHOSEN = (S.INFO_DISTRICT, S.INFO_LOOKUP, *_PERSON)
_TYPED = (S.INFO_LOOKUP, S.INFO_TELLING)
_HEARD = (S.INFO_TELLING, S.INFO_MENU, *_PERSON)
_CLOSED = (S.CLOSED_MENU, S.FAREWELL)
_CLOSED_CHOSEN = (S.CONFIRMING_NUMBER, S.TYPING_NUMBER, S.INFO_MENU, *_CLOSED)
_ANSWERED = (S.ANNOUNCING, S.CONFIRMING_NUMBER, S.TYPING_NUMBER, S.BOOKING)
_NUMBER_TYPED = (S.TYPING_NUMBER, S.CONFIRMING_NUMBER, S.ANNOUNCING, S.CLOSED_MENU)
_BOOKED = (S.FAREWELL, S.MESSAGE_PROMPT)
_WAITS_ON = {S.ENQUEUEING: (), S.ANNOUNCING: (S.HOLDING,), S.HOLDING: ()}
_MESSAGE = (S.MESSAGE_PROMPT, S.MESSAGE)
_OWN_REFUSAL = (S.SPOKEN_TOPIC, *_MESSAGE)

_ROWS = (
    _row(S.NEW, CallArrived, opening.answer, S.ANSWERING),
    _row(S.ANSWERING, CallAnswered, opening.greet, S.NOTICE, S.CLOSED_MENU),
    #
    _row(S.NEW, CallerKnown, rights.know),
    _row(S.ANSWERING, CallerKnown, rights.know),
    _row(S.NOTICE, CallerKnown, rights.know),
    _row(S.NOTICE, DigitPressed, opening.type_ahead),
    _row(S.NOTICE, PromptFinished, opening.begin_menus, *_MENUS_AND_QUEUE, S.INFO_MENU),
    _row(S.NOTICE, TimerFired, opening.begin_menus, *_MENUS_AND_QUEUE, S.INFO_MENU),
    #
    _row(S.LANGUAGE_MENU, PromptFinished, opening.await_key),
    _row(S.LANGUAGE_MENU, DigitPressed, opening.choose_language, *_MENUS_AND_QUEUE),
    _row(S.LANGUAGE_MENU, TimerFired, opening.take_default_language, *_TOPIC_ASKED),
    #
    _row(S.SPOKEN_TOPIC, PromptFinished, spoken.await_words),
    _row(S.SPOKEN_TOPIC, WordsHeard, spoken.hear, S.SPOKEN_TOPIC, S.TOPIC_MENU, S.ENQUEUEING),
    _row(S.SPOKEN_TOPIC, WordsMissing, spoken.ask_by_key, S.TOPIC_MENU),
    _row(S.SPOKEN_TOPIC, TimerFired, spoken.give_up, S.TOPIC_MENU),
    _row(S.SPOKEN_TOPIC, RecordingRefused, rights.refuse, S.TOPIC_MENU),
    _row(S.SPOKEN_TOPIC, DigitPressed, spoken.press, S.SPOKEN_TOPIC, *_TOPIC_CHOSEN),
    #
    _row(S.TOPIC_MENU, PromptFinished, opening.await_key),
    _row(S.TOPIC_MENU, DigitPressed, opening.choose_topic, *_TOPIC_CHOSEN),
    _row(S.TOPIC_MENU, TimerFired, opening.skip_topic, S.ENQUEUEING),
    #
    _row(S.INFO_MENU, PromptFinished, info.await_key),
    _row(S.INFO_MENU, DigitPressed, info.choose_question, S.INFO_MENU, *_ASKED),
    _row(S.INFO_MENU, TimerFired, info.give_up, *_PERSON),
    _row(S.INFO_DISTRICT, PromptFinished, info.await_key),
    _row(S.INFO_DISTRICT, DigitPressed, info.choose_district, *_DISTRICT_CHOSEN),
    _row(S.INFO_DISTRICT, TimerFired, info.give_up, *_PERSON),
    _row(S.INFO_TYPING, PromptFinished, info.await_digit),
    _row(S.INFO_TYPING, DigitPressed, info.take_digit, S.INFO_TYPING, *_TYPED),
    _row(S.INFO_TYPING, TimerFired, info.give_up, *_PERSON),
    _row(S.INFO_LOOKUP, Found, info.tell, S.INFO_TELLING),
    _row(S.INFO_LOOKUP, TimerFired, info.tell_nothing, S.INFO_TELLING),
    _row(S.INFO_TELLING, PromptFinished, info.await_key),
    _row(S.INFO_TELLING, DigitPressed, info.choose_after, *_HEARD),
    _row(S.INFO_TELLING, TimerFired, info.take_leave, S.FAREWELL),
    #
    _row(S.CLOSED_MENU, PromptFinished, opening.await_key),
    _row(S.CLOSED_MENU, DigitPressed, opening.choose_when_closed, *_CLOSED_CHOSEN),
    _row(S.CLOSED_MENU, TimerFired, opening.repeat_offer, *_CLOSED),
    #
    _row(S.ENQUEUEING, Enqueued, queue.greet_in_queue, S.ANNOUNCING),
    _row(S.ENQUEUEING, TimerFired, queue.hold_again, S.HOLDING),
    _row(S.ANNOUNCING, PromptFinished, queue.hold_again, S.HOLDING),
    _row(S.ANNOUNCING, TimerFired, queue.hold_again, S.HOLDING),
    _row(S.HOLDING, TimerFired, queue.announce_if_due, S.HOLDING, S.ANNOUNCING),
    #
    *(
        row
        for state in (S.ENQUEUEING, S.ANNOUNCING, S.HOLDING)
        for row in (
            _row(state, PositionChanged, queue.note_position),
            _row(state, DigitPressed, queue.choose_in_queue, state, *_ANSWERED, *_WAITS_ON[state]),
            _row(state, OfferAccepted, queue.accept, S.CONNECTING),
            _row(state, CallbackRegistered, queue.confirm_callback, S.FAREWELL),
            _row(state, LeftQueue, queue.close_queue, S.CLOSED_MENU),
        )
    ),
    _row(S.ANNOUNCING, Enqueued, queue.note_position),
    _row(S.HOLDING, Enqueued, queue.note_position),
    #
    *(
        row
        for state in (S.CONFIRMING_NUMBER, S.TYPING_NUMBER)
        for row in (
            _row(state, Enqueued, queue.note_position),
            _row(state, PositionChanged, queue.note_position),
            _row(state, OfferAccepted, queue.accept, state, S.CONNECTING),
            _row(state, CallbackRegistered, queue.confirm_callback, S.FAREWELL),
            _row(state, LeftQueue, queue.lose_place),
        )
    ),
    _row(S.CONFIRMING_NUMBER, PromptFinished, callback.await_confirmation),
    _row(
        S.CONFIRMING_NUMBER,
        DigitPressed,
        callback.choose_number,
        S.CONFIRMING_NUMBER,
        S.TYPING_NUMBER,
        S.BOOKING,
        S.ANNOUNCING,
        S.CLOSED_MENU,
    ),
    _row(
        S.CONFIRMING_NUMBER,
        TimerFired,
        callback.confirm_by_silence,
        S.CONFIRMING_NUMBER,
        S.BOOKING,
    ),
    _row(S.TYPING_NUMBER, PromptFinished, callback.await_digits),
    _row(S.TYPING_NUMBER, DigitPressed, callback.take_digit, *_NUMBER_TYPED),
    _row(S.TYPING_NUMBER, TimerFired, callback.end_number, *_NUMBER_TYPED),
    #
    _row(S.BOOKING, Enqueued, queue.note_position),
    _row(S.BOOKING, PositionChanged, queue.note_position),
    _row(S.BOOKING, CallbackRegistered, queue.confirm_callback, *_BOOKED),
    _row(S.BOOKING, CallbackRefused, queue.give_up_callback, S.ANNOUNCING, S.FAREWELL),
    _row(S.BOOKING, TimerFired, queue.give_up_callback, S.ANNOUNCING, S.FAREWELL),
    _row(S.BOOKING, OfferAccepted, queue.accept, S.BOOKING, S.CONNECTING),
    _row(S.BOOKING, LeftQueue, queue.lose_place),
    #
    _row(S.MESSAGE_PROMPT, PromptFinished, message.listen, S.MESSAGE, S.FAREWELL),
    _row(S.MESSAGE_PROMPT, TimerFired, message.listen, S.MESSAGE, S.FAREWELL),
    _row(S.MESSAGE_PROMPT, DigitPressed, message.press, S.FAREWELL),
    _row(S.MESSAGE_PROMPT, RecordingRefused, message.refuse, S.FAREWELL),
    _row(S.MESSAGE, DigitPressed, message.press, S.FAREWELL),
    _row(S.MESSAGE, TimerFired, message.end, S.FAREWELL),
    _row(S.MESSAGE, RecordingRefused, message.refuse, S.FAREWELL),
    #
    *TALK_ROWS,
    #
    _row(S.RATING_MENU, PromptFinished, ending.await_rating),
    _row(S.RATING_MENU, DigitPressed, ending.rate, S.RATING_MENU, S.FAREWELL),
    _row(S.RATING_MENU, TimerFired, ending.repeat_rating, S.RATING_MENU, S.FAREWELL),
    _row(S.FAREWELL, PromptFinished, ending.finish, S.ENDED),
    _row(S.FAREWELL, TimerFired, ending.finish, S.ENDED),
    #
    _row(S.NEW, HangUpRequested, opening.reject, S.ENDED),
    _row(S.NEW, EngineFailed, opening.reject, S.ENDED),
    *(
        row
        for state in S
        if state not in (S.NEW, S.ENDED)
        for row in (
            *(() if state in _OWN_REFUSAL else (_row(state, RecordingRefused, rights.refuse),)),
            _row(state, HangUpRequested, ending.end_on_request, S.ENDED),
            _row(state, EngineFailed, ending.end_without_audio, S.ENDED),
        )
    ),
    *(
        _row(state, CallerHungUp, ending.caller_gone, S.ENDED)
        for state in S
        if state is not S.ENDED
    ),
)

TABLE = {(row.state, row.kind): row for row in _ROWS}
"""Every row by state and class of input."""

if len(TABLE) != len(_ROWS):
    raise AssertionError("the table has two rows for the same state and input")
