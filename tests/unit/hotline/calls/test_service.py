from hotline.calls import service as calls
from hotline.events import EventType, read_after
from hotline.house import House
from tests.unit.hotline.factories import create_call


def changes(house: House) -> int:
    with house.database.reading() as session:
        return sum(event.type == EventType.CALL_CHANGED for event in read_after(session, 0))


def test_change__tells_only_of_what_is_another_value(house: House) -> None:
    with house.database.session() as session:
        call = create_call(session, house)
        calls.change(session, house, call, state="queued", language="zh")
    before = changes(house)
    with house.database.session() as session:
        calls.change(session, house, calls.find(session, call.id), state="queued", language="zh")
    assert changes(house) == before
    with house.database.session() as session:
        calls.change(session, house, calls.find(session, call.id), state="queued", language="en")
    assert changes(house) == before + 1


def test_change__of_a_call_that_has_ended_is_nothing(house: House) -> None:
    with house.database.session() as session:
        call = create_call(session, house)
        calls.end(session, house, call, reason="test")
        calls.change(session, house, call, state="queued")
        assert call.state == calls.ENDED
