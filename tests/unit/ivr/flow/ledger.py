"""What stands open in the world during a call, kept by the deeds alone; refuses illegal deeds."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ivr.flow.actions import (
    Action,
    Answer,
    Bridge,
    Enqueue,
    HangUp,
    HurryPlace,
    LeaveQueue,
    Listen,
    Play,
    RefuseRecording,
    Reject,
    ReleaseLawyer,
    StartRecording,
    StopListening,
    StopRecording,
    StoreRating,
    Unbridge,
)
from ivr.flow.actions_control import (
    ChangeParty,
    DropParty,
    HandOver,
    PauseRecording,
    ReachParty,
    SendDigits,
    SignalLawyer,
)
from ivr.flow.inputs import CallbackRegistered, Input, LawyerHungUp, LeftQueue, OfferAccepted
from ivr.flow.inputs_control import PartyLeft
from ivr.flow.states import CallContext, State


@dataclass
class Ledger:
    """The world as the runner would see it."""

    queued: bool = False
    lawyer: bool = False
    bridged: bool = False
    recording: bool = False
    refused: bool = False
    listening: bool = False
    paused: bool = False
    parties: set[str] = field(default_factory=set)
    over: bool = False
    place_confirmed: bool = False

    @classmethod
    def of(cls, call: CallContext) -> "Ledger":
        """The world as the context believes it to be."""
        return cls(
            queued=call.queued,
            lawyer=call.lawyer is not None,
            bridged=call.bridged,
            recording=call.recording,
            refused=call.refused,
            listening=call.listening,
            paused=call.paused,
            parties={party.id for party in call.parties},
            over=call.state is State.ENDED,
            place_confirmed=call.position is not None,
        )

    def happen(self, event: Input, *, before: CallContext) -> None:
        """What the input itself says about the world."""
        match event:
            case OfferAccepted() if self.queued:
                self.queued, self.lawyer = False, True
            case CallbackRegistered() | LeftQueue() if self.queued:
                self.queued = False
            case PartyLeft(party):
                self.parties.discard(party)
            case LawyerHungUp() if before.state is not State.ENDED:
                self.lawyer = False

    def do(self, actions: Sequence[Action]) -> None:
        """Carries the actions out; an illegal one is an AssertionError."""
        for action in actions:
            assert not self.over, f"{action} after the end"
            self._do(action)

    def _do(self, action: Action) -> None:  # noqa: C901, PLR0912, PLR0915 - a case an action
        match action:
            case Answer():
                assert not self.queued
            case Enqueue():
                assert not (self.queued and self.place_confirmed), "a second place in the queue"
                self.queued = True
            case LeaveQueue():
                assert self.queued
                self.queued = False
            case Bridge():
                assert self.lawyer, "a bridge to nobody"
                assert self.recording is not self.refused, "recorded unless refused"
                assert not self.bridged
                self.bridged = True
            case Unbridge():
                assert self.bridged
                self.bridged = False
            case StartRecording():
                assert not self.recording
                assert not self.refused, "recorded against the caller's will"
                self.recording = True
            case StopRecording():
                assert self.recording
                self.recording = self.paused = False
            case Listen():
                assert not self.listening
                assert not self.refused, "heard against the caller's will"
                self.listening = True
            case StopListening():
                assert self.listening
                self.listening = False
            case RefuseRecording():
                assert not self.listening, "refused, and heard on"
                assert not self.recording, "refused, and recorded on"
                assert not self.refused
                self.refused = True
            case HurryPlace():
                assert self.queued
            case ReleaseLawyer():
                assert self.lawyer
                assert not self.bridged
                self.lawyer = False
            case ReachParty(party):
                assert party.id not in self.parties
                self.parties.add(party.id)
            case DropParty(party):
                assert party.id in self.parties, "nobody there to drop"
                self.parties.remove(party.id)
            case ChangeParty(party):
                assert party.id in self.parties
            case HandOver(party):
                assert not self.bridged
                self.parties.remove(party.id)
                self.lawyer = True
            case SignalLawyer():
                assert self.lawyer, "a tone for nobody"
                assert not self.bridged
            case SendDigits(party):
                assert party is None or party.id in self.parties
            case PauseRecording(paused):
                assert self.recording
                assert self.paused is not paused
                self.paused = paused
            case StoreRating(rating):
                assert 1 <= rating <= 4
            case Play(_, prompts):
                assert prompts, "a play of nothing never ends"
                assert not self.bridged, "a prompt over a talk"
            case HangUp() | Reject():
                kept = Ledger(place_confirmed=self.place_confirmed, refused=self.refused)
                assert self == kept, "something is left open"
                self.over = True
            case _:
                pass
