"""The index of words: which segments hold a phrase, on SQLite (FTS5) and PostgreSQL (tsvector).

Chinese has no blanks, so that text is cut into pairs of characters ("欠工资" -> 欠工 工资 资), and
a phrase is a run of pairs: two characters suffice, and no dictionary decides what a word is. A
stretch of a text is found by itself if it begins with a Chinese character or where another word
begins. Long numbers do not come here: nobody finds a caller by a number or by its end.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence

from sqlalchemy import text
from sqlmodel import Session, col, select

from hotline.tables.transcripts import Segment
from hotline.transcripts.redaction import may_go_on, without_numbers
from hotline.transcripts.rules import Source

_CHINESE = r"[\u3400-\u9fff]"
_RUNS = re.compile(rf"{_CHINESE}+|[a-z0-9]+|[\u0f40-\u0fbc]+|[\uac00-\ud7a3]+")
_IS_CHINESE = re.compile(_CHINESE)
# Some engines put blanks between Chinese words, where nobody types any.
_BLANKS_BETWEEN_CHINESE = re.compile(rf"(?<={_CHINESE})\s+(?={_CHINESE})")
_LONGEST_PHRASE = 50
# A number that goes on in other segments is told within so much time.
_NEAR_MS = 60_000


def tokens(words: str) -> list[str]:
    """The index's words: pairs of Chinese characters, other words as they are.

    The last character of a Chinese run stands alone too, so that a search for one character finds
    it at any place by the beginning of a token.
    """
    plain = _BLANKS_BETWEEN_CHINESE.sub("", _normal(words))
    return [token for run in _RUNS.findall(plain) for token in _tokens_of(run)]


def phrases(query: str) -> list[list[str]]:
    """The phrases of a search, each as the tokens that must follow one another.

    The last token of a phrase stands for each that begins so, for the text may go on there: the
    lone character that ends a Chinese run is left out after a pair.
    """
    found = []
    for part in _normal(query)[:_LONGEST_PHRASE].split():
        runs = _RUNS.findall(part)
        if runs:
            whole = [token for run in runs[:-1] for token in _tokens_of(run)]
            found.append([*whole, *_beginning_of(runs[-1])])
    return found


def add(session: Session, segments: Iterable[Segment]) -> None:
    """Puts segments into the index; those that are in it already are put in anew.

    So are those before in which a number begins that goes on in one of these.
    """
    rows = [(id_, tokens(words)) for id_, words in _words_to_add(session, segments)]
    if not rows:
        return
    session.execute(text(_forget(session)), [{"id": id_} for id_, _ in rows])
    if _is_sqlite(session):
        sql = "INSERT INTO segment_words (rowid, words) VALUES (:id, :words)"
        values = [{"id": id_, "words": " ".join(words)} for id_, words in rows]
    else:
        sql = "INSERT INTO segment_words (segment_id, words) VALUES (:id, CAST(:words AS tsvector))"
        values = [{"id": id_, "words": _tsvector(words)} for id_, words in rows]
    session.execute(text(sql), values)


def forget(session: Session, segment_ids: Iterable[int]) -> None:
    """Takes segments out of the index."""
    values = [{"id": id_} for id_ in segment_ids]
    if values:
        session.execute(text(_forget(session)), values)


def clear(session: Session) -> None:
    """Empties the index."""
    session.execute(text("DELETE FROM segment_words"))


def count(session: Session) -> int:
    """How many segments are in the index."""
    return int(session.execute(text("SELECT count(*) FROM segment_words")).scalar_one())


def condition(session: Session, query: str) -> tuple[str, str] | None:
    """What a SELECT over segments needs to keep those that hold every phrase.

    Returns:
        SQL with the parameter ``:phrases``, and its value; None when nothing is searched for.
    """
    wanted = phrases(query)
    if not wanted:
        return None
    if _is_sqlite(session):
        sql = "segments.id IN (SELECT rowid FROM segment_words WHERE segment_words MATCH :phrases)"
        return sql, " AND ".join(_fts_phrase(one) for one in wanted)
    sql = (
        "segments.id IN (SELECT segment_id FROM segment_words "
        "WHERE words @@ CAST(:phrases AS tsquery))"
    )
    return sql, " & ".join(_ts_phrase(one) for one in wanted)


def _normal(words: str) -> str:
    """Small letters, and one form of those that can be written in two (３ and 3, 한 in parts)."""
    return unicodedata.normalize("NFKC", words).lower()


def _tokens_of(run: str) -> list[str]:
    if not _IS_CHINESE.match(run):
        return [run]
    return [run[place : place + 2] for place in range(len(run))]


def _beginning_of(run: str) -> list[str]:
    return _tokens_of(run)[:-1] or [run]


def _words_to_add(session: Session, segments: Iterable[Segment]) -> Iterator[tuple[int, str]]:
    """The segments' words without numbers, by id; others' too that they change."""
    calls = defaultdict(list)
    for segment in segments:
        words = _normal(segment.text)
        if may_go_on(words):
            calls[segment.call_id].append(segment)
        else:
            yield segment.id or 0, without_numbers([words])[0]
    for call_id, added in calls.items():
        ids = {segment.id for segment in added}
        for side in _sides_near(session, call_id, added):
            yield from _changed(side, ids)


def _changed(
    side: Sequence[tuple[int, str]], added: Container[int | None]
) -> Iterator[tuple[int, str]]:
    """Of what one side said, the words of what was added and of what that changes."""
    words = without_numbers([_normal(text) for _, text in side])
    others = [_normal(text) for id_, text in side if id_ not in added]
    before = iter(without_numbers(others))
    for (id_, _), shown in zip(side, words, strict=True):
        if id_ in added or next(before) != shown:
            yield id_, shown


def _sides_near(
    session: Session, call_id: str, segments: Sequence[Segment]
) -> Iterable[list[tuple[int, str]]]:
    """What was said about the time of segments, in order: id and text, by speaker and version."""
    first = min(segment.start_ms for segment in segments)
    last = max(segment.start_ms for segment in segments)
    query = (
        select(Segment.id, Segment.speaker, Segment.source, Segment.text)
        .where(Segment.call_id == call_id)
        .where(col(Segment.start_ms).between(first - _NEAR_MS, last + _NEAR_MS))
        .order_by(col(Segment.start_ms), col(Segment.id))
    )
    sides = defaultdict(list)
    for id_, speaker, source, said in session.exec(query):
        sides[speaker, source == Source.SECOND_PASS].append((id_ or 0, said))
    return sides.values()


# Tokens are letters and digits only (_RUNS), so that quoting them is safe in both languages.
def _fts_phrase(wanted: Sequence[str]) -> str:
    return '"' + " ".join(wanted) + '" *'


def _ts_phrase(wanted: Sequence[str]) -> str:
    parts = [f"'{token}'" for token in wanted]
    return "(" + " <-> ".join(parts) + ":*)"


def _tsvector(words: Sequence[str]) -> str:
    return " ".join(f"'{token}':{place}" for place, token in enumerate(words, 1))


def _forget(session: Session) -> str:
    column = "rowid" if _is_sqlite(session) else "segment_id"
    return f"DELETE FROM segment_words WHERE {column} = :id"  # noqa: S608 - one of two constants


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
