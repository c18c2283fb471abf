"""Whether `benchmarks.queue_live` gave everybody their turn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from hotline.queueing.dialling import PROMPT_SOURCES
from hotline.tables import Call, Callback, Offer, QueueEntry

# What one process has written another reads a moment later.
_CLOCKS = timedelta(seconds=1)
_FOR_EVER = datetime.max.replace(tzinfo=UTC)


def overtaken(
    session: Session, offers: Sequence[Offer], entries: Sequence[QueueEntry]
) -> Iterator[str]:
    """All lawyers could take all callers: of a class, the first come is the first offered."""
    waits = [_wait_of(session, entry, offers) for entry in entries if entry.language == "zh"]
    known = sorted((wait for wait in waits if wait), key=lambda wait: wait.entry.placed_at)
    for place, earlier in enumerate(known):
        for later in known[place + 1 :]:
            is_alike = (later.entry.priority, later.entry.topic) == (
                earlier.entry.priority,
                earlier.entry.topic,
            )
            if is_alike and later.offered_at and earlier.lasts_at(later.offered_at):
                yield f"{later.entry.id} was offered before {earlier.entry.id}"


@dataclass(frozen=True, slots=True)
class _Wait:
    """From when on somebody could have been offered, until that or the end.

    Attributes:
        entry: The place.
        since: Somebody who was cut off has an old place, but was not there all the time; who is to
            be called back is due later.
        offered_at: The first time since then.
        until: The first offer or the end of the place; None: still there.
        on_line: When the person was on the line, and could not be dialled.
    """

    entry: QueueEntry
    since: datetime
    offered_at: datetime | None
    until: datetime | None
    on_line: tuple[tuple[datetime, datetime], ...] = ()

    def lasts_at(self, moment: datetime) -> bool:
        """Whether this place should have been offered at that moment."""
        if moment < self.since or (self.until is not None and self.until <= moment):
            return False
        return not any(begin <= moment < end for begin, end in self.on_line)


def _wait_of(session: Session, entry: QueueEntry, offers: Sequence[Offer]) -> _Wait | None:
    """None for wishes that keep hours: their moment is not written anywhere afterwards."""
    begun, leeway, on_line = entry.entered_at, timedelta(0), ()
    if entry.callback_id is not None:
        wish = session.get_one(Callback, entry.callback_id)
        if wish.source not in PROMPT_SOURCES:
            return None
        begun, leeway = max(entry.entered_at, wish.created_at), _CLOCKS
        on_line = tuple(_lines(session, wish.caller_id))
    made = (one.made_at for one in offers if one.entry_id == entry.id and one.made_at >= begun)
    offered_at = min(made, default=None)
    until = min((at for at in (offered_at, entry.left_at) if at is not None), default=None)
    return _Wait(entry, begun + leeway, offered_at, until, on_line)


def _lines(session: Session, caller_id: str) -> Iterator[tuple[datetime, datetime]]:
    """From when to when somebody was on the line, by our calls and theirs."""
    for call in session.exec(select(Call).where(col(Call.caller_id) == caller_id)):
        yield call.started_at, call.ended_at + _CLOCKS if call.ended_at is not None else _FOR_EVER
