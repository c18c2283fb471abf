"""What becomes of the calls of a dead ivr process: nobody who was not served is forgotten."""

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from callback import service
from callback.repository import entry_of
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.house import House
from hotline.queueing import service as queue
from hotline.tables import Call, Callback, Lawyer, Leg, QueueEntry
from ivr.recovery import recover
from tests.unit.hotline.factories import create_call, create_lawyer, create_waiting

NODE = "host:5060"


def wishes(house: House) -> list[Callback]:
    """All wishes to be called back, oldest place first."""
    with house.database.reading() as session:
        return list(session.exec(select(Callback).order_by(col(Callback.placed_at))))


def lose_call(house: House, *, state: str, number: str | None = "13800001111") -> str:
    """A call in a state, whose process has died."""
    with house.database.session() as session:
        call = create_call(session, house, number=number)
        calls.change(session, house, call, state=state, language="en", topic="labour")
        return call.id


def ended(house: House, call_id: str) -> Call:
    """The call as it is written now."""
    with house.database.reading() as session:
        return session.get_one(Call, call_id)


def test_recover__waiting_caller_keeps_the_place(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        entry_id = create_waiting(session, house).id
    clock.advance(seconds=60)
    assert recover(house, node=NODE) == 1
    with house.database.reading() as session:
        entry = session.get_one(QueueEntry, entry_id)
    (wish,) = wishes(house)
    assert (entry.kind, entry.state, entry.callback_id) == ("callback", "waiting", wish.id)
    assert entry.placed_at == wish.placed_at < clock.now()


@pytest.mark.parametrize("state", ["arriving", "menu", "connecting", "talking", "held"])
def test_recover__caller_without_a_place_is_called_back_in_order_of_arrival(
    house: House, clock: FakeClock, state: str
) -> None:
    call_id = lose_call(house, state=state)
    clock.advance(seconds=60)
    with house.database.session() as session:
        create_waiting(session, house, number="13900002222")
    recover(house, node=NODE)
    wish = wishes(house)[0]
    call = ended(house, call_id)
    assert (wish.source, wish.language, wish.topic) == ("lost", "en", "labour")
    assert wish.placed_at == call.started_at
    with house.database.reading() as session:
        first = queue.waiting(session, house)[0].entry
        place = entry_of(session, wish)
    assert place is not None
    assert first.id == place.id
    assert (call.state, call.end_reason) == ("ended", "ivr_restarted")


@pytest.mark.parametrize("state", ["rating", "dialling"])
def test_recover__nothing_is_owed_to_who_was_served(house: House, state: str) -> None:
    call_id = lose_call(house, state=state)
    recover(house, node=NODE)
    assert wishes(house) == []
    assert ended(house, call_id).state == "ended"


def test_recover__withheld_number_leaves_the_queue(house: House) -> None:
    with house.database.session() as session:
        call = create_call(session, house, number=None)
        entry_id = queue.enter(session, house, call=call, language="zh", topic=None).id
    recover(house, node=NODE)
    with house.database.reading() as session:
        assert session.get_one(QueueEntry, entry_id).state == "left"
    assert wishes(house) == []


def test_recover__lawyer_of_a_lost_talk_writes_up(house: House) -> None:
    call_id = lose_call(house, state="talking")
    with house.database.session() as session:
        lawyer = create_lawyer(session, house)
        lawyer.state, lawyer.call_id = "talking", call_id
        session.add(
            Leg(
                id="leg_1",
                call_id=call_id,
                lawyer_id=lawyer.user_id,
                token_hash="",
                created_at=house.clock.now(),
            )
        )
        lawyer_id = lawyer.user_id
    recover(house, node=NODE)
    with house.database.reading() as session:
        assert session.get_one(Lawyer, lawyer_id).state == "wrap_up"


def test_recover__twice_is_once(house: House) -> None:
    lose_call(house, state="talking")
    assert recover(house, node=NODE) == 1
    assert recover(house, node=NODE) == 0
    assert len(wishes(house)) == 1


def test_recover__many_calls_wait_few_times_for_their_turn_to_write(house: House) -> None:
    commits: list[object] = []
    for number in range(45):
        lose_call(house, state="talking", number=f"138000011{number:02}")
    event.listen(house.database.engine, "commit", commits.append)

    assert recover(house, node=NODE) == 45

    with house.database.reading() as session:
        assert calls.unended(session) == []
    assert len(wishes(house)) == 45
    # Three batches, the call-backs that were taken, and the recordings.
    assert len(commits) == 5


def test_recover__call_that_cannot_be_put_in_order_does_not_keep_the_others(house: House) -> None:
    lost = [lose_call(house, state="talking", number=f"1380000222{n}") for n in range(3)]
    with house.database.session() as session:
        broken = session.get_one(Call, lost[1])
        wish = service.request_from_call(
            session, house, broken, language="zh", topic=None, source="lost"
        )
        wish.state, wish.source = "dialling", "of no kind"
        broken.callback_id, broken.node = wish.id, NODE
        session.add(broken)

    recover(house, node=NODE)

    assert [ended(house, call_id).state == "ended" for call_id in lost] == [True, False, True]
    assert [wish.source for wish in wishes(house)].count("lost") == 2
