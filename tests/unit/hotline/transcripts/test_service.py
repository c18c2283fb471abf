import pytest
from sqlmodel import Session, select

from hotline.clock import FakeClock
from hotline.errors import Conflict, InvalidInput, NotFound
from hotline.events import EventType, last_seq, read_after
from hotline.house import House
from hotline.tables import Call, QualityCheck, Segment, SpeechStream
from hotline.transcripts import service, word_index
from hotline.transcripts.answers import hand_words
from hotline.transcripts.erasure import erase
from hotline.transcripts.rules import Purpose, StreamState
from tests.conftest import SilentBus
from tests.unit.hotline.factories import create_call


def open_side(
    session: Session,
    house: House,
    call_id: str,
    *,
    leg: str = "a",
    speaker: str = "caller",
    purpose: Purpose = Purpose.TRANSCRIPT,
) -> SpeechStream:
    return service.open_stream(
        session,
        house,
        call_id=call_id,
        leg=leg,
        speaker=speaker,
        language="zh",
        purpose=purpose,
    )


def say(
    house: House,
    stream: SpeechStream,
    text: str,
    *,
    speaker: str = "caller",
    start_ms: int = 0,
    end_ms: int | None = None,
) -> Segment | None:
    with house.database.session() as session:
        return service.add_segment(
            session,
            house,
            call_id=stream.call_id,
            speaker=speaker,
            start_ms=start_ms,
            end_ms=start_ms + 500 if end_ms is None else end_ms,
            text=text,
            language="zh",
        )


@pytest.fixture
def stream(house: House) -> SpeechStream:
    with house.database.session() as session:
        return open_side(session, house, create_call(session, house).id)


def happened(house: House, after: int) -> list[tuple[str, dict[str, object]]]:
    with house.database.reading() as session:
        return [(event.type, event.data) for event in read_after(session, after)]


def now(house: House) -> int:
    with house.database.reading() as session:
        return last_seq(session)


def read(house: House, stream: SpeechStream) -> SpeechStream:
    with house.database.reading() as session:
        row = session.exec(select(SpeechStream).where(SpeechStream.id == stream.id)).one()
        session.expunge(row)
        return row


def test_open_stream__opened__wanted_and_told(house: House, stream: SpeechStream) -> None:
    assert read(house, stream).state == "wanted"
    type_, data = happened(house, 0)[-1]
    assert type_ == EventType.SPEECH_CHANGED
    assert data["stream"] == stream.id
    assert data["state"] == "wanted"


def test_set_stream_state__changes__told_once(house: House, stream: SpeechStream) -> None:
    before = now(house)
    for _ in range(2):
        with house.database.session() as session:
            service.set_stream_state(
                session, house, stream.id or 0, StreamState.LIVE, engine="vosk"
            )

    assert [(type_, data["state"], data["engine"]) for type_, data in happened(house, before)] == [
        ("speech.changed", "live", "vosk")
    ]


def test_set_stream_state__no_engine_given__the_known_one_stays(
    house: House, stream: SpeechStream
) -> None:
    with house.database.session() as session:
        service.set_stream_state(session, house, stream.id or 0, StreamState.LIVE, engine="vosk")
        service.set_stream_state(session, house, stream.id or 0, StreamState.DEGRADED)

    row = read(house, stream)
    assert (row.state, row.engine) == ("degraded", "vosk")


def test_close_stream__twice__closed_once(house: House, stream: SpeechStream) -> None:
    before = now(house)
    for _ in range(2):
        with house.database.session() as session:
            service.close_stream(session, house, stream.id or 0)

    assert [type_ for type_, _ in happened(house, before)] == ["speech.closed", "speech.changed"]
    assert read(house, stream).closed_at == house.clock.now()


def test_set_stream_state__closed__stays_closed(house: House, stream: SpeechStream) -> None:
    with house.database.session() as session:
        service.close_stream(session, house, stream.id or 0)
        service.set_stream_state(session, house, stream.id or 0, StreamState.LIVE)

    assert read(house, stream).state == "closed"


def test_close_streams_of__some_open__all_closed(house: House, stream: SpeechStream) -> None:
    with house.database.session() as session:
        open_side(session, house, stream.call_id, leg="b", speaker="lawyer")
        service.close_streams_of(session, house, stream.call_id)

    with house.database.reading() as session:
        rows = service.streams_of(session, stream.call_id)
        assert [(row.speaker, row.state) for row in rows] == [
            ("caller", "closed"),
            ("lawyer", "closed"),
        ]


def test_mark_gap__closed_stream__still_noted(house: House, stream: SpeechStream) -> None:
    with house.database.session() as session:
        service.close_stream(session, house, stream.id or 0)
        service.mark_gap(session, house, stream.id or 0, start_ms=1000, end_ms=4000)

    assert read(house, stream).gaps == [[1000, 4000]]


def test_mark_gap__unknown_stream__not_found(house: House) -> None:
    with house.database.session() as session, pytest.raises(NotFound):
        service.mark_gap(session, house, 12345, start_ms=0, end_ms=1)


def test_add_segment__out_of_order__read_in_order(house: House, stream: SpeechStream) -> None:
    say(house, stream, " 后 ", start_ms=5000)
    say(house, stream, " 前 ", start_ms=1000)

    with house.database.reading() as session:
        assert [row.text for row in service.segments_of(session, stream.call_id)] == ["前", "后"]


def test_add_segment__stored__event_has_ids_and_no_words(
    house: House, stream: SpeechStream
) -> None:
    before = now(house)
    row = say(house, stream, "您好", speaker="lawyer")

    assert row is not None
    assert happened(house, before) == [
        ("segment.stored", {"call_id": stream.call_id, "segment_id": row.id})
    ]


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "text"), [(0, 500, "  "), (500, 400, "您好"), (-1, 400, "您好")]
)
def test_add_segment__impossible__invalid(
    house: House, stream: SpeechStream, start_ms: int, end_ms: int, text: str
) -> None:
    with pytest.raises(InvalidInput):
        say(house, stream, text, start_ms=start_ms, end_ms=end_ms)


class TestChangeLanguage:
    def test_change_language__in_mid_call__has_its_place_on_the_recording(
        self, house: House, clock: FakeClock, stream: SpeechStream
    ) -> None:
        clock.advance(seconds=70)
        before = now(house)
        with house.database.session() as session:
            service.change_language(session, house, stream.call_id, "ko")
        clock.advance(seconds=5)
        with house.database.session() as session:
            service.change_language(session, house, stream.call_id, "zh")

        row = read(house, stream)
        assert (row.language, row.languages) == ("zh", [[0, "zh"], [70_000, "ko"], [75_000, "zh"]])
        told = [data["language"] for type_, data in happened(house, before)]
        assert told == ["ko", "zh"]

    def test_change_language__the_same__nothing_is_told(
        self, house: House, stream: SpeechStream
    ) -> None:
        before = now(house)
        with house.database.session() as session:
            service.change_language(session, house, stream.call_id, "zh")

        assert happened(house, before) == []
        assert read(house, stream).languages is None

    def test_change_language__one_side__the_other_stays(
        self, house: House, stream: SpeechStream
    ) -> None:
        with house.database.session() as session:
            open_side(session, house, stream.call_id, leg="b", speaker="lawyer")
            service.change_language(session, house, stream.call_id, "ko", speaker="lawyer")

        assert read(house, stream).language == "zh"

    def test_change_language__nobody_is_transcribed__conflict(
        self, house: House, stream: SpeechStream
    ) -> None:
        with house.database.session() as session:
            service.close_stream(session, house, stream.id or 0)
            with pytest.raises(Conflict):
                service.change_language(session, house, stream.call_id, "ko")

    def test_open_stream__after_a_change__in_the_chosen_language(
        self, house: House, stream: SpeechStream
    ) -> None:
        with house.database.session() as session:
            service.change_language(session, house, stream.call_id, "ko")
            service.close_stream(session, house, stream.id or 0)
            again = open_side(session, house, stream.call_id, leg="c")
            assert again.language == "ko"


def test_erase__leaves_no_word_anywhere(house: House, stream: SpeechStream) -> None:
    segment = say(house, stream, "老板拖欠工资", end_ms=900)
    assert segment is not None
    with house.database.session() as session:
        word_index.add(session, [segment])
        said = [{"start_ms": 0, "end_ms": 900, "quote": "老板拖欠工资"}]
        session.add(
            QualityCheck(
                call_id=stream.call_id,
                score=80,
                has_passed=True,
                items=[{"item": "greeting", "share": 1.0, "evidence": said}],
                checked_at=house.clock.now(),
            )
        )

    with house.database.session() as session:
        erase(session, house, stream.call_id)

    with house.database.reading() as session:
        assert service.segments_of(session, stream.call_id) == []
        assert word_index.count(session) == 0
        (item,) = session.get_one(QualityCheck, stream.call_id).items
        assert item == {"item": "greeting", "share": 1.0, "evidence": []}


@pytest.fixture
def question(house: House) -> SpeechStream:
    with house.database.session() as session:
        call_id = create_call(session, house).id
        return open_side(session, house, call_id, purpose=Purpose.QUESTION)


def handed(house: House, stream: SpeechStream) -> list[tuple[str, str]]:
    with house.database.session() as session:
        hand_words(session, house, stream_id=stream.id or 0, text="离婚")
    assert isinstance(house.bus, SilentBus)
    return house.bus.handed


def test_hand_words__told_and_stored_nowhere(house: House, question: SpeechStream) -> None:
    assert handed(house, question) == [(f"words:{question.id}", "离婚")]
    with house.database.reading() as session:
        assert session.exec(select(Segment)).all() == []


def test_hand_words__nobody_is_told_once_it_is_closed(house: House, question: SpeechStream) -> None:
    with house.database.session() as session:
        service.close_stream(session, house, question.id or 0)

    assert handed(house, question) == []


def test_hand_words__nobody_is_told_of_who_refused(house: House, question: SpeechStream) -> None:
    with house.database.session() as session:
        call = session.get_one(Call, question.call_id)
        call.recording_refused_at = house.clock.now()

    assert handed(house, question) == []


def test_streams_of__a_question_is_no_part_of_the_transcript(
    house: House, question: SpeechStream
) -> None:
    with house.database.reading() as session:
        assert service.streams_of(session, question.call_id) == []
