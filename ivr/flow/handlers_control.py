"""What is done when a lawyer or a supervisor takes a talk in hand."""

from dataclasses import replace

from ivr.flow.actions import Action
from ivr.flow.actions_control import (
    ChangeParty,
    DropParty,
    Mix,
    PauseRecording,
    ReachParty,
    SendDigits,
    SignalLawyer,
)
from ivr.flow.definition import FlowDefinition
from ivr.flow.entries import Step, wait
from ivr.flow.entries_control import (
    RINGBACK,
    begin_transfer,
    come_back,
    complete,
    finish_talk,
    give_away,
    go_on_without_lawyer,
    mix_anew,
    move_on,
    put_on_hold,
    replace_lawyer,
)
from ivr.flow.entries_talk import bridge
from ivr.flow.inputs import LawyerHeard, LawyerHungUp, LawyerLost, TimerFired
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
from ivr.flow.mixing import LAWYER
from ivr.flow.parties import Party, Purpose, changed, find, of_purpose, without
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext, State

# The engine mixes up to eight legs: caller, lawyer and these.
MOST_PARTIES = 6


def hold(flow: FlowDefinition, call: CallContext, _event: HoldRequested) -> Step:
    """The lawyer puts the caller on hold."""
    return put_on_hold(flow, call)


def resume(_flow: FlowDefinition, call: CallContext, _event: ResumeRequested) -> Step:
    """Back to the caller; whoever was being consulted is let go."""
    if not call.lawyer_heard:
        return call, ()
    consulted = tuple(of_purpose(call.parties, Purpose.CONSULT))
    dropped = tuple(DropParty(party, EndReason.LAWYER_HUNG_UP) for party in consulted)
    call = replace(call, parties=without(call.parties, *consulted))
    call, bridged = bridge(call)
    return call, (SignalLawyer(None), *dropped, *bridged)


def want_party(flow: FlowDefinition, call: CallContext, wanted: PartyWanted) -> Step:
    """Somebody is to be reached for the call; what cannot be, changes nothing."""
    party = Party(wanted.party, wanted.purpose, wanted.lawyer)
    if not _may_come(call, party):
        return call, ()
    reached: tuple[Action, ...] = (ReachParty(party),)
    call = replace(call, parties=(*call.parties, party))
    match party.purpose:
        case Purpose.CONSULT if call.state is State.TALKING:
            call, held = put_on_hold(flow, call)
            return call, (*held, SignalLawyer(RINGBACK), *reached)
        case Purpose.CONSULT:
            return call, (SignalLawyer(RINGBACK), *reached)
        case Purpose.TRANSFER:
            call, ringing = begin_transfer(flow, call)
            return call, ringing + reached
        case _:
            return call, reached


def _may_come(call: CallContext, party: Party) -> bool:
    if len(call.parties) >= MOST_PARTIES or find(call.parties, party.id) is not None:
        return False
    if party.purpose.supervises:
        return True
    is_single = party.purpose in (Purpose.CONSULT, Purpose.TRANSFER)
    is_taken = any(of_purpose(call.parties, Purpose.CONSULT, Purpose.TRANSFER))
    return call.state in (State.TALKING, State.ON_HOLD) and not (is_single and is_taken)


def answer_party(flow: FlowDefinition, call: CallContext, event: PartyAnswered) -> Step:
    """A party's audio is there: it hears, and is heard by, whom it came for."""
    party = find(call.parties, event.party)
    if party is None or party.is_talking:
        return call, ()
    before, party = call, replace(party, is_talking=True)
    call = replace(call, parties=changed(call.parties, party))
    if party.purpose is Purpose.TRANSFER:
        return give_away(flow, call, party)
    quiet: tuple[Action, ...] = (SignalLawyer(None),) if _is_consulted(call, party) else ()
    call, mixed = mix_anew(flow, call, before=before)
    return call, quiet + mixed


def note_party_hold(flow: FlowDefinition, call: CallContext, event: PartyHeld) -> Step:
    """A party's telephone holds us, or is back: a caller who hears nobody else hears hold audio."""
    party = find(call.parties, event.party)
    if party is None or party.is_holding is event.is_holding:
        return call, ()
    before, party = call, replace(party, is_holding=event.is_holding)
    call = replace(call, parties=changed(call.parties, party))
    return mix_anew(flow, call, before=before) if party.is_talking else (call, ())


def lose_party(flow: FlowDefinition, call: CallContext, event: PartyLeft) -> Step:
    """A party was not reached, or has hung up."""
    party = find(call.parties, event.party)
    return (call, ()) if party is None else _go_on_without(flow, call, party)


def drop_party(flow: FlowDefinition, call: CallContext, event: DropRequested) -> Step:
    """A party is sent away."""
    party = find(call.parties, event.party)
    if party is None:
        return call, ()
    call, actions = _go_on_without(flow, call, party)
    return call, (DropParty(party, EndReason.LAWYER_HUNG_UP), *actions)


def _go_on_without(flow: FlowDefinition, call: CallContext, party: Party) -> Step:
    before, call = call, replace(call, parties=without(call.parties, party))
    if party.purpose is Purpose.TRANSFER and call.state is State.TRANSFERRING:
        return come_back(flow, call)
    if party.purpose is Purpose.TRANSFER and call.state is State.TRANSFERRED:
        return finish_talk(flow, call, EndReason.TRANSFERRED)
    if _is_consulted(call, party) and not party.is_talking:
        return _come_back_from_consulting(call)
    signal: tuple[Action, ...] = (SignalLawyer(None),) if _is_consulted(call, party) else ()
    call, mixed = mix_anew(flow, call, before=before)
    return call, signal + mixed


def _come_back_from_consulting(call: CallContext) -> Step:
    """Whoever should have been asked was not reached: lawyer and caller talk again."""
    if not call.lawyer_heard:
        return call, (SignalLawyer(None), Mix())
    call, bridged = bridge(call)
    return call, (SignalLawyer(None), *bridged)


def _is_consulted(call: CallContext, party: Party) -> bool:
    return party.purpose is Purpose.CONSULT and call.state is State.ON_HOLD


def change_purpose(_flow: FlowDefinition, call: CallContext, event: PurposeRequested) -> Step:
    """A supervisor goes from listening to whispering, and so on."""
    party = find(call.parties, event.party)
    if party is None or not (party.purpose.supervises and event.purpose.supervises):
        return call, ()
    party = replace(party, purpose=event.purpose)
    return replace(call, parties=changed(call.parties, party)), (ChangeParty(party), Mix())


def complete_transfer(flow: FlowDefinition, call: CallContext, _event: CompleteRequested) -> Step:
    """The consulted party takes the caller over."""
    party = next(of_purpose(call.parties, Purpose.CONSULT), None)
    return (call, ()) if party is None else complete(flow, call, party)


def join(_flow: FlowDefinition, call: CallContext, _event: JoinRequested) -> Step:
    """Lawyer, caller and the consulted party in one talk."""
    party = next(of_purpose(call.parties, Purpose.CONSULT), None)
    if party is None or not call.lawyer_heard:
        return call, ()
    party = replace(party, purpose=Purpose.JOIN)
    call, bridged = bridge(replace(call, parties=changed(call.parties, party)))
    return call, (SignalLawyer(None), ChangeParty(party), *bridged)


def send_to_queue(flow: FlowDefinition, call: CallContext, event: QueueRequested) -> Step:
    """The caller goes to other lawyers."""
    return move_on(flow, call, event.topic)


def press_digits(_flow: FlowDefinition, call: CallContext, event: DigitsRequested) -> Step:
    """Keys for a machine at the other end."""
    if event.party is None:
        return call, (SendDigits(None, event.digits),)
    party = find(call.parties, event.party)
    if party is None or not party.is_talking:
        return call, ()
    return call, (SendDigits(party, event.digits),)


def mute(_flow: FlowDefinition, call: CallContext, event: MuteRequested) -> Step:
    """Nobody hears the lawyer or a party from here, or all do again; a supervisor decides alone."""
    party = find(call.parties, event.party) if event.party is not None else None
    if event.party is not None and (party is None or party.purpose.supervises):
        return call, ()
    speaker = LAWYER if party is None else party.id
    muted = call.muted | {speaker} if event.muted else call.muted - {speaker}
    if muted == call.muted:
        return call, ()
    return replace(call, muted=muted), (Mix(),)


def pause(_flow: FlowDefinition, call: CallContext, event: PauseRequested) -> Step:
    """The recording holds silence from here, or voices again."""
    if not call.recording or event.paused is call.paused:
        return call, ()
    deed = PauseRecording(paused=event.paused, by=event.by, reason=event.reason)
    return replace(call, paused=event.paused), (deed,)


def lawyer_gone(flow: FlowDefinition, call: CallContext, _event: LawyerHungUp) -> Step:
    """The lawyer leaves: a colleague or the consulted party takes over, or the talk ends."""
    return go_on_without_lawyer(flow, call)


def note_lawyer_away(flow: FlowDefinition, call: CallContext, _event: LawyerLost) -> Step:
    """The lawyer's audio is gone while the caller is on hold; there is time to come back."""
    return wait(replace(call, lawyer_heard=False), flow.waits.lawyer_lost)


def note_lawyer_back(_flow: FlowDefinition, call: CallContext, _event: LawyerHeard) -> Step:
    """The lawyer's audio is there again; the wait for it is over."""
    return replace(call, lawyer_heard=True, visit=call.visit + 1), ()


def give_lawyer_up(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """The lawyer did not come back to the caller on hold: a colleague goes on, or the queue."""
    return (call, ()) if call.lawyer_heard else replace_lawyer(flow, call)


def give_transfer_up(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """Nobody answered in time, and nobody told us so."""
    waiting = tuple(of_purpose(call.parties, Purpose.TRANSFER))
    dropped = tuple(DropParty(party, EndReason.CALLEE_NO_ANSWER) for party in waiting)
    call, actions = come_back(flow, replace(call, parties=without(call.parties, *waiting)))
    return call, dropped + actions
