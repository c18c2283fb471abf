"""Messages of callers: kept with the wish to be called back, heard by whom they are for."""

import pytest
from sqlmodel import Session

from callback import messages, service
from hotline.house import House
from hotline.ids import new_id
from hotline.queueing import offers, service as queue
from hotline.tables import Call, Callback, QueueEntry, Recording
from hotline.transcripts import service as transcripts
from hotline.views.messages import may_hear_message, message_shape, message_shapes
from hotline.views.reader import Reader
from recordings import refusal
from tests.unit.hotline.factories import create_lawyer, create_waiting

NUMBER = "13800001111"


def leave(
    session: Session,
    house: House,
    *,
    number: str = NUMBER,
    seconds: float | None = 12.5,
    state: str = "finished",
) -> tuple[Callback, Recording]:
    """A caller in the queue leaves a message and hangs up."""
    entry = create_waiting(session, house, number=number)
    call = session.get_one(Call, entry.call_id)
    service.request_from_call(session, house, call, language="zh", topic=None, source="message")
    recording = Recording(
        id=new_id("rec", house.clock),
        call_id=call.id,
        state=state,
        path="message.wav",
        seconds=seconds,
        started_at=house.clock.now(),
    )
    session.add(recording)
    session.flush()
    callback = messages.attach(session, house, call, recording.id)
    assert callback is not None
    return callback, recording


def test_attach__is_the_message_of_the_wish_in_the_callers_place(house: House) -> None:
    with house.database.session() as session:
        callback, recording = leave(session, house)
        place = session.get_one(QueueEntry, queue.waiting(session, house)[0].entry.id)

        assert (callback.source, callback.message_id) == ("message", recording.id)
        assert (place.kind, place.callback_id) == ("callback", callback.id)


def test_attach__a_later_message_takes_the_place_of_the_first(house: House) -> None:
    with house.database.session() as session:
        first, _ = leave(session, house)
        again, recording = leave(session, house)

        assert (again.id, again.message_id) == (first.id, recording.id)


def test_attach__a_wish_that_has_ended_gets_none(house: House) -> None:
    with house.database.session() as session:
        callback, recording = leave(session, house)
        service.cancel(session, house, callback)
        call = session.get_one(Call, recording.call_id)

        assert messages.attach(session, house, call, recording.id) is None


class TestMessageShape:
    def test_message_shape__says_what_was_understood_without_numbers(self, house: House) -> None:
        with house.database.session() as session:
            callback, recording = leave(session, house)
            transcripts.add_segment(
                session,
                house,
                call_id=recording.call_id,
                speaker="caller",
                start_ms=0,
                end_ms=3000,
                text="老板欠我工资，请打13900001234",
                language="zh",
            )
            shape = message_shape(Reader(session, house), callback)

        assert shape is not None
        assert (shape.recording_id, shape.seconds) == (recording.id, 12.5)
        assert shape.audio_url == f"/api/v1/recordings/{recording.id}/audio"
        assert "欠我工资" in shape.text
        assert "13900001234" not in shape.text

    @pytest.mark.parametrize(
        ("state", "seconds"), [("recording", None), ("failed", None), ("finished", 0.4)]
    )
    def test_message_shape__none_while_there_is_nothing_to_hear(
        self, house: House, state: str, seconds: float | None
    ) -> None:
        with house.database.session() as session:
            callback, _ = leave(session, house, state=state, seconds=seconds)
            assert message_shape(Reader(session, house), callback) is None

    def test_message_shape__none_after_a_refusal(self, house: House) -> None:
        with house.database.session() as session:
            callback, recording = leave(session, house)
            refusal.refuse(session, house, recording.call_id, by=None)

            assert message_shape(Reader(session, house), callback) is None
            assert callback.state == "waiting"

    def test_message_shapes__each_wish_has_its_own(self, house: House) -> None:
        with house.database.session() as session:
            one, _ = leave(session, house)
            other, recording = leave(session, house, number="13800002222")
            transcripts.add_segment(
                session,
                house,
                call_id=recording.call_id,
                speaker="caller",
                start_ms=0,
                end_ms=900,
                text="请回电",
                language="zh",
            )
            session.flush()
            shapes = message_shapes(Reader(session, house), [one, other])

        assert {key: shape.text for key, shape in shapes.items()} == {
            one.id: "",
            other.id: "请回电",
        }

    def test_message_shape__none_for_calls_on_the_line(self, house: House) -> None:
        with house.database.session() as session:
            assert message_shape(Reader(session, house), None) is None


class TestMayHear:
    def test_may_hear_message__whom_it_rings_at_and_who_takes_it(self, house: House) -> None:
        with house.database.session() as session:
            callback, recording = leave(session, house)
            lawyer, other = (create_lawyer(session, house) for _ in range(2))
            entry = queue.waiting(session, house)[0].entry
            assert not may_hear_message(session, lawyer.user_id, recording.id)

            offer = offers.make_offer(session, house, entry, lawyer, fence=1)
            assert may_hear_message(session, lawyer.user_id, recording.id)
            assert not may_hear_message(session, other.user_id, recording.id)

            offers.accept(session, house, offer.id, lawyer.user_id)
            assert may_hear_message(session, lawyer.user_id, recording.id)
            assert callback.id == entry.callback_id

    def test_may_hear_message__no_more_after_passing_it_on(self, house: House) -> None:
        with house.database.session() as session:
            _, recording = leave(session, house)
            lawyer = create_lawyer(session, house)
            entry = queue.waiting(session, house)[0].entry
            offer = offers.make_offer(session, house, entry, lawyer, fence=1)
            offers.decline(session, house, offer.id, lawyer.user_id)

            assert not may_hear_message(session, lawyer.user_id, recording.id)
