import pytest
from sqlmodel import select

from hotline.house import House
from hotline.ids import new_id
from hotline.tables import AuditEntry, Institution, Recording
from tests.unit.api.conftest import SignIn
from tests.unit.api.factories import add_talk

SOUND = bytes(range(256)) * 4


@pytest.fixture
def recording(house: House, ids: dict[str, str]) -> str:
    """A finished recording of Li's talk; its id."""
    talk = add_talk(house, ids["li"])
    house.settings.recordings_dir.mkdir(parents=True)
    (house.settings.recordings_dir / "talk.wav").write_bytes(SOUND)
    return add_recording(house, talk.call_id, path="talk.wav")


def add_recording(house: House, call_id: str, *, path: str, state: str = "finished") -> str:
    with house.database.session() as session:
        row = Recording(
            id=new_id("rec", house.clock),
            call_id=call_id,
            state=state,
            path=path,
            started_at=house.clock.now(),
        )
        session.add(row)
        return row.id


class TestGetAudio:
    def test_get_audio__whole_with_an_audit_row(
        self, house: House, sign_in: SignIn, recording: str, ids: dict[str, str]
    ) -> None:
        answer = sign_in("supervisor").get(f"/api/v1/recordings/{recording}/audio")

        assert answer.content == SOUND
        assert answer.headers["content-type"] == "audio/wav"
        assert answer.headers["accept-ranges"] == "bytes"
        assert "no-store" in answer.headers["cache-control"]
        with house.database.reading() as session:
            entry = session.exec(select(AuditEntry)).one()
        assert (entry.action, entry.subject) == ("recording.listened", recording)

    def test_get_audio__a_range(self, sign_in: SignIn, recording: str) -> None:
        answer = sign_in("li").get(
            f"/api/v1/recordings/{recording}/audio", headers={"Range": "bytes=10-19"}
        )

        assert answer.status_code == 206
        assert answer.content == SOUND[10:20]
        assert answer.headers["content-range"] == f"bytes 10-19/{len(SOUND)}"

    def test_get_audio__a_range_past_the_end(self, sign_in: SignIn, recording: str) -> None:
        answer = sign_in("li").get(
            f"/api/v1/recordings/{recording}/audio", headers={"Range": "bytes=99999-"}
        )

        assert answer.status_code == 416

    @pytest.mark.parametrize("name", ["wang", "officer"])
    def test_get_audio__is_not_for_others(
        self, house: House, sign_in: SignIn, recording: str, name: str
    ) -> None:
        answer = sign_in(name).get(f"/api/v1/recordings/{recording}/audio")

        assert answer.status_code == 404
        with house.database.reading() as session:
            assert session.exec(select(AuditEntry)).all() == []

    def test_get_audio__mp3_when_there_is_one(
        self, house: House, sign_in: SignIn, recording: str
    ) -> None:
        (house.settings.recordings_dir / "talk.mp3").write_bytes(b"mp3")
        with house.database.session() as session:
            row = session.get_one(Recording, recording)
            row.encoded_path, row.state = "talk.mp3", "ready"
            session.add(row)

        answer = sign_in("li").get(f"/api/v1/recordings/{recording}/audio")

        assert (answer.content, answer.headers["content-type"]) == (b"mp3", "audio/mpeg")

    def test_get_audio__while_recording_is_a_conflict(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        recording = add_recording(house, talk.call_id, path="x.wav", state="recording")

        answer = sign_in("li").get(f"/api/v1/recordings/{recording}/audio")

        assert answer.status_code == 409

    def test_get_audio__a_path_outside_is_not_served(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        recording = add_recording(house, talk.call_id, path="../hotline.db")

        answer = sign_in("li").get(f"/api/v1/recordings/{recording}/audio")

        assert answer.status_code == 404


class TestGetPeaks:
    @pytest.fixture
    def drawn(self, house: House, recording: str) -> str:
        """The recording, ready and drawn; its id."""
        drawing = '{"per_second":5,"caller":[0,40],"lawyer":[7,0]}'
        (house.settings.recordings_dir / "talk.peaks.json").write_text(drawing)
        with house.database.session() as session:
            session.get_one(Recording, recording).state = "ready"
        return recording

    def test_get_peaks__both_sides_without_an_audit_row(
        self, house: House, sign_in: SignIn, drawn: str
    ) -> None:
        answer = sign_in("li").get(f"/api/v1/recordings/{drawn}/peaks")

        assert answer.json() == {"per_second": 5, "caller": [0, 40], "lawyer": [7, 0]}
        with house.database.reading() as session:
            assert session.exec(select(AuditEntry)).all() == []

    def test_get_peaks__is_not_for_others(self, sign_in: SignIn, drawn: str) -> None:
        assert sign_in("wang").get(f"/api/v1/recordings/{drawn}/peaks").status_code == 404

    def test_get_peaks__nothing_is_left_of_an_erased_one(
        self, house: House, sign_in: SignIn, drawn: str
    ) -> None:
        with house.database.session() as session:
            session.get_one(Recording, drawn).state = "erased"

        assert sign_in("li").get(f"/api/v1/recordings/{drawn}/peaks").status_code == 404

    def test_get_peaks__before_it_is_ready_there_are_none(
        self, sign_in: SignIn, recording: str
    ) -> None:
        assert sign_in("li").get(f"/api/v1/recordings/{recording}/peaks").status_code == 404


class TestGetRecordings:
    def test_get_recordings__for_supervisors(self, sign_in: SignIn, recording: str) -> None:
        rows = sign_in("supervisor").get("/api/v1/recordings").json()["items"]

        assert [row["id"] for row in rows] == [recording]
        assert rows[0]["audio_url"] == f"/api/v1/recordings/{recording}/audio"
        assert sign_in("li").get("/api/v1/recordings").status_code == 403

    def test_get_recording__for_its_lawyer(self, sign_in: SignIn, recording: str) -> None:
        body = sign_in("li").get(f"/api/v1/recordings/{recording}").json()

        assert body["media_type"] == "audio/wav"

    def test_get_recording__unknown_is_not_there(self, sign_in: SignIn) -> None:
        assert sign_in("admin").get("/api/v1/recordings/rec_1").status_code == 404


class TestInstitutions:
    def test_get_institutions__by_kind(self, house: House, sign_in: SignIn) -> None:
        with house.database.session() as session:
            for kind in ("legal_aid", "notary"):
                session.add(Institution(id=f"inst_{kind}", kind=kind, name=kind, phones=["12348"]))

        rows = sign_in("li").get("/api/v1/institutions?kind=notary").json()["items"]

        assert [row["name"] for row in rows] == ["notary"]
        assert len(sign_in("li").get("/api/v1/institutions").json()["items"]) == 2


class TestSpeech:
    def test_get_speech__says_what_is_missing(self, sign_in: SignIn) -> None:
        rows = sign_in("li").get("/api/v1/speech").json()["items"]

        assert [row["language"] for row in rows] == ["zh", "bo", "en", "ko"]
        tibetan = rows[1]
        assert (tibetan["engine"], tibetan["state"], tibetan["is_live"]) == (
            None,
            "missing",
            False,
        )
        assert tibetan["remedy"]
