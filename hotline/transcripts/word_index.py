"""The index of words: which segments hold a phrase, on SQLite (FTS5) and PostgreSQL (tsvector).

Chinese has no blanks, so that text is cut into pairs of characters ("拖欠工资" -> 拖欠 欠工 工资)
and a phrase is a run of pairs: two characters suffice, and no dictionary decides what a word is.
Long numbers are masked before they come here, so that nobody finds a caller by a number.
"""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlmodel import Session

from hotline.tables.transcripts import Segment
from hotline.transcripts.redaction import redact

_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+|[\u0f40-\u0fbc]+|[\uac00-\ud7a3]+")
_IS_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LONGEST_PHRASE = 50


def tokens(words: str) -> list[str]:
    """The index's words: pairs of Chinese characters, other words as they are.

    The last character of a Chinese run stands alone too, so that a search for one character finds
    it at any place by the beginning of a token.
    """
    found: list[str] = []
    for run in _RUNS.findall(words.lower()):
        if not _IS_CHINESE.match(run):
            found.append(run)
            continue
        found += [run[place : place + 2] for place in range(len(run))]
    return found


def phrases(query: str) -> list[list[str]]:
    """The phrases of a search, each as the tokens that must follow one another.

    Of a phrase's last pair the lone character that ends the run is left out: the text may go on.
    """
    found = []
    for part in query[:_LONGEST_PHRASE].split():
        part_tokens = [token for run in _RUNS.findall(part.lower()) for token in _phrase_of(run)]
        if part_tokens:
            found.append(part_tokens)
    return found


def add(session: Session, segments: Iterable[Segment]) -> None:
    """Puts segments into the index; those that are in it already are put in anew."""
    rows = [(one.id, tokens(redact(one.text))) for one in segments]
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


def _phrase_of(run: str) -> list[str]:
    if not _IS_CHINESE.match(run) or len(run) == 1:
        return [run]
    return [run[place : place + 2] for place in range(len(run) - 1)]


def _is_beginning(token: str) -> bool:
    """Whether a token stands for every longer one: a lone Chinese character."""
    return len(token) == 1 and bool(_IS_CHINESE.match(token))


# Tokens are letters and digits only (_RUNS), so that quoting them is safe in both languages.
def _fts_phrase(wanted: Sequence[str]) -> str:
    phrase = '"' + " ".join(wanted) + '"'
    return f"{phrase} *" if _is_beginning(wanted[-1]) else phrase


def _ts_phrase(wanted: Sequence[str]) -> str:
    parts = [f"'{token}':*" if _is_beginning(token) else f"'{token}'" for token in wanted]
    return "(" + " <-> ".join(parts) + ")"


def _tsvector(words: Sequence[str]) -> str:
    return " ".join(f"'{token}':{place}" for place, token in enumerate(words, 1))


def _forget(session: Session) -> str:
    column = "rowid" if _is_sqlite(session) else "segment_id"
    return f"DELETE FROM segment_words WHERE {column} = :id"  # noqa: S608 - one of two constants


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def count(session: Session) -> int:
    """How many segments are in the index."""
    return int(session.execute(text("SELECT count(*) FROM segment_words")).scalar_one())
