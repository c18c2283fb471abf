"""What `benchmarks.queue_live` looks for in the database, once all that died has come back."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from sqlmodel import Session, col, select

from benchmarks.queue_order import overtaken
from callback.rules import MAXIMUM_ATTEMPTS
from hotline.agents.rules import BEING_OFFERED, IN_CALL
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.queueing.callback_configuration import CallbackRules
from hotline.tables import Call, Callback, Lawyer, LawyerStateChange, Leg, Offer, QueueEntry

_OPEN_WISHES = ("waiting", "dialling")
# Ends of calls in which the caller did not get what they called for.
_CUT_OFF = ("caller_lost", "engine_failed", "system", "ivr_restarted")
_SERVED = select(Call).where(
    col(Call.bridged_at).is_not(None), col(Call.end_reason).not_in(_CUT_OFF)
)
# The dispatcher, the page and the telephone need so long to be there again after a kill.
_UNREST = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class _Way:
    """How long an offer took, in seconds.

    Attributes:
        made: From when caller and lawyer were both there to the offer in the database.
        sent: From there to the lawyer's page.
        was_free: The lawyer had been free before the caller came.
        is_calm: No process was killed at the time.
    """

    made: float
    sent: float
    was_free: bool
    is_calm: bool


@dataclass(slots=True)
class Fire:
    """What happened during a run: kills, and when each offer arrived at its page.

    `left` are those who were due at the end and whom nobody was given although lawyers were free.
    """

    kills: list[tuple[datetime, str]] = field(default_factory=list)
    seen: dict[str, datetime] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


def report(house: House, fire: Fire) -> list[str]:
    """Prints what became of everybody; returns the promises that were broken."""
    with house.database.reading() as session:
        _print_figures(session, fire)
        broken = list(broken_promises(session))
    broken += [f"{entry_id} is due and lawyers are free" for entry_id in fire.left]
    for line in broken[:20]:
        print(f"  BROKEN: {line}")
    print(f"invariants: {len(broken)} broken" if broken else "invariants: all hold")
    return broken


def _print_figures(session: Session, fire: Fire) -> None:
    offers = session.exec(select(Offer)).all()
    entries = {entry.id: entry for entry in session.exec(select(QueueEntry))}
    reasons = Counter(offer.reason or offer.state for offer in offers)
    ends = Counter(call.end_reason for call in session.exec(select(Call)))
    wishes = Counter(wish.state for wish in session.exec(select(Callback)))
    kills = Counter(name for _, name in fire.kills)
    print(f"killed: {dict(kills)}")
    print(f"places: {len(entries)}, offers: {dict(reasons)}, call-backs: {dict(wishes)}")
    print(f"calls: {dict(ends)}")
    ways = _ways(session, offers, entries, fire)
    for name, rows in (
        ("caller and lawyer both there", ways),
        ("a lawyer was free", [way for way in ways if way.was_free]),
    ):
        for when, some in (
            ("calm", [way for way in rows if way.is_calm]),
            ("within 10 s of a kill", [way for way in rows if not way.is_calm]),
        ):
            print(f"{name}, {when}:")
            _print_latencies("  made by the dispatcher", [way.made for way in some])
            _print_latencies("  then to the page", [way.sent for way in some])
            _print_latencies("  on the wire, both", [way.made + way.sent for way in some])


def _print_latencies(name: str, seconds: Sequence[float]) -> None:
    ordered = sorted(1000 * one for one in seconds)
    if not ordered:
        print(f"{name}: none")
        return
    p50, p95 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.95))
    print(f"{name}: {len(ordered)}, p50 {p50:.0f} ms, p95 {p95:.0f} ms, max {ordered[-1]:.0f} ms")


def _ways(
    session: Session, offers: Sequence[Offer], entries: dict[str, QueueEntry], fire: Fire
) -> list[_Way]:
    """How the first offers of callers came about."""
    available = defaultdict(list)
    for change in session.exec(select(LawyerStateChange).order_by(col(LawyerStateChange.id))):
        if change.to_state == "available":
            available[change.lawyer_id].append(change.at)
    ways = []
    for offer in _first_offers(offers):
        entry, seen = entries[offer.entry_id], fire.seen.get(offer.id)
        since = max((at for at in available[offer.lawyer_id] if at <= offer.made_at), default=None)
        if seen is None or since is None or entry.kind != "call":
            continue
        there = max(entry.entered_at, since)
        ways.append(
            _Way(
                made=(offer.made_at - there).total_seconds(),
                sent=(seen - offer.made_at).total_seconds(),
                was_free=since <= entry.entered_at,
                is_calm=not any(at <= seen and there <= at + _UNREST for at, _ in fire.kills),
            )
        )
    return ways


def _first_offers(offers: Sequence[Offer]) -> list[Offer]:
    first: dict[str, Offer] = {}
    for offer in offers:
        known = first.get(offer.entry_id)
        if known is None or offer.made_at < known.made_at:
            first[offer.entry_id] = offer
    return list(first.values())


def broken_promises(session: Session) -> Iterator[str]:
    """What is written that must not be, one line each."""
    offers = session.exec(select(Offer)).all()
    entries = session.exec(select(QueueEntry)).all()
    yield from _offered_twice(offers)
    yield from _served_twice(session, offers, entries)
    yield from _called_twice(session)
    yield from _stuck(session, offers, entries)
    yield from _lost(session, entries)
    yield from _forgotten(session, entries)
    yield from _given_up(session)
    yield from overtaken(session, offers, entries)


def _offered_twice(offers: Sequence[Offer]) -> Iterator[str]:
    """At most one offer lives at a time, per lawyer and per caller."""
    rows: dict[str, list[Offer]] = defaultdict(list)
    for offer in sorted(offers, key=lambda offer: offer.made_at):
        rows[offer.lawyer_id].append(offer)
        rows[offer.entry_id].append(offer)
    for owner, some in rows.items():
        for one, other in pairwise(some):
            if one.closed_at is None or other.made_at < one.closed_at:
                yield f"{owner} had the offers {one.id} and {other.id} at once"


def _served_twice(
    session: Session, offers: Sequence[Offer], entries: Sequence[QueueEntry]
) -> Iterator[str]:
    kinds = {entry.id: entry.kind for entry in entries}
    won = Counter(offer.entry_id for offer in offers if offer.state == "accepted")
    for entry_id, times in won.items():
        if times > 1 and kinds[entry_id] == "call":
            yield f"{entry_id} was won {times} times"
    talks = defaultdict(list)
    query = select(Leg).where(col(Leg.role) == "lawyer").order_by(col(Leg.created_at))
    for leg in session.exec(query):
        talks[leg.lawyer_id].append(leg)
        talks[leg.call_id].append(leg)
    for owner, legs in talks.items():
        for one, leg in pairwise(legs):
            if one.closed_at is None or leg.created_at < one.closed_at:
                yield f"{owner} had {one.id} and {leg.id} at once"


def _called_twice(session: Session) -> Iterator[str]:
    """Nobody here calls again: whoever was served once is not called back."""
    served = Counter(call.caller_id for call in session.exec(_SERVED) if call.caller_id)
    for caller_id, times in served.items():
        if times > 1:
            yield f"{caller_id} was served {times} times"


def _stuck(
    session: Session, offers: Sequence[Offer], entries: Sequence[QueueEntry]
) -> Iterator[str]:
    """Nobody rings for nobody, nobody talks to nobody."""
    ringing = {offer.lawyer_id: offer for offer in offers if offer.state == "open"}
    states = {entry.id: entry.state for entry in entries}
    for offer in ringing.values():
        if states[offer.entry_id] != "offered":
            yield f"{offer.id} rings for a place that is {states[offer.entry_id]}"
    offered = {offer.entry_id for offer in ringing.values()}
    for entry in entries:
        if entry.state == "offered" and entry.id not in offered:
            yield f"{entry.id} is offered to nobody"
    open_legs = set(session.exec(select(Leg.lawyer_id).where(col(Leg.state) != "closed")))
    for lawyer in session.exec(select(Lawyer)):
        if (lawyer.state in BEING_OFFERED) != (lawyer.user_id in ringing):
            yield f"{lawyer.user_id} is {lawyer.state}, ringing: {lawyer.user_id in ringing}"
        if (lawyer.state in IN_CALL) != (lawyer.user_id in open_legs):
            yield f"{lawyer.user_id} is {lawyer.state}, audio: {lawyer.user_id in open_legs}"


def _forgotten(session: Session, entries: Sequence[QueueEntry]) -> Iterator[str]:
    """Everybody who came into the queue was served, or is on the list, or left at once."""
    rules = configuration.current(session, CallbackRules)
    known = set(session.exec(select(Callback.caller_id)))
    known |= {call.caller_id for call in session.exec(_SERVED) if call.caller_id}
    ends = {call.id: call.ended_at for call in session.exec(select(Call))}
    for entry in entries:
        # Whoever a lawyer took and never heard has no end of their own.
        left_at = entry.left_at or ends.get(entry.call_id or "")
        if entry.caller_id in known or left_at is None:
            continue
        waited = (left_at - entry.entered_at).total_seconds()
        if waited > rules.abandoned_seconds:
            yield f"{entry.id} left after {waited:.1f} s ({entry.left_reason}) and is on no list"


def _given_up(session: Session) -> Iterator[str]:
    """Nobody is taken off the list before the last try, or dialled by nobody."""
    query = select(Call.callback_id).where(col(Call.ended_at).is_(None))
    dialled = set(session.exec(query))
    for wish in session.exec(select(Callback)):
        is_ours = wish.closed_reason == "line_failed"
        if wish.state == "exhausted" and wish.attempts < MAXIMUM_ATTEMPTS and not is_ours:
            yield f"{wish.id} was given up after {wish.attempts} tries"
        if wish.state == "dialling" and wish.id not in dialled:
            yield f"{wish.id} is being dialled by nobody"


def _lost(session: Session, entries: Sequence[QueueEntry]) -> Iterator[str]:
    """Whoever was cut off is called back; nothing waits for those who have gone."""
    calls = {call.id: call for call in session.exec(select(Call))}
    for entry in entries:
        call = calls.get(entry.call_id or "")
        if entry.state in ("waiting", "offered") and call is not None and call.state == "ended":
            yield f"{entry.id} waits for {call.id}, which has ended"
        if entry.left_reason == "ivr_restarted":
            yield f"{entry.id} was dropped when the telephone process died"
    places = Counter(entry.callback_id for entry in entries if entry.state != "left")
    for wish in session.exec(select(Callback).where(col(Callback.state).in_(_OPEN_WISHES))):
        if places[wish.id] != 1:
            yield f"{wish.id} has {places[wish.id]} places"
    for call in calls.values():
        # Those who are called back are served as long as lawyers are there.
        if call.state != "ended" and call.direction == "in":
            yield f"{call.id} never ended, it is {call.state}"
