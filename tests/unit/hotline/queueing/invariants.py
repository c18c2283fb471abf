"""What must hold in the database after every step, whatever has happened."""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import Session, col, select

from callback import rules as callback_rules
from hotline.agents.rules import BEING_OFFERED, LawyerState
from hotline.queueing.configuration import QueueRules
from hotline.queueing.rules import Idle
from hotline.tables import Call, Callback, Lawyer, Leg, Offer, QueueEntry


def check_offers(
    session: Session, entries: Sequence[QueueEntry], lawyers: Sequence[Lawyer]
) -> None:
    """One offer rings at a lawyer and for a caller, and only while both are there."""
    ringing = session.exec(select(Offer).where(col(Offer.state) == "open")).all()
    offered = sorted(entry.id for entry in entries if entry.state == "offered")
    at_lawyers = sorted(one.user_id for one in lawyers if one.state in BEING_OFFERED)
    assert sorted(offer.entry_id for offer in ringing) == offered
    assert sorted(offer.lawyer_id for offer in ringing) == at_lawyers


def check_fits(session: Session) -> None:
    """Whoever rings can help, or the wait has widened the search."""
    rules = QueueRules()
    for offer in session.exec(select(Offer).where(col(Offer.state) == "open")):
        entry = session.get_one(QueueEntry, offer.entry_id)
        lawyer = as_idle(session.get_one(Lawyer, offer.lawyer_id))
        waited = (offer.made_at - entry.entered_at).total_seconds()
        assert offer.needs_interpreter is not lawyer.speaks(entry.language)
        if offer.needs_interpreter:
            assert rules.interpreter_seconds is not None
            assert waited >= rules.interpreter_seconds
            assert lawyer.speaks(rules.interpreter_language)
        elif not lawyer.knows(entry.topic) and entry.sticky_lawyer_id != lawyer.id:
            assert rules.widen_topic_seconds is not None
            assert waited >= rules.widen_topic_seconds


def as_idle(lawyer: Lawyer) -> Idle:
    return Idle(
        id=lawyer.user_id,
        languages=frozenset(lawyer.languages),
        topics=frozenset(lawyer.topics),
        idle_since=lawyer.state_since,
        language_levels=lawyer.language_levels,
        topic_levels=lawyer.topic_levels,
    )


def check_wishes(session: Session, entries: Sequence[QueueEntry]) -> None:
    """An open wish to be called back has one place; one person has one open wish."""
    states = [state.value for state in callback_rules.OPEN_STATES]
    wishes = session.exec(select(Callback).where(col(Callback.state).in_(states))).all()
    places = Counter(entry.callback_id for entry in entries)
    assert all(places[wish.id] == 1 for wish in wishes)
    people = [wish.caller_id for wish in wishes]
    assert len(people) == len(set(people))


def check_talks(lawyers: Sequence[Lawyer], legs: Sequence[Leg]) -> None:
    """A lawyer who talks has one leg, and nobody else has any."""
    talking = sorted(one.user_id for one in lawyers if one.state == LawyerState.TALKING)
    assert sorted(leg.lawyer_id for leg in legs) == talking


def check_dialling(session: Session, entries: Sequence[QueueEntry]) -> None:
    """Who is taken to be called back has a call, and nobody rings for whoever is on the line."""
    going_on = session.exec(select(Call).where(col(Call.state) != "ended")).all()
    on_line = {call.caller_id for call in going_on}
    for callback_id, state in [(one.callback_id, one.state) for one in entries if one.callback_id]:
        callback = session.get_one(Callback, callback_id)
        nodes = [call.node for call in going_on if call.callback_id == callback_id]
        if state == "accepted":
            assert len(nodes) == 1
        if state == "offered":
            assert callback.caller_id not in on_line
        if callback.state == "dialling":
            assert [bool(node) for node in nodes] == [True]
