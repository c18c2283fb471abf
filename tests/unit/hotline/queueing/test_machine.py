"""The queue as a whole under any order of events: nobody lost, nobody served twice.

Callers, lawyers, dispatchers and the telephone process do what they do, in any order, with time
passing and processes dying in between. After every step the database is looked at.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import booleans, integers, none, one_of, sampled_from
from sqlmodel import Session, col, select

from callback import jobs, rules as callback_rules, service as callbacks
from callback.repository import open_of, quiet_hours, wish_of
from hotline.agents import presence, service as agents
from hotline.agents.rules import BEING_OFFERED, IN_CALL, LawyerState
from hotline.callers import service as callers
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.database import Database
from hotline.errors import HotlineError
from hotline.house import House
from hotline.privacy import open_vault
from hotline.queueing import lease, offers, repository, service as queue
from hotline.queueing.configuration import QueueRules
from hotline.queueing.dispatch import run_round
from hotline.queueing.matching import may_offer
from hotline.queueing.rules import Priority, most_overtaking_seconds
from hotline.settings import load_settings
from hotline.tables import Call, Callback, Caller, Lawyer, Leg, Offer, QueueEntry
from ivr.recovery import recover
from tests.conftest import SilentBus
from tests.unit.hotline.factories import create_lawyer
from tests.unit.hotline.queueing import invariants
from tests.unit.hotline.queueing.talks import NODE, RESULTS, TURNS, Talks

# The same few stories in every run of all tests; `make storm` asks for many others, told by
# a seed, and HOTLINE_LONG_TESTS=1 for longer ones that nobody has seen yet.
_IS_LONG = bool(os.environ.get("HOTLINE_LONG_TESTS"))
_SEED = os.environ.get("HOTLINE_STORIES_SEED")
_EXAMPLES = int(os.environ.get("HOTLINE_STORIES", "2000" if _IS_LONG else "20"))
_STEPS = 80 if _IS_LONG else 50 if _SEED else 35
_IS_QUICK = not (_IS_LONG or _SEED)

_LANGUAGES = ("zh", "en")
# Nobody speaks Korean: those who need it are served with an interpreter.
_NEEDED = ("zh", "zh", "en", "ko")
_TOPICS = ("labour", "family")
# Waits and deadlines of the house lie between these: acknowledge 2 s, offer 20 s, lease 3 s, ...
_OFTEN = sampled_from((True, True, True, False))
_RARELY = sampled_from((True, False, False, False))
_WISHES = (
    LawyerState.AVAILABLE,
    LawyerState.AVAILABLE,
    LawyerState.BUSY,
    LawyerState.BREAK,
    LawyerState.OFFLINE,
)
# What administrators change in the middle of the day; the steps of overflow stay the same.
_RULES: tuple[dict[str, object], ...] = (
    {},
    {"strategy": "fewest_today", "sticky_seconds": 60},
    {"strategy": "best_skill", "least_level": 3, "least_level_seconds": 30},
    {"queue_weights": {"zh/labour": 5, "en/*": 2}, "weight_advantage_seconds": 60},
    dict.fromkeys(("head_start_returning_seconds", "head_start_wages_seconds"), 0.0),
)
# Some of them lead into the night, through quiet hours and through those that people choose.
_PAUSES = (0.5, 2.5, 4.0, 16.0, 21.0, 61.0, 900.0, 4 * 3600.0, 9 * 3600.0)
# A lawyer at whom somebody rings, or who has a caller.
_HAS_SOMEBODY = col(Lawyer.state).in_([state.value for state in BEING_OFFERED | IN_CALL])


class _KilledError(Exception):
    """The process is gone: nothing more of its work is done."""


class QueueMachine(RuleBasedStateMachine):
    """Everybody who has to do with the queue."""

    waiting = Bundle("waiting")
    lawyers = Bundle("lawyers")

    def __init__(self) -> None:
        super().__init__()
        self._directory = Path(tempfile.mkdtemp(prefix="hotline-queue-"))
        configuration = load_settings(self._directory)
        shutil.copy(_migrated(), self._directory / "hotline.db")
        self.clock = FakeClock()
        self.house = House(
            settings=configuration.model_copy(update={"trunk_outbound": "127.0.0.1:5080"}),
            database=Database(configuration.database_url_used),
            vault=open_vault(configuration.key_file),
            bus=SilentBus(),
            clock=self.clock,
        )
        self.talks = Talks(self.house)

    def teardown(self) -> None:
        try:
            self._serve_everybody()
        finally:
            self.house.close()
            shutil.rmtree(self._directory)

    @initialize(target=lawyers)
    def open_the_office(self) -> object:
        """Two lawyers are there from the beginning."""
        with self.house.database.session() as session:
            first = create_lawyer(session, self.house, languages=_LANGUAGES)
            second = create_lawyer(session, self.house, topics=("labour",))
            return multiple(first.user_id, second.user_id)

    # Callers.

    @rule(
        target=waiting,
        known=integers(0, 3),
        language=sampled_from(_NEEDED),
        topic=sampled_from((*_TOPICS, None)),
        priority=sampled_from(tuple(Priority)),
        sticky=one_of(none(), none(), lawyers),
        is_nudged=_OFTEN,
    )
    def arrive(
        self,
        known: int,
        language: str,
        topic: str | None,
        priority: Priority,
        sticky: str | None,
        is_nudged: bool,
    ) -> str:
        """A caller enters the queue; the same people call again now and then."""
        desk = self.talks.arrive(_number(known), language=language, topic=topic)
        with self.house.database.session() as session:
            queue.enter(
                session, self.house, call=calls.find(session, desk.call_id), language=language,
                topic=topic, priority=priority, sticky_lawyer_id=sticky,
            )  # fmt: skip
        self._nudge(is_nudged)
        return desk.call_id

    @rule(
        target=waiting,
        known=integers(0, 3),
        language=sampled_from(_NEEDED),
        is_elderly=booleans(),
        is_emergency=_RARELY,
    )
    def call_again(self, known: int, language: str, is_elderly: bool, is_emergency: bool) -> str:
        """A caller enters the queue as their earlier calls and keys have it."""
        desk = self.talks.arrive(_number(known), language=language, topic=None)
        desk.enqueue(
            language=language, topic=None, at_head=False, is_elderly=is_elderly,
            is_emergency=is_emergency,
        )  # fmt: skip
        return desk.call_id

    @rule(call_id=waiting)
    def ask_for_a_place_again(self, call_id: str) -> None:
        """The ivr asks again when the confirmation was slow: the place is the same one."""
        if call_id not in self.talks.on_the_line:
            return
        with self.house.database.session() as session:
            call = calls.find(session, call_id)
            if call.state == "queued":
                queue.enter(
                    session, self.house, call=call, language=str(call.language), topic=call.topic
                )

    @rule(call_id=consumes(waiting), is_lost=_RARELY)
    def hang_up(self, call_id: str, is_lost: bool) -> None:
        """A caller gives up, or leaves in the middle of the talk; or the line is found dead."""
        if call_id not in self.talks.on_the_line:
            return
        if is_lost:
            self.talks.lose(call_id)
        else:
            self.talks.end(call_id, "caller_hung_up")

    @rule(call_id=waiting, typed=one_of(none(), none(), integers(2, 5)))
    def press_the_callback_key(self, call_id: str, typed: int | None) -> None:
        """A caller would rather be called back, unless a lawyer was faster."""
        if call_id not in self.talks.on_the_line:
            return
        number = _number(typed) if typed is not None else None
        if self.talks.register_callback(call_id, source="key", number=number):
            self.talks.end(call_id, "callback_booked")

    @rule(
        known=integers(0, 5),
        opens=one_of(none(), sampled_from((0, 1, 9, 14, 30))),
        hours=sampled_from((1, 3, 26)),
        language=sampled_from(_LANGUAGES),
    )
    def ask_on_the_page(self, known: int, opens: int | None, hours: int, language: str) -> None:
        """Somebody asks to be called back, perhaps at hours of their own, some of them at night."""
        begin = self.clock.now() + timedelta(hours=opens) if opens is not None else None
        with contextlib.suppress(HotlineError), self.house.database.session() as session:
            callbacks.request(
                session, self.house, number=_number(known), language=language, topic=None,
                window_from=begin,
                window_to=begin + timedelta(hours=hours) if begin is not None else None,
            )  # fmt: skip

    @rule(known=integers(0, 5))
    def cancel_on_the_page(self, known: int) -> None:
        """Somebody does not want to be called back any more, wherever that stands."""
        with self.house.database.session() as session:
            caller = callers.find_or_create(session, self.house, _number(known))
            callback = open_of(session, caller)
            if callback is not None:
                callbacks.cancel(session, self.house, callback)

    # Lawyers.

    @rule(
        target=lawyers,
        languages=sampled_from((("zh",), ("en",), ("zh", "en"))),
        topics=sampled_from((("*",), ("labour",), ("family",))),
        level=integers(1, 3),
    )
    def begin_duty(self, languages: tuple[str, ...], topics: tuple[str, ...], level: int) -> object:
        """One more lawyer; five are enough."""
        with self.house.database.session() as session:
            if len(session.exec(select(Lawyer)).all()) >= 5:
                return multiple()
            lawyer = create_lawyer(session, self.house, languages=languages, topics=topics)
            lawyer.language_levels = dict.fromkeys(languages, level)
            lawyer.topic_levels = dict.fromkeys(topics, level)
            return lawyer.user_id

    @rule(lawyer_id=lawyers, state=sampled_from(_WISHES), is_nudged=_OFTEN)
    def ask_for_a_state(self, lawyer_id: str, state: LawyerState, is_nudged: bool) -> None:
        """A lawyer presses a button; the server may say no."""
        try:
            with self.house.database.session() as session:
                agents.set_state(session, self.house, lawyer_id, state, by=lawyer_id)
        except HotlineError:
            return
        self._nudge(is_nudged)

    @rule(lawyer_id=lawyers, is_there=booleans())
    def page_comes_or_goes(self, lawyer_id: str, is_there: bool) -> None:
        """A reload, a dead battery, a train in a tunnel."""
        with self.house.database.session() as session:
            change = presence.connected if is_there else offers.lawyer_gone
            change(session, self.house, lawyer_id)

    @rule(lawyer_id=lawyers, answer=sampled_from(("acknowledge", "accept", "accept", "decline")))
    def answer_the_offer(self, lawyer_id: str, answer: str) -> None:
        """A lawyer does something with what rings; twice at once, as a nervous hand does."""
        with self.house.database.reading() as session:
            offer = repository.open_offer_of_lawyer(session, lawyer_id)
        if offer is None:
            return
        deed = getattr(offers, answer)
        wins = 0
        for _ in range(2):
            try:
                with self.house.database.session() as session:
                    deed(session, self.house, offer.id, lawyer_id)
                wins += 1
            except HotlineError:
                pass
        assert answer == "acknowledge" or wins <= 1

    @rule(
        lawyer_id=lawyers,
        turn=sampled_from(TURNS),
        result=sampled_from(RESULTS),
        is_nudged=_OFTEN,
    )
    def talk_goes_on(self, lawyer_id: str, turn: str, result: str, is_nudged: bool) -> None:
        """What becomes of an accepted call: it begins, ends, breaks, or nobody answers."""
        self._go_on(lawyer_id, turn, result=result)
        self._nudge(is_nudged)

    def _go_on(self, lawyer_id: str, turn: str, *, result: str = "no_answer") -> None:
        with self.house.database.reading() as session:
            call_id = agents.find(session, lawyer_id).call_id
        if call_id is not None:
            self.talks.go_on(call_id, turn, result=result)

    @rule(known=integers(0, 5), meanwhile=sampled_from(("cancels", "hangs up", "night falls")))
    def accept_in_the_last_moment(self, known: int, meanwhile: str) -> None:
        """Between a lawyer's acceptance and the telephone's hearing of it things change."""
        with self.house.database.reading() as session:
            query = select(Offer).join(QueueEntry, col(QueueEntry.id) == col(Offer.entry_id))
            is_ringing = (col(Offer.state) == "open", col(QueueEntry.kind) == "callback")
            offer = session.exec(query.where(*is_ringing)).first()
        if offer is None:
            return
        self.answer_the_offer(offer.lawyer_id, "accept")
        if meanwhile == "cancels":
            self.cancel_on_the_page(known)
        elif meanwhile == "hangs up":
            self._go_on(offer.lawyer_id, "lawyer_hangs_up")
        else:
            self.wait(9 * 3600.0)
        self.talks.hear_of_acceptances()

    @rule()
    def telephone_hears_of_acceptances(self) -> None:
        """What lawyers have accepted is dialled, or refused, a moment later."""
        self.talks.hear_of_acceptances()

    # The house.

    def _nudge(self, is_nudged: bool) -> None:
        """The bus tells the dispatcher that something happened, unless the message is lost."""
        if is_nudged:
            self.dispatch("first")

    @rule(seconds=sampled_from(_PAUSES))
    def wait(self, seconds: float) -> None:
        """Time passes, and nobody looks."""
        self.clock.advance(seconds=seconds)

    @rule(holder=sampled_from(("first", "second")))
    def dispatch(self, holder: str) -> None:
        """One of two dispatchers tries a round."""
        with self.house.database.session() as session:
            before = set(session.exec(select(Offer.id)))
            fence = lease.take(session, self.clock, "dispatcher", holder, seconds=3.0)
            if fence is None:
                return
            run_round(session, self.house, fence=fence)
            self._check_order(session, before)

    @rule(is_done=booleans())
    def dispatcher_dies(self, is_done: bool) -> None:
        """kill -9 before or after the round's work, and before its commit: nothing has happened."""
        with contextlib.suppress(_KilledError), self.house.database.session() as session:
            fence = lease.take(session, self.clock, "dispatcher", "first", seconds=3.0)
            if fence is not None and is_done:
                run_round(session, self.house, fence=fence)
                session.flush()
            raise _KilledError

    @rule(values=sampled_from(_RULES))
    def change_the_rules(self, values: dict[str, object]) -> None:
        """An administrator changes how callers are served, while they wait."""
        with self.house.database.session() as session:
            before = configuration.latest(session, "queue")
            expected = before.version if before is not None else 0
            configuration.change(session, self.house, "queue", values, expected=expected, by=None)

    @rule()
    def telephone_process_dies(self) -> None:
        """kill -9 of ivr, and its successor's first deed."""
        recover(self.house, node=NODE)
        self.talks.on_the_line.clear()

    @rule()
    def worker_sweeps(self) -> None:
        """What is done every minute."""
        jobs.sweep(self.house)

    # What must hold.

    def _check_order(self, session: Session, before: set[str]) -> None:
        """Nobody whom a lawyer could take was passed over for somebody behind."""
        now = self.clock.now()
        rules = configuration.current(session, QueueRules)
        made = [offer for offer in session.exec(select(Offer)) if offer.id not in before]
        entries = repository.entries_to_offer(session, now=now, with_callbacks=True)
        left_over = repository.as_waiting(session, entries)
        latest = timedelta(seconds=most_overtaking_seconds(rules))
        for offer in made:
            taken = session.get_one(QueueEntry, offer.entry_id)
            self._check_hours(session, taken, (now, offer.expires_at))
            lawyer = invariants.as_idle(session.get_one(Lawyer, offer.lawyer_id))
            for entry in left_over:
                is_alike = (entry.language, entry.topic, entry.priority) == (
                    taken.language,
                    taken.topic,
                    taken.priority,
                )
                is_passed_over = entry.placed_at < taken.placed_at - (
                    timedelta(0) if is_alike else latest
                )
                assert not (is_passed_over and may_offer(entry, lawyer, now=now, rules=rules))

    def _check_hours(
        self, session: Session, entry: QueueEntry, moments: Sequence[datetime]
    ) -> None:
        """Whoever is offered to be called back may be dialled as long as it rings."""
        if entry.callback_id is None:
            return
        wish = wish_of(session.get_one(Callback, entry.callback_id))
        quiet = quiet_hours(session, self.house)
        assert all(callback_rules.may_dial(wish, at=one, quiet=quiet) for one in moments)

    @invariant()
    def everything_is_in_order(self) -> None:
        """What holds after every step."""
        with self.house.database.reading() as session:
            entries = session.exec(select(QueueEntry).where(col(QueueEntry.state) != "left")).all()
            legs = session.exec(select(Leg).where(col(Leg.state) != "closed")).all()
            lawyers = session.exec(select(Lawyer)).all()
            invariants.check_offers(session, entries, lawyers)
            invariants.check_fits(session)
            invariants.check_wishes(session, entries)
            invariants.check_talks(lawyers, legs)
            invariants.check_dialling(session, entries)
            self._check_callers(session, entries, legs)

    def _check_callers(
        self, session: Session, entries: Sequence[QueueEntry], legs: Sequence[Leg]
    ) -> None:
        """Whoever waits on the line has one place or one lawyer; nothing waits for who has gone."""
        places = [e.call_id for e in entries if e.call_id and e.state in repository.LIVE_STATES]
        talks = [leg.call_id for leg in legs]
        for call_id in self.talks.on_the_line:
            assert (places.count(call_id), talks.count(call_id)) in ((1, 0), (0, 1))
        for call_id in places:
            assert session.get_one(Call, call_id).state != "ended"

    def _serve_everybody(self) -> None:
        """In the end everybody is served or called back: with time and one tireless lawyer."""
        with self.house.database.session() as session:
            tireless = create_lawyer(session, self.house, languages=_LANGUAGES).user_id
        for number in range(400):
            self.clock.advance(seconds=16)
            self.dispatch("first")
            with self.house.database.reading() as session:
                everybody = list(session.exec(select(Lawyer.user_id).where(_HAS_SOMEBODY)))
                live = repository.live_entries(session)
                is_owed = bool(self._owed(session))
            # Who is being dialled has no live place, and has not been served yet.
            if not (live or self.talks.on_the_line or is_owed):
                break
            for lawyer_id in everybody:
                self.answer_the_offer(lawyer_id, "accept")
                self._go_on(lawyer_id, "begins")
                self._go_on(lawyer_id, "nobody" if number < 2 else "begins")
                self._go_on(lawyer_id, "lawyer_hangs_up")
            self.talks.hear_of_acceptances()
            self.ask_for_a_state(tireless, LawyerState.AVAILABLE, is_nudged=False)
            if not any(entry.kind == "call" for entry in live):
                self._wait_for_wishes()
        with self.house.database.reading() as session:
            left = [(entry.kind, entry.state) for entry in repository.live_entries(session)]
            owed = self._owed(session)
            unended = [(call.direction, call.state) for call in calls.unended(session)]
        assert (left, owed, self.talks.on_the_line, unended) == ([], [], set(), [])

    def _wait_for_wishes(self) -> None:
        """Wishes keep quiet hours, hours of their own, and pauses between attempts."""
        now = self.clock.now()
        with self.house.database.reading() as session:
            query = select(Callback.next_attempt_at).where(col(Callback.state) == "waiting")
            moment = min(session.exec(query), default=now)
        if moment > now:
            self.clock.advance(seconds=(moment - now).total_seconds())

    def _owed(self, session: Session) -> list[tuple[str, str]]:
        """Wishes to be called back that are open, and whose they are."""
        found = session.exec(
            select(Callback.state, Caller.id)
            .join(Caller, col(Caller.id) == col(Callback.caller_id))
            .where(col(Callback.state).in_([s.value for s in callback_rules.OPEN_STATES]))
        )
        return list(found.all())


def _number(known: int) -> str:
    """The number of somebody who calls now and then."""
    return f"1380000000{known}"


_TEMPLATE: list[Path] = []


def _migrated() -> Path:
    """An empty database to copy, made once."""
    if not _TEMPLATE:
        path = Path(tempfile.mkdtemp(prefix="hotline-queue-")) / "hotline.db"
        database = Database(f"sqlite:///{path}")
        database.migrate()
        database.close()
        _TEMPLATE.append(path)
    return _TEMPLATE[0]


def test_queue__any_order_of_events() -> None:
    machine = seed(int(_SEED))(QueueMachine) if _SEED else QueueMachine
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=_EXAMPLES,
            stateful_step_count=_STEPS,
            deadline=None,
            database=None,
            derandomize=_IS_QUICK,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,) if _IS_QUICK else (Phase.generate, Phase.shrink),
        ),
    )
