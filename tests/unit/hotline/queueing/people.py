"""Callers and lawyers as the rules see them; keyword-only, with sensible defaults."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from hotline.queueing.rules import Idle, Priority, Waiting

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LANGUAGES = ("zh", "en", "ko")
TOPICS = ("labour", "family", None)


def waiting(
    *,
    id: str = "a",
    language: str = "zh",
    topic: str | None = None,
    priority: int = 0,
    seconds: float = 10,
    avoid: dict[str, datetime] | None = None,
    sticky: str | None = None,
    is_on_line: bool = True,
) -> Waiting:
    return Waiting(
        id=id,
        language=language,
        topic=topic,
        priority=priority,
        placed_at=NOW - timedelta(seconds=seconds),
        avoid=avoid or {},
        is_on_line=is_on_line,
        sticky_lawyer_id=sticky,
    )


def idle(
    *,
    id: str = "l",
    languages: tuple[str, ...] = ("zh",),
    topics: tuple[str, ...] = ("*",),
    seconds: float = 5,
    served: int = 0,
    language_levels: dict[str, int] | None = None,
    topic_levels: dict[str, int] | None = None,
) -> Idle:
    return Idle(
        id=id,
        languages=frozenset(languages),
        topics=frozenset(topics),
        idle_since=NOW - timedelta(seconds=seconds),
        served_today=served,
        language_levels=language_levels or {},
        topic_levels=topic_levels or {},
    )


callers = st.lists(
    st.builds(
        waiting,
        id=st.uuids().map(str),
        language=st.sampled_from(LANGUAGES),
        topic=st.sampled_from(TOPICS),
        priority=st.sampled_from(tuple(Priority)),
        seconds=st.integers(0, 1000),
    ),
    max_size=7,
)
lawyers = st.lists(
    st.builds(
        idle,
        id=st.uuids().map(str),
        languages=st.lists(st.sampled_from(LANGUAGES), min_size=1, unique=True).map(tuple),
        topics=st.sampled_from([("*",), ("labour",), ("family",), ("labour", "family")]),
        seconds=st.integers(0, 1000),
        served=st.integers(0, 5),
        topic_levels=st.dictionaries(st.sampled_from(("labour", "family")), st.integers(1, 3)),
    ),
    max_size=5,
)
