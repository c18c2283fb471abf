"""Searching what was said, across calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, text
from sqlmodel import Session, col, exists, select

from hotline.errors import InvalidInput
from hotline.tables import Call, Progress, Recording, Segment
from hotline.transcripts import word_index
from hotline.transcripts.rules import Source

# What is put into the index in one transaction while it is made anew.
_AT_ONCE = 500
# Where filling the index again has come to, in the table of progress.
_RENEWAL = "word_index"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to search for.

    Attributes:
        words: Phrases with blanks in between; a segment must hold all of them.
        begun_from: Calls that began at this moment or later.
        begun_until: Calls that began before this moment.
        topic: Calls of this topic.
    """

    words: str
    begun_from: datetime | None = None
    begun_until: datetime | None = None
    topic: str | None = None


def search(
    session: Session,
    wanted: Wanted,
    *,
    may_see: ColumnElement[bool] | None,
    limit: int,
    before: int | None = None,
) -> Sequence[tuple[Segment, Call]]:
    """Segments that hold the words, newest first, with their calls.

    Args:
        session: The reader's session.
        wanted: What to search for.
        may_see: Which calls the reader may see; None for all.
        limit: How many at most.
        before: Only segments with a lower id.

    Raises:
        InvalidInput: There is no word to search for.
    """
    condition = word_index.condition(session, wanted.words)
    if condition is None:
        raise InvalidInput("A search needs at least one word.")
    sql, phrases = condition
    query = select(Segment, Call).join(Call, col(Call.id) == col(Segment.call_id))
    query = query.where(text(sql).bindparams(phrases=phrases), _is_of_the_better_version())
    filters = [
        may_see,
        col(Segment.id) < before if before is not None else None,
        col(Call.started_at) >= wanted.begun_from if wanted.begun_from else None,
        col(Call.started_at) < wanted.begun_until if wanted.begun_until else None,
        col(Call.topic) == wanted.topic if wanted.topic else None,
    ]
    for one in filters:
        if one is not None:
            query = query.where(one)
    return session.exec(query.order_by(col(Segment.id).desc()).limit(limit)).all()


def _is_of_the_better_version() -> ColumnElement[bool]:
    """A call that was heard anew is found by its second transcript only, once that is complete."""
    is_second = col(Segment.source) == Source.SECOND_PASS.value
    has_second = exists().where(
        col(Recording.call_id) == col(Segment.call_id), col(Recording.second_pass_at).is_not(None)
    )
    return (is_second & has_second) | (~is_second & ~has_second)


def reindex_after(session: Session, position: int, *, at_once: int = _AT_ONCE) -> int | None:
    """Puts the segments after a place into the index, part by part.

    Returns:
        Where to go on; None when all are in it.
    """
    query = select(Segment).where(col(Segment.id) > position).order_by(col(Segment.id))
    rows = session.exec(query.limit(at_once)).all()
    word_index.add(session, rows)
    return rows[-1].id if rows else None


def begin_renewal(session: Session) -> None:
    """Empties the index; `renew` fills it again, and goes on wherever it was interrupted."""
    word_index.clear(session)
    row = session.get(Progress, _RENEWAL) or Progress(name=_RENEWAL)
    row.position = 0
    session.add(row)


def is_being_renewed(session: Session) -> bool:
    """Whether segments are missing from the index until `renew` has come to them."""
    return session.get(Progress, _RENEWAL) is not None


def renew(session: Session, *, at_once: int = _AT_ONCE) -> bool:
    """Puts the next segments into an index that is being filled again; whether there are more."""
    row = session.get(Progress, _RENEWAL)
    if row is None:
        return False
    position = reindex_after(session, row.position, at_once=at_once)
    if position is None:
        session.delete(row)
        session.flush()
        return False
    row.position = position
    return True
