"""What becomes of calls in the telephone process: its own deeds, one after the other."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from callback import rules as callback_rules
from callback.repository import find, quiet_hours, wish_of
from hotline.agents.rules import Reason
from hotline.calls import service as calls
from hotline.house import House
from hotline.queueing import repository
from hotline.tables import Call
from ivr import arrivals
from ivr.desk import Desk
from ivr.outbound import take_up

NODE = "host:5060"

# What may come of dialling; the last is said of every call whose attempt came to nothing before.
RESULTS = ("no_answer", "busy", "unreachable", "failed", "lawyer_unreached")
_LATE = "cancelled"

# What may happen to a call that a lawyer has taken, and to one that is being dialled.
TURNS = ("begins", "begins", "nobody", "lawyer_hangs_up", "lawyer_lost", "caller_lost")

_ACCEPTED = "SELECT id FROM calls WHERE state = 'dialling' AND node = '' AND direction = 'out'"


class Talks:
    """The telephone process's calls.

    Args:
        house: The house.
        read: Gives the rows of a statement.

    Attributes:
        on_the_line: Calls whose caller wants a lawyer and has not been served.
    """

    def __init__(self, house: House, read: Callable[[str], list[Any]]) -> None:
        self._house, self._read_rows = house, read
        self.on_the_line: set[str] = set()

    def arrive(self, number: str, *, language: str, topic: str | None) -> Desk:
        """A caller has chosen, and is about to get a place in the queue."""
        call_id = arrivals.begin(
            self._house, number=number, called="12348", node=NODE, flow_version=""
        )
        desk = Desk(self._house, call_id)
        desk.change(state="queued", language=language, topic=topic)
        self.on_the_line.add(call_id)
        return desk

    def end(self, call_id: str, reason: str) -> None:
        """The call is over."""
        Desk(self._house, call_id).end(reason)
        self.on_the_line.discard(call_id)

    def lose(self, call_id: str) -> None:
        """The caller's line dies; in the talk that is called back in any case."""
        if self._read(call_id).state == "talking":
            assert self.register_callback(call_id, source="lost")
        self.end(call_id, "caller_lost")

    def register_callback(self, call_id: str, *, source: str, number: str | None = None) -> bool:
        call = self._read(call_id)
        language = str(call.language)
        return Desk(self._house, call_id).register_callback(
            language=language, topic=call.topic, source=source, number=number
        )

    def hear_of_acceptances(self) -> None:
        """Takes up what lawyers have accepted, once each, if it may be dialled at that moment."""
        for (call_id,) in self._read_rows(_ACCEPTED):
            with self._house.database.reading() as session:
                may_dial = self._may_dial(session, call_id)
            claim = take_up(self._house, call_id, node=NODE, flow_version="")
            assert claim is None or may_dial
            assert take_up(self._house, call_id, node=NODE, flow_version="") is None, "twice"
            # It hears of each acceptance once: what is not dialled now must be over.
            assert claim is not None or self._read(call_id).state == calls.ENDED

    def _may_dial(self, session: Session, call_id: str) -> bool:
        call = session.get_one(Call, call_id)
        callback = find(session, str(call.callback_id))
        quiet = quiet_hours(session, self._house)
        return not repository.is_on_line(
            session, callback.caller_id, besides=call
        ) and callback_rules.may_dial(wish_of(callback), at=self._house.clock.now(), quiet=quiet)

    def go_on(self, call_id: str, turn: str, *, result: str = "no_answer") -> None:
        """The next thing happens to a call that a lawyer has taken."""
        call = self._read(call_id)
        if call.state == calls.ENDED:
            return
        if call.state != "dialling":
            self._talk(call, turn)
        elif call.node:
            self._dial(call, turn, result)
        elif turn == "lawyer_hangs_up":
            self._hang_up(call)
        else:
            self.hear_of_acceptances()

    def _dial(self, call: Call, turn: str, result: str) -> None:
        desk = Desk(self._house, call.id)
        if turn == "begins":
            desk.callee_answered()
            desk.talk_began()
            return
        if turn == "lawyer_hangs_up":
            self._hang_up(call)
        else:
            desk.callee_failed(result)
        self.end(call.id, "callee_failed")
        desk.callee_failed(_LATE)

    def _talk(self, call: Call, turn: str) -> None:
        match turn:
            case "begins":
                Desk(self._house, call.id).talk_began()
            case "lawyer_hangs_up" if call.bridged_at is not None:
                self._hang_up(call)
                self.end(call.id, "lawyer_hung_up")
            case "lawyer_hangs_up":
                self._hang_up(call)
                self._return_to_queue(call)
            case "lawyer_lost":
                Desk(self._house, call.id).release_lawyer(Reason.CALL_LOST)
                self._return_to_queue(call)
            case "caller_lost":
                self.lose(call.id)
            case _:
                pass

    def _hang_up(self, call: Call) -> None:
        """The lawyer ends the talk at the page."""
        with self._house.database.session() as session:
            row = calls.find(session, call.id)
            calls.request_hang_up(session, self._house, row, by=str(row.lawyer_id))

    def _return_to_queue(self, call: Call) -> None:
        desk = Desk(self._house, call.id)
        desk.change(state="queued")
        desk.enqueue(language=str(call.language), topic=call.topic, at_head=True)
        self.on_the_line.add(call.id)

    def _read(self, call_id: str) -> Call:
        with self._house.database.reading() as session:
            return calls.find(session, call_id)
