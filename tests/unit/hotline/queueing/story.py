"""One story about the queue: a house in which nothing has happened yet, and what is done in it."""

from datetime import datetime

from sqlmodel import col, select

from hotline.clock import FakeClock
from hotline.queueing import lease
from hotline.queueing.dispatch import run_round
from hotline.tables import Offer
from ivr.recovery import recover
from tests.unit.hotline.queueing import fairness, invariants
from tests.unit.hotline.queueing.invariants import OnDuty, Picture
from tests.unit.hotline.queueing.stage import Stage
from tests.unit.hotline.queueing.talks import NODE, Talks

LANGUAGES = ("zh", "en")
"""What lawyers speak."""

_LEASE_SECONDS = 3.0


class KilledError(Exception):
    """The process is gone: nothing more of its work is done."""


class Story:
    """What is there in a story.

    Attributes:
        clock: Its time.
        house: Its house; the database is the stage's.
        talks: Its calls.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.clock = FakeClock()
        self.house = stage.new_house(self.clock)
        self.talks = Talks(self.house, stage.rows)

    def look(self) -> Picture:
        """What goes on just now."""
        return invariants.look(self._stage.rows)

    def check(self) -> None:
        """Looks whether everything is in order."""
        invariants.check(self.look(), on_the_line=self.talks.on_the_line)

    def dispatch(self, holder: str) -> datetime | None:
        """One of the dispatchers tries a round; returns when the next is due, if that is known."""
        with self.house.database.session() as session:
            fence = lease.take(session, self.clock, "dispatcher", holder, seconds=_LEASE_SECONDS)
            if fence is None:
                return None
            before = self._offers()
            due = run_round(session, self.house, fence=fence)
            made = [one for one in self._offers() if one not in before]
            if made:
                query = select(Offer).where(col(Offer.id).in_(made))
                fairness.check_round(session, self.house, session.exec(query).all())
            return due

    def dispatch_and_die(self, *, is_done: bool) -> None:
        """A dispatcher dies before or after the round's work, and before its commit.

        Raises:
            KilledError: Always.
        """
        with self.house.database.session() as session:
            fence = lease.take(session, self.clock, "dispatcher", "first", seconds=_LEASE_SECONDS)
            if fence is not None and is_done:
                run_round(session, self.house, fence=fence)
                session.flush()
            raise KilledError

    def telephone_dies(self) -> None:
        """kill -9 of ivr, and its successor's first deed: whoever was cut off is called back."""
        cut_off = {one.caller_id for one in self.look().calls if one.id in self.talks.on_the_line}
        recover(self.house, node=NODE)
        self.talks.on_the_line.clear()
        assert cut_off <= {wish.caller_id for wish in self.look().wishes}

    def go_on(self, lawyer_id: str, turn: str, *, result: str = "no_answer") -> None:
        """The next thing happens to the lawyer's call, if there is one."""
        lawyer = self.lawyer(lawyer_id)
        if lawyer.call_id is not None:
            self.talks.go_on(lawyer.call_id, turn, result=result)

    def lawyer(self, lawyer_id: str) -> OnDuty:
        """What a lawyer is doing."""
        return next(one for one in self.look().lawyers if one.id == lawyer_id)

    def _offers(self) -> set[str]:
        return {offer_id for (offer_id,) in self._stage.rows("SELECT id FROM offers")}
