"""Events that a later one tells again are not told to pages twice."""

from datetime import UTC, datetime

from agent_console.hub import without_overtaken
from hotline.events import Event

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def happen(*events: tuple[str, dict[str, object]]) -> list[Event]:
    return [Event(seq, type_, NOON, data) for seq, (type_, data) in enumerate(events, start=1)]


def seqs(events: list[Event]) -> list[int]:
    return [event.seq for event in without_overtaken(events)]


def test_without_overtaken__the_queue_is_told_once_and_offers_all() -> None:
    events = happen(
        ("queue.changed", {"entry_id": "qe_1"}),
        ("offer.made", {"offer_id": "offer_1"}),
        ("queue.changed", {"entry_id": "qe_2"}),
        ("offer.made", {"offer_id": "offer_2"}),
    )
    assert seqs(events) == [2, 3, 4]


def test_without_overtaken__a_row_is_told_as_it_is_at_last() -> None:
    events = happen(
        ("call.changed", {"call_id": "call_1"}),
        ("call.changed", {"call_id": "call_2"}),
        ("lawyer.changed", {"lawyer_id": "user_1"}),
        ("call.changed", {"call_id": "call_1"}),
        ("call.ended", {"call_id": "call_1"}),
        ("lawyer.changed", {"lawyer_id": "user_2"}),
    )
    assert seqs(events) == [2, 3, 4, 5, 6]


def test_without_overtaken__what_is_said_is_never_left_out() -> None:
    events = happen(
        ("segment.stored", {"call_id": "call_1", "segment_id": 1}),
        ("segment.stored", {"call_id": "call_1", "segment_id": 2}),
        ("offer.closed", {"offer_id": "offer_1"}),
        ("offer.closed", {"offer_id": "offer_2"}),
    )
    assert seqs(events) == [1, 2, 3, 4]
