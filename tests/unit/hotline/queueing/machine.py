"""The queue as a whole under any order of events: nobody lost, nobody served twice.

Callers, lawyers, dispatchers and the telephone process do what they do, in any order, with time
passing and processes dying in between. After every step the database is looked at.
"""

import contextlib
from datetime import timedelta

from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)
from hypothesis.strategies import booleans, integers, none, one_of, sampled_from
from sqlmodel import col, select

from callback import jobs, service as callbacks
from callback.repository import open_of
from hotline.agents import presence, service as agents
from hotline.agents.rules import LawyerState
from hotline.callers import service as callers
from hotline.calls import service as calls
from hotline.configuration import service as configuration
from hotline.errors import HotlineError
from hotline.queueing import offers, repository, service as queue
from hotline.queueing.rules import Priority
from hotline.tables import Lawyer, Offer, QueueEntry
from tests.unit.hotline.factories import create_lawyer
from tests.unit.hotline.queueing import ending
from tests.unit.hotline.queueing.stage import Stage
from tests.unit.hotline.queueing.story import LANGUAGES, KilledError, Story
from tests.unit.hotline.queueing.talks import RESULTS, TURNS

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


class QueueMachine(RuleBasedStateMachine):
    """Everybody who has to do with the queue."""

    waiting = Bundle("waiting")
    lawyers = Bundle("lawyers")

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.story = Story(stage)
        self.clock, self.house, self.talks = self.story.clock, self.story.house, self.story.talks

    def teardown(self) -> None:
        ending.serve_everybody(self.story)

    @invariant()
    def everything_is_in_order(self) -> None:
        """What holds after every step."""
        self.story.check()

    @initialize(target=lawyers)
    def open_the_office(self) -> object:
        """Two lawyers are there from the beginning."""
        with self.house.database.session() as session:
            first = create_lawyer(session, self.house, languages=LANGUAGES)
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
        language=sampled_from(LANGUAGES),
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
        self.story.go_on(lawyer_id, turn, result=result)
        self._nudge(is_nudged)

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
            self.story.go_on(offer.lawyer_id, "lawyer_hangs_up")
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
            self.story.dispatch("first")

    @rule(seconds=sampled_from(_PAUSES))
    def wait(self, seconds: float) -> None:
        """Time passes, and nobody looks."""
        self.clock.advance(seconds=seconds)

    @rule(holder=sampled_from(("first", "second")))
    def dispatch(self, holder: str) -> None:
        """One of two dispatchers tries a round."""
        self.story.dispatch(holder)

    @rule(is_done=booleans())
    def dispatcher_dies(self, is_done: bool) -> None:
        """kill -9 before or after the round's work, and before its commit: nothing has happened."""
        with contextlib.suppress(KilledError):
            self.story.dispatch_and_die(is_done=is_done)

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
        self.story.telephone_dies()

    @rule()
    def worker_sweeps(self) -> None:
        """What is done every minute."""
        jobs.sweep(self.house)


def _number(known: int) -> str:
    """The number of somebody who calls now and then."""
    return f"1380000000{known}"
