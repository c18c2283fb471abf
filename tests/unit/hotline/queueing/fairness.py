"""What must hold of the offers that a round has made: who was next, who can help, at what hours."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from callback import rules as callback_rules
from callback.repository import quiet_hours, wish_of
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.queueing import repository
from hotline.queueing.configuration import QueueRules
from hotline.queueing.matching import may_offer
from hotline.queueing.rules import Idle, Waiting, most_overtaking_seconds
from hotline.tables import Callback, Lawyer, Offer, QueueEntry


def check_round(session: Session, house: House, made: Sequence[Offer]) -> None:
    """What holds at a round's end.

    Args:
        session: The round's session, before its commit.
        house: The story's house.
        made: The offers that the round has made.
    """
    if not made:
        return
    now = house.clock.now()
    rules = configuration.current(session, QueueRules)
    entries = repository.entries_to_offer(session, now=now, with_callbacks=True)
    left_over = repository.as_waiting(session, entries)
    for offer in made:
        taken = session.get_one(QueueEntry, offer.entry_id)
        lawyer = _as_idle(session.get_one(Lawyer, offer.lawyer_id))
        _check_fit(offer, taken, lawyer)
        _check_hours(session, house, taken, (now, offer.expires_at))
        _check_order(taken, lawyer, left_over, now=now, rules=rules)


def _check_fit(offer: Offer, taken: QueueEntry, lawyer: Idle) -> None:
    """Whoever rings can help, or the wait has widened the search; no story changes those rules."""
    rules = QueueRules()
    waited = (offer.made_at - taken.entered_at).total_seconds()
    assert offer.needs_interpreter is not lawyer.speaks(taken.language)
    if offer.needs_interpreter:
        assert rules.interpreter_seconds is not None
        assert waited >= rules.interpreter_seconds
        assert lawyer.speaks(rules.interpreter_language)
    elif not lawyer.knows(taken.topic) and taken.sticky_lawyer_id != lawyer.id:
        assert rules.widen_topic_seconds is not None
        assert waited >= rules.widen_topic_seconds


def _check_hours(
    session: Session, house: House, taken: QueueEntry, moments: Sequence[datetime]
) -> None:
    """Whoever is offered to be called back may be dialled as long as it rings."""
    if taken.callback_id is None:
        return
    wish = wish_of(session.get_one(Callback, taken.callback_id))
    quiet = quiet_hours(session, house)
    assert all(callback_rules.may_dial(wish, at=one, quiet=quiet) for one in moments)


def _check_order(
    taken: QueueEntry,
    lawyer: Idle,
    left_over: Sequence[Waiting],
    *,
    now: datetime,
    rules: QueueRules,
) -> None:
    """Nobody whom the lawyer could take was passed over for somebody behind."""
    latest = timedelta(seconds=most_overtaking_seconds(rules))
    for entry in left_over:
        is_alike = (entry.language, entry.topic, entry.priority) == (
            taken.language,
            taken.topic,
            taken.priority,
        )
        allowed = timedelta(0) if is_alike else latest
        is_passed_over = entry.placed_at < taken.placed_at - allowed
        assert not (is_passed_over and may_offer(entry, lawyer, now=now, rules=rules))


def _as_idle(lawyer: Lawyer) -> Idle:
    return Idle(
        id=lawyer.user_id,
        languages=frozenset(lawyer.languages),
        topics=frozenset(lawyer.topics),
        idle_since=lawyer.state_since,
        language_levels=lawyer.language_levels,
        topic_levels=lawyer.topic_levels,
    )
