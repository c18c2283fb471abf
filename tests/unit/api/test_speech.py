"""Speech over HTTP: languages for everybody, models for those who look after them."""

from hotline.house import House
from hotline.transcripts import service as transcripts
from recordings import storage
from tests.unit.api.conftest import SignIn
from tests.unit.hotline.factories import create_call


def talking(house: House, lawyer_id: str) -> str:
    with house.database.session() as session:
        call = create_call(session, house)
        call.lawyer_id = lawyer_id
        call.state = "talking"
        transcripts.open_stream(
            session, house, call_id=call.id, leg="a", speaker="caller", language="zh"
        )
        return call.id


def test_models__installed_and_to_be_had_with_their_use(sign_in: SignIn) -> None:
    answer = sign_in("admin").get("/api/v1/speech/models").json()

    rows = {row["name"]: row for row in answer["items"]}
    whisper = rows["whisper-base"]
    assert (whisper["is_installed"], whisper["live"], whisper["licence"]) == (True, False, "MIT")
    assert whisper["used_for"] == ["zh", "en"]
    assert len(whisper["sha256"]) == 64
    mandarin = rows["vosk-model-small-cn-0.22"]
    assert (mandarin["is_installed"], mandarin["live"], mandarin["used_for"]) == (False, True, [])
    assert mandarin["source"].endswith("/vosk-model-small-cn-0.22.zip")


def test_models__not_for_lawyers_who_see_the_languages(sign_in: SignIn) -> None:
    li = sign_in("li")

    assert li.get("/api/v1/speech/models").status_code == 403
    assert {row["language"] for row in li.get("/api/v1/speech").json()["items"]} >= {"zh", "ko"}


def test_put_language__the_lawyer_of_the_call__listened_for_from_now_on(
    house: House, sign_in: SignIn, ids: dict[str, str]
) -> None:
    address = f"/api/v1/calls/{talking(house, ids['li'])}/language"

    answer = sign_in("li").put(address, json={"language": "ko"})

    assert [row["language"] for row in answer.json()["items"]] == ["ko"]
    assert sign_in("li").put(address, json={"language": "tlh"}).status_code == 422
    assert sign_in("supervisor").put(address, json={"language": "zh"}).status_code == 403


def test_transcript__a_gap__says_whether_the_after_call_job_has_filled_it(
    house: House, sign_in: SignIn, ids: dict[str, str]
) -> None:
    call_id = talking(house, ids["li"])
    address = f"/api/v1/calls/{call_id}/transcript"
    with house.database.session() as session:
        (stream,) = transcripts.streams_of(session, call_id)
        transcripts.mark_gap(session, house, stream.id or 0, start_ms=4000, end_ms=9000)

    gap = {"speaker": "caller", "start_ms": 4000, "end_ms": 9000, "filled": False}
    assert sign_in("li").get(address).json()["gaps"] == [gap]

    with house.database.session() as session:
        recording = storage.begin(session, house, call_id)
        recording.transcribed_at = house.clock.now()
    assert sign_in("li").get(address).json()["gaps"] == [gap | {"filled": True}]


def test_transcript__one_version__named(house: House, sign_in: SignIn, ids: dict[str, str]) -> None:
    address = f"/api/v1/calls/{talking(house, ids['li'])}/transcript"

    assert sign_in("li").get(address).json()["versions"] == ["first"]
    assert sign_in("li").get(f"{address}?version=second").json()["segments"] == []
