"""The rows of the table for the talk: call back, lawyer, hold, parties, transfer."""

from ivr.flow import handlers_control as control, handlers_rights as rights, handlers_talk as talk
from ivr.flow.inputs import (
    CalleeAnswered,
    CalleeFailed,
    DigitPressed,
    LawyerHeard,
    LawyerHungUp,
    LawyerLost,
    LawyerUnreached,
    PromptFinished,
    TimerFired,
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
from ivr.flow.rows import make_row as _row
from ivr.flow.states import State as S

_GIVEN_AWAY = (S.TALKING, S.TRANSFERRED)
_HANDED_ON = (*_GIVEN_AWAY, S.TRANSFERRING)
_WITHOUT_LAWYER = (*_HANDED_ON, S.RATING_MENU)
_CAME_BACK = (S.TALKING, S.LAWYER_LOST, S.ENQUEUEING)
_AFTER_CALLBACK_NOTICE = (S.TALKING, S.AWAITING_LAWYER, S.ENQUEUEING)

TALK_ROWS = (
    _row(S.DIALLING, LawyerHeard, talk.note_lawyer_heard),
    _row(S.DIALLING, LawyerLost, talk.note_lawyer_heard),
    _row(S.DIALLING, LawyerHungUp, talk.stop_dialling, S.ENDED),
    _row(S.DIALLING, LawyerUnreached, talk.end_unreached, S.ENDED),
    _row(S.DIALLING, CalleeAnswered, talk.begin_callback, S.CALLBACK_NOTICE),
    _row(S.DIALLING, CalleeFailed, talk.callee_failed, S.ENDED),
    #
    _row(S.CALLBACK_NOTICE, DigitPressed, rights.press_in_callback_notice),
    _row(S.CALLBACK_NOTICE, LawyerHeard, talk.note_lawyer_heard),
    _row(S.CALLBACK_NOTICE, LawyerLost, talk.note_lawyer_heard),
    _row(S.CALLBACK_NOTICE, LawyerHungUp, talk.note_lawyer_gone),
    _row(S.CALLBACK_NOTICE, LawyerUnreached, talk.release_unreached),
    _row(S.CALLBACK_NOTICE, PromptFinished, talk.bridge_or_ring, *_AFTER_CALLBACK_NOTICE),
    _row(S.CALLBACK_NOTICE, TimerFired, talk.bridge_or_ring, *_AFTER_CALLBACK_NOTICE),
    #
    _row(S.CONNECTING, LawyerHeard, talk.note_lawyer_heard),
    _row(S.CONNECTING, LawyerLost, talk.note_lawyer_heard),
    _row(S.CONNECTING, PromptFinished, talk.bridge_or_ring, S.TALKING, S.AWAITING_LAWYER),
    _row(S.CONNECTING, TimerFired, talk.bridge_or_return, S.TALKING, S.ENQUEUEING),
    _row(S.CONNECTING, LawyerHungUp, talk.lawyer_gone, S.ENQUEUEING),
    _row(S.CONNECTING, LawyerUnreached, talk.lawyer_unreached, S.ENQUEUEING),
    _row(S.AWAITING_LAWYER, LawyerUnreached, talk.lawyer_unreached, S.ENQUEUEING),
    _row(S.AWAITING_LAWYER, LawyerHeard, talk.bridge_now, S.TALKING),
    _row(S.AWAITING_LAWYER, TimerFired, talk.give_lawyer_up, S.ENQUEUEING),
    _row(S.AWAITING_LAWYER, LawyerHungUp, talk.lawyer_gone, S.ENQUEUEING),
    #
    _row(S.TALKING, LawyerLost, talk.hold_for_lawyer, S.LAWYER_LOST),
    _row(S.TALKING, LawyerHungUp, control.lawyer_gone, S.RATING_MENU, S.TALKING),
    _row(S.LAWYER_LOST, PromptFinished, talk.hold_audio),
    _row(S.LAWYER_LOST, LawyerHeard, talk.bridge_now, S.TALKING),
    _row(S.LAWYER_LOST, TimerFired, talk.give_lawyer_up, S.ENQUEUEING, S.TALKING),
    _row(S.LAWYER_LOST, LawyerHungUp, control.lawyer_gone, S.RATING_MENU, S.TALKING),
    #
    _row(S.TALKING, MuteRequested, control.mute),
    _row(S.ON_HOLD, MuteRequested, control.mute),
    _row(S.TALKING, HoldRequested, control.hold, S.ON_HOLD),
    _row(S.ON_HOLD, ResumeRequested, control.resume, S.ON_HOLD, S.TALKING),
    _row(S.ON_HOLD, LawyerLost, control.note_lawyer_away),
    _row(S.ON_HOLD, LawyerHeard, control.note_lawyer_back),
    _row(S.ON_HOLD, LawyerHungUp, control.lawyer_gone, *_WITHOUT_LAWYER),
    _row(S.ON_HOLD, TimerFired, control.give_lawyer_up, S.ON_HOLD, S.ENQUEUEING, S.TALKING),
    _row(S.ON_HOLD, CompleteRequested, control.complete_transfer, S.ON_HOLD, *_HANDED_ON),
    _row(S.ON_HOLD, JoinRequested, control.join, S.ON_HOLD, S.TALKING),
    _row(S.TALKING, QueueRequested, control.send_to_queue, S.ENQUEUEING),
    _row(S.ON_HOLD, QueueRequested, control.send_to_queue, S.ENQUEUEING),
    #
    _row(S.TRANSFERRING, LawyerHeard, talk.note_lawyer_heard),
    _row(S.TRANSFERRING, LawyerLost, talk.note_lawyer_heard),
    _row(S.TRANSFERRING, LawyerHungUp, talk.note_lawyer_gone),
    _row(S.TRANSFERRING, TimerFired, control.give_transfer_up, *_CAME_BACK),
    #
    _row(S.TALKING, PartyWanted, control.want_party, S.TALKING, S.ON_HOLD, S.TRANSFERRING),
    _row(S.ON_HOLD, PartyWanted, control.want_party, S.ON_HOLD, S.TRANSFERRING),
    _row(S.LAWYER_LOST, PartyWanted, control.want_party),
    _row(S.TRANSFERRING, PartyWanted, control.want_party),
    _row(S.TALKING, PartyAnswered, control.answer_party),
    _row(S.ON_HOLD, PartyAnswered, control.answer_party),
    _row(S.LAWYER_LOST, PartyAnswered, control.answer_party),
    _row(S.TRANSFERRING, PartyAnswered, control.answer_party, S.TRANSFERRING, *_GIVEN_AWAY),
    _row(S.TRANSFERRED, PartyAnswered, control.answer_party),
    *(
        row
        for state, targets in {
            S.TALKING: (S.TALKING,),
            S.ON_HOLD: (S.ON_HOLD, S.TALKING),
            S.LAWYER_LOST: (S.LAWYER_LOST,),
            S.TRANSFERRING: (S.TRANSFERRING, *_CAME_BACK),
            S.TRANSFERRED: (S.TRANSFERRED, S.RATING_MENU),
        }.items()
        for row in (
            _row(state, PartyLeft, control.lose_party, *targets),
            _row(state, DropRequested, control.drop_party, *targets),
            _row(state, PartyHeld, control.note_party_hold),
            _row(state, PurposeRequested, control.change_purpose),
            _row(state, DigitsRequested, control.press_digits),
            _row(state, PauseRequested, control.pause),
        )
    ),
)
"""From the lawyer's acceptance to the end of the talk, in the order of the diagram."""
