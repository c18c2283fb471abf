"""Events that are told together: each row once, what rings first."""

from datetime import UTC, datetime

from agent_console.batch import Batch
from hotline.events import Event

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def happen(*events: tuple[str, dict[str, object]], first: int = 1) -> list[Event]:
    return [Event(seq, type_, NOON, data) for seq, (type_, data) in enumerate(events, start=first)]


def shown(events: list[Event]) -> list[tuple[int, str, object]]:
    return [(event.seq, event.type, next(iter(event.data.values()), None)) for event in events]


def told(events: list[Event]) -> list[tuple[int, str, object]]:
    batch = Batch()
    batch.add(events)
    return shown([*batch.take_ringing(), *batch.take(100)])


class TestBatch:
    def test_take__what_rings_is_first_and_the_queue_last(self) -> None:
        events = happen(
            ("queue.changed", {"entry_id": "qe_1"}),
            ("lawyer.changed", {"lawyer_id": "user_1"}),
            ("offer.closed", {"offer_id": "offer_1"}),
            ("queue.changed", {"entry_id": "qe_2"}),
            ("offer.made", {"offer_id": "offer_2"}),
        )

        batch = Batch()
        batch.add(events)
        assert [event.type for event in batch.take_ringing()] == ["offer.closed", "offer.made"]
        assert told(events) == [
            (1, "offer.closed", "offer_1"),
            (2, "offer.made", "offer_2"),
            (3, "lawyer.changed", "user_1"),
            (4, "queue.changed", "qe_2"),
        ]

    def test_take__a_row_is_told_once_and_a_lawyer_before_the_call(self) -> None:
        events = happen(
            ("call.changed", {"call_id": "call_1"}),
            ("call.changed", {"call_id": "call_2"}),
            ("lawyer.changed", {"lawyer_id": "user_1"}),
            ("leg.ready", {"leg_id": "leg_1"}),
            ("call.changed", {"call_id": "call_1"}),
            ("lawyer.changed", {"lawyer_id": "user_1"}),
        )

        assert told(events) == [
            (1, "lawyer.changed", "user_1"),
            (2, "call.changed", "call_1"),
            (3, "call.changed", "call_2"),
            (4, "leg.ready", "leg_1"),
        ]

    def test_take__a_call_that_ended_is_told_as_ended(self) -> None:
        events = happen(
            ("call.changed", {"call_id": "call_1"}),
            ("call.ended", {"call_id": "call_1"}),
            ("call.changed", {"call_id": "call_1"}),
        )

        assert told(events) == [(1, "call.ended", "call_1")]

    def test_take__an_offer_is_closed_as_accepted_when_its_call_is_there(self) -> None:
        events = happen(
            ("offer.accepted", {"offer_id": "offer_1"}),
            ("call.changed", {"call_id": "call_1"}),
        )

        assert [type_ for _, type_, _ in told(events)] == ["call.changed", "offer.accepted"]

    def test_take__what_is_said_is_never_left_out(self) -> None:
        events = happen(
            ("segment.stored", {"segment_id": 1}),
            ("segment.stored", {"segment_id": 2}),
            ("offer.closed", {"offer_id": "offer_1"}),
            ("offer.closed", {"offer_id": "offer_2"}),
        )

        assert [subject for _, _, subject in told(events)] == ["offer_1", "offer_2", 1, 2]

    def test_take__alone_keeps_its_number(self) -> None:
        assert told(happen(("rota.changed", {"shift_id": "x"}))) == [(1, "rota.changed", "x")]

    def test_take_ringing__overtakes_what_waits_and_takes_its_number(self) -> None:
        batch = Batch()
        batch.add(happen(("call.changed", {"call_id": "call_1"})))
        assert batch.take_ringing() == []
        batch.add(
            happen(
                ("offer.made", {"offer_id": "offer_1"}),
                ("call.changed", {"call_id": "call_1"}),
                ("lawyer.changed", {"lawyer_id": "user_1"}),
                first=2,
            )
        )

        assert shown(batch.take_ringing()) == [(1, "offer.made", "offer_1")]
        assert shown(batch.take(100)) == [
            (2, "lawyer.changed", "user_1"),
            (3, "call.changed", "call_1"),
        ]
        assert not batch

    def test_take__numbers_begin_anew_where_everything_is_told(self) -> None:
        batch = Batch()
        batch.add(
            happen(("call.changed", {"call_id": "call_1"}), ("call.changed", {"call_id": "call_1"}))
        )
        batch.take(100)
        batch.add(happen(("offer.made", {"offer_id": "offer_1"}), first=3))

        assert shown(batch.take_ringing()) == [(3, "offer.made", "offer_1")]

    def test_take__a_few_at_a_time_lets_what_rings_go_between(self) -> None:
        batch = Batch()
        batch.add(
            happen(
                ("queue.changed", {"entry_id": "qe_1"}),
                ("call.changed", {"call_id": "call_1"}),
                ("call.changed", {"call_id": "call_2"}),
            )
        )

        assert shown(batch.take(1)) == [(1, "call.changed", "call_1")]
        batch.add(
            happen(
                ("lawyer.changed", {"lawyer_id": "user_1"}),
                ("offer.made", {"offer_id": "offer_1"}),
                first=4,
            )
        )
        assert shown(batch.take_ringing()) == [(2, "offer.made", "offer_1")]
        assert shown(batch.take(2)) == [
            (3, "lawyer.changed", "user_1"),
            (4, "call.changed", "call_2"),
        ]
        assert len(batch) == 1
        assert shown(batch.take(2)) == [(5, "queue.changed", "qe_1")]
        assert not batch
