"""A call's deeds in the database: each one short transaction, run in a thread by the runner."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from callback import abandoned, attempts, messages, service as callbacks
from hotline.agents.rules import Reason
from hotline.callers import service as callers
from hotline.callers.rules import Standing
from hotline.calls import service as calls
from hotline.calls.refusal import is_refused
from hotline.errors import HotlineError
from hotline.events import EventType
from hotline.house import House
from hotline.queueing import repository as queue_repository, service as queue
from hotline.queueing.rules import Priority
from hotline.tables import Call, Leg, Recording, User
from hotline.tickets import service as tickets
from hotline.transcripts import service as transcripts
from ivr import crowd, expectation
from ivr.flow.busy import Busy
from ivr.flow.definition import FlowDefinition
from ivr.flow.expected import Expected
from ivr.flow.reasons import EndReason
from ivr.information import Information
from ivr.media.telling import LegQuality
from ivr.speech_desk import SpeechDesk
from recordings import refusal, storage

_HUNG_UP = (EndReason.CALLER_HUNG_UP.value, EndReason.CALLER_LOST.value)


@dataclass(frozen=True, slots=True)
class NewRecording:
    """A recording that is about to begin."""

    id: str
    path: Path


class Desk:
    """Writes what becomes of one call."""

    def __init__(self, house: House, call_id: str) -> None:
        self._house = house
        self.call_id = call_id
        self._callback_id: str | None = None
        self._is_notice_due = False

    @property
    def speech(self) -> SpeechDesk:
        """The part of it that concerns speech recognition."""
        return SpeechDesk(self._house, self.call_id)

    def change(self, **values: object) -> None:
        """Writes new values of the call's row."""
        with self._session_and_call() as (session, call):
            calls.change(session, self._house, call, **values)

    def information(self, flow: FlowDefinition) -> Information:
        """Answers what callers ask without a person."""
        return Information(self._house, self.call_id, flow)

    def recognise(self) -> Standing:
        """What follows from knowing who calls."""
        return self._standing()

    def enqueue(
        self,
        *,
        language: str,
        topic: str | None,
        at_head: bool,
        is_emergency: bool = False,
        is_elderly: bool = False,
    ) -> int:
        """Gives the call a place in the queue; returns its position."""
        # Nobody else writes while we do: what can be read before and after is.
        standing = self._standing(topic=topic)
        priority = standing.priority
        if is_elderly:
            priority = max(priority, Priority.ELDERLY)
        if is_emergency:
            priority = Priority.EMERGENCY
        with self._session_and_call() as (session, call):
            entry = queue.enter(
                session,
                self._house,
                call=call,
                language=language,
                topic=topic,
                at_head=at_head,
                priority=priority,
                placed_at=standing.placed_at,
                # Who was sent to other lawyers is not to come back to the one before.
                sticky_lawyer_id=None if at_head else standing.lawyer_id,
            )
            queue.raise_priority(session, self._house, entry, priority)
        with self._house.database.reading() as session:
            return queue.positions_of_calls(session, self._house).get(self.call_id, 1)

    def hurry(self) -> None:
        """Serves the place as an emergency, if the call has one."""
        with self._house.database.session() as session:
            entry = queue_repository.live_entry_of_call(session, self.call_id)
            if entry is not None:
                queue.raise_priority(session, self._house, entry, Priority.EMERGENCY)

    def busy(self, position: int) -> Busy | None:
        """Why waiting will be long at this place in the queue; None where it may not be."""
        with self._house.database.reading() as session:
            return crowd.busy(session, position)

    def expect(self) -> Expected | None:
        """How long the caller will wait at the place just given; None while that is unknown."""
        return expectation.expect(self._house, self.call_id)

    def leave_queue(self, reason: EndReason) -> None:
        """Gives the place up, if it is still the caller's."""
        with self._house.database.session() as session:
            self._leave(session, reason.value)

    def _leave(self, session: Session, reason: str) -> None:
        """Gives the place up; who hung up waiting is called back."""
        entry = queue_repository.live_entry_of_call(session, self.call_id)
        if entry is not None:
            queue.leave(session, self._house, entry, reason=reason)
        else:
            entry = queue_repository.unserved_entry_of_call(session, self.call_id)
            if entry is None:
                return
            # A lawyer took the caller, and they never heard each other.
            queue.serve(session, self._house, entry, reason=reason)
        if reason in _HUNG_UP:
            abandoned.keep(session, self._house, calls.find(session, self.call_id), entry)

    def register_callback(
        self, *, language: str, topic: str | None, source: str, number: str | None = None
    ) -> bool:
        """Asks for a call back in this call's place; returns whether it is written down."""
        try:
            with self._session_and_call() as (session, call):
                wish = callbacks.request_from_call(
                    session,
                    self._house,
                    call,
                    language=language,
                    topic=topic,
                    source=source,
                    number=number,
                )
                self._callback_id = wish.id
        except HotlineError:
            return False
        return True

    def leg_ready(self, leg_id: str, *, host: str, port: int) -> None:
        """Tells the gateway where the engine takes the lawyer's audio."""
        with self._house.database.session() as session:
            leg = session.get_one(Leg, leg_id)
            if leg.state == "closed":
                return
            leg.state, leg.rtp_host, leg.rtp_port = "ready", host, port
            session.add(leg)
            self._house.record(
                session,
                EventType.LEG_READY,
                leg_id=leg.id,
                call_id=leg.call_id,
                lawyer_id=leg.lawyer_id,
            )

    def open_ticket(self, lawyer_id: str) -> None:
        """Opens the ticket, or hands the open one to the present lawyer."""
        with self._session_and_call() as (session, call):
            tickets.open_for_call(session, self._house, call, lawyer_id=lawyer_id)

    def talk_began(self) -> None:
        """Caller and lawyer hear each other; a wish to be called back is fulfilled by that."""
        with self._session_and_call() as (session, call):
            bridged_at = call.bridged_at or self._house.clock.now()
            calls.change(session, self._house, call, state="talking", bridged_at=bridged_at)
            if call.caller_id is not None and call.callback_id is None:
                callbacks.supersede_of_caller(session, self._house, call.caller_id)

    def store_rating(self, rating: int) -> None:
        """Keeps what the caller thought of the talk, with call and ticket."""
        with self._session_and_call() as (session, call):
            calls.change(session, self._house, call, rating=rating)
            tickets.store_rating(session, self._house, call, rating=rating)

    def release_lawyer(self, reason: Reason) -> None:
        """Closes the lawyer's leg; what becomes of the lawyer depends on why."""
        with self._session_and_call() as (session, call):
            calls.release_lawyer(session, self._house, call, reason=reason)

    def begin_recording(self) -> NewRecording | None:
        """Writes that a recording begins; None where the caller does not want one."""
        with self._session() as session:
            if is_refused(session, self.call_id):
                return None
            recording = storage.begin(session, self._house, self.call_id)
            path = storage.absolute_path(self._house, recording)
        path.parent.mkdir(parents=True, exist_ok=True)
        return NewRecording(recording.id, path)

    def begin_message(self) -> NewRecording | None:
        """Begins the recording of what the caller says to whoever will call back."""
        begun = self.begin_recording()
        if begun is not None:
            with self._session_and_call() as (session, call):
                messages.attach(session, self._house, call, begun.id, callback_id=self._callback_id)
        return begun

    def note_notice(self) -> None:
        """The caller has heard of being recorded; the next deed writes it, the end at latest."""
        self._is_notice_due = True

    def refuse_recording(self, by: str | None) -> None:
        """The caller does not want to be recorded; what there is of it goes."""
        with self._house.database.session() as session:
            lawyer = session.get(User, by) if by is not None else None
            refusal.refuse(session, self._house, self.call_id, by=lawyer)

    def end(
        self, reason: str, quality: LegQuality | None = None, *, is_refused: bool = False
    ) -> None:
        """The call is over; whatever it still holds is given back.

        A refusal that could not be written when it was told is written now at the latest.
        """
        with self._session_and_call() as (session, call):
            if is_refused:
                refusal.refuse(session, self._house, call.id, by=None)
            self._leave(session, reason)
            transcripts.close_streams_of(session, self._house, call.id)
            calls.end(session, self._house, call, reason=reason, quality=_kept(quality))
            for entry in callers.hand_place_on(session, self._house, call):
                queue.tell(session, self._house, entry)

    def callee_answered(self) -> None:
        """The citizen whom we call back picked up: the promise is kept."""
        with self._session_and_call() as (session, call):
            calls.change(session, self._house, call, answered_at=self._house.clock.now())
            attempts.connected(session, self._house, call)

    def callee_failed(self, result: str) -> None:
        """The citizen was not reached: another attempt later, or the end of attempts."""
        with self._session_and_call() as (session, call):
            attempts.attempt_failed(session, self._house, call, result=result)

    def now(self) -> datetime:
        """The moment, for values of `change`."""
        return self._house.clock.now()

    def _standing(self, *, topic: str | None = None) -> Standing:
        with self._house.database.reading() as session:
            call = calls.find(session, self.call_id)
            return callers.standing_of(session, self._house, call, topic=topic)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        is_notice_due = self._is_notice_due
        with self._house.database.session() as session:
            if is_notice_due:
                self._house.record(session, EventType.NOTICE_GIVEN, call_id=self.call_id)
            yield session
        if is_notice_due:
            self._is_notice_due = False

    @contextmanager
    def _session_and_call(self) -> Iterator[tuple[Session, Call]]:
        with self._session() as session:
            yield session, calls.find(session, self.call_id)


def _kept(quality: LegQuality | None) -> calls.Quality | None:
    """What of a leg's quality is stored; nothing of a leg that nothing came on."""
    if quality is None or not quality.received:
        return None
    return calls.Quality(
        packets_received=quality.received,
        packets_lost=quality.lost,
        frames_late=quality.late,
        jitter_ms=quality.jitter_ms,
        rtt_ms=quality.rtt_ms,
        mos=quality.mos,
    )


def recording_stopped(house: House, recording_id: str, *, seconds: float) -> None:
    """The recording's file is closed: hashing and encoding may begin."""
    with house.database.session() as session:
        if session.get(Recording, recording_id) is not None:
            storage.finished(session, house, recording_id, seconds)
