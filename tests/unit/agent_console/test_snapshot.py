from agent_console.snapshot import Snapshot, read_snapshot
from hotline.clock import FakeClock
from hotline.house import House
from hotline.tables import Leg, User
from hotline.views.reader import Reader
from tests.unit.api.factories import MASKED, add_offer, add_talk, add_waiting, end_call


def snapshot_of(house: House, user_id: str) -> Snapshot:
    with house.database.reading() as session:
        return read_snapshot(Reader(session, house, session.get_one(User, user_id)))


class TestReadSnapshot:
    def test_read_snapshot__lawyer_sees_board_queue_and_own_line(
        self, house: House, ids: dict[str, str]
    ) -> None:
        add_waiting(house)

        snapshot = snapshot_of(house, ids["li"])

        assert snapshot.me is not None
        assert snapshot.me.state == "available"
        assert len(snapshot.lawyers) == 2
        assert snapshot.queue[0].caller == MASKED
        assert snapshot.offer is None
        assert snapshot.call is None
        assert snapshot.calls == []
        assert snapshot.summary is None
        assert snapshot.seq > 0
        assert "seq" not in snapshot.model_dump()

    def test_read_snapshot__holds_the_open_offer(self, house: House, ids: dict[str, str]) -> None:
        call_id, offer_id = add_offer(house, ids["li"])

        offer = snapshot_of(house, ids["li"]).offer

        assert offer is not None
        assert (offer.id, offer.call_id, offer.earlier_contacts) == (offer_id, call_id, 0)
        assert snapshot_of(house, ids["wang"]).offer is None

    def test_read_snapshot__an_expired_offer_is_no_offer(
        self, house: House, ids: dict[str, str], clock: FakeClock
    ) -> None:
        add_offer(house, ids["li"])
        clock.advance(seconds=house.settings.offer_seconds)

        assert snapshot_of(house, ids["li"]).offer is None

    def test_read_snapshot__brings_back_the_call_with_its_ticket(
        self, house: House, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])

        call = snapshot_of(house, ids["li"]).call

        assert call is not None
        assert (call.id, call.leg_id, call.leg_state) == (talk.call_id, talk.leg_id, "wanted")
        assert call.ticket is not None
        assert call.ticket.id == talk.ticket_id

    def test_read_snapshot__in_wrap_up_the_call_is_still_at_hand_without_a_leg(
        self, house: House, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        end_call(house, talk.call_id)

        call = snapshot_of(house, ids["li"]).call

        assert call is not None
        assert (call.id, call.leg_id) == (talk.call_id, None)
        with house.database.reading() as session:
            assert session.get_one(Leg, talk.leg_id).state == "closed"

    def test_read_snapshot__supervisor_sees_calls_and_figures(
        self, house: House, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])

        snapshot = snapshot_of(house, ids["supervisor"])

        assert [call.id for call in snapshot.calls] == [talk.call_id]
        assert snapshot.summary is not None
        assert snapshot.me is None

    def test_read_snapshot__officer_sees_neither_board_nor_queue(
        self, house: House, ids: dict[str, str]
    ) -> None:
        add_waiting(house)

        snapshot = snapshot_of(house, ids["officer"])

        assert (snapshot.lawyers, snapshot.queue, snapshot.calls) == ([], [], [])
