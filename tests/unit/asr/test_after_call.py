"""Which languages were spoken in a call."""

import pytest
from sqlmodel import Session, col, select

from asr.after_call import find_task, was_spoken
from hotline.house import House
from hotline.tables import Call, SpeechStream
from hotline.transcripts import service as transcripts
from hotline.transcripts.rules import Purpose, Source
from recordings import storage
from tests.unit.hotline.factories import create_call


def create_spoken(
    session: Session, house: House, language: str | None, *later: str
) -> tuple[Call, SpeechStream]:
    """A recorded call, and its caller's side, in a language and then in others."""
    call = create_call(session, house)
    call.language = language
    storage.finished(session, house, storage.begin(session, house, call.id).id, 60.0)
    stream = transcripts.open_stream(
        session, house, call_id=call.id, leg="a", speaker="caller", language=language or "zh"
    )
    for other in later:
        transcripts.change_language(session, house, call.id, other)
    return call, stream


def spoken_in(session: Session, *languages: str) -> set[str]:
    query = select(col(Call.id)).where(was_spoken(languages, otherwise="zh"))
    return set(session.exec(query).all())


def test_was_spoken__from_the_beginning_or_later__the_calls_that_a_task_says(house: House) -> None:
    with house.database.session() as session:
        calls = [
            create_spoken(session, house, "zh"),
            create_spoken(session, house, "zh", "ko"),
            create_spoken(session, house, "ko", "zh", "en"),
            create_spoken(session, house, None),
            create_spoken(session, house, "bo"),
        ]
        ids = [call.id for call, _ in calls]

    with house.database.reading() as session:
        tasks = [find_task(house, call_id, Source.SECOND_PASS) for call_id in ids]
        for languages in (["zh"], ["ko"], ["en"], ["ko", "bo"], ["o"]):
            assert spoken_in(session, *languages) == {
                task.call_id for task in tasks if task and task.languages & set(languages)
            }
        assert spoken_in(session, "ko") == {ids[1], ids[2]}
        assert spoken_in(session, "zh") == {ids[0], ids[1], ids[2], ids[3]}


@pytest.mark.parametrize("like_many", ["%", "_o", 'k"'])
def test_was_spoken__language_with_a_mark_of_patterns__is_no_pattern(
    house: House, like_many: str
) -> None:
    with house.database.session() as session:
        create_spoken(session, house, "zh", "ko")

        assert spoken_in(session, like_many) == set()


def test_was_spoken__side_was_asked_a_question_only__does_not_count(house: House) -> None:
    with house.database.session() as session:
        _, stream = create_spoken(session, house, "zh", "ko")
        stream.purpose = Purpose.QUESTION
        session.flush()

        assert spoken_in(session, "ko") == set()
