"""Call control over HTTP: what is allowed to whom in which state, and what the event says."""

from pathlib import Path

import pytest

from hotline.calls import parties, service as calls
from hotline.calls.control import digits_of
from hotline.house import House
from hotline.queueing.offers import Accepted
from hotline.settings import Settings, load_settings
from hotline.tables import (
    CallParty,
    LawyerTelephone,
    Recording,
    TransferTarget,
)
from recordings import refusal
from tests.unit.api.conftest import SignIn
from tests.unit.api.controlling import asked, audited, post, set_state
from tests.unit.api.factories import add_talk


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A hotline that can dial."""
    return load_settings(tmp_path / "data", trunk_outbound="127.0.0.1:5999")


@pytest.fixture
def talk(house: House, ids: dict[str, str]) -> Accepted:
    """Li talks with a caller."""
    won = add_talk(house, ids["li"])
    set_state(house, won.call_id, "talking")
    return won


class TestHold:
    def test_post_hold__asks_once_and_is_audited(
        self, house: House, sign_in: SignIn, ids: dict[str, str], talk: Accepted
    ) -> None:
        answer = sign_in("li").post(f"/api/v1/calls/{talk.call_id}/hold")
        assert answer.status_code == 202
        (event,) = asked(house)
        assert event == {
            "call_id": talk.call_id,
            "action": "hold",
            "request_id": answer.json()["request_id"],
            "by": ids["li"],
        }
        assert audited(house)[-1] == "call.hold"

    def test_post_hold__says_what_stands_against_it(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        set_state(house, talk.call_id, "on_hold")
        answer = sign_in("li").post(f"/api/v1/calls/{talk.call_id}/hold")
        assert answer.status_code == 409
        assert answer.headers["content-type"] == "application/problem+json"
        assert "talk with" in answer.json()["detail"]
        assert asked(house) == []

    @pytest.mark.parametrize(("who", "status"), [("wang", 404), ("supervisor", 403)])
    def test_post_hold__is_for_the_calls_lawyer(
        self, sign_in: SignIn, talk: Accepted, who: str, status: int
    ) -> None:
        assert post(sign_in(who), talk, "hold") == status


class TestReach:
    def test_post_transfer__keeps_a_typed_number_sealed(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        answer = sign_in("li").post(
            f"/api/v1/calls/{talk.call_id}/transfer", json={"number": "139 0000 2222"}
        )
        assert answer.status_code == 202
        assert answer.json()["label"] == "139****2222"
        with house.database.reading() as session:
            party = session.get_one(CallParty, answer.json()["id"])
            assert parties.number_of(house, party) == "13900002222"
        assert "13900002222" not in str(asked(house))
        call = sign_in("li").get(f"/api/v1/calls/{talk.call_id}").json()
        assert [row["state"] for row in call["parties"]] == ["ringing"]

    def test_post_consult__takes_the_directorys_name(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        with house.database.session() as session:
            session.add(TransferTarget(id="target_1", kind="emergency", name="报警", number="110"))
        answer = sign_in("li").post(
            f"/api/v1/calls/{talk.call_id}/consult", json={"directory_id": "target_1"}
        )
        assert (answer.json()["label"], answer.json()["purpose"]) == ("报警", "consult")

    @pytest.mark.parametrize(
        "body",
        [{}, {"number": "110", "directory_id": "x"}, {"number": "sip:x@y"}, {"number": "12348"}],
    )
    def test_post_transfer__needs_one_target_that_can_be_dialled(
        self, sign_in: SignIn, talk: Accepted, body: dict[str, object]
    ) -> None:
        answer = sign_in("li").post(f"/api/v1/calls/{talk.call_id}/transfer", json=body)
        assert answer.status_code == 422

    def test_post_consult__one_at_a_time(self, sign_in: SignIn, talk: Accepted) -> None:
        client = sign_in("li")
        assert post(client, talk, "consult", number="110") == 202
        assert post(client, talk, "transfer", number="110") == 409

    def test_delete_party__is_asked_of_the_telephone_side(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        client = sign_in("li")
        path = f"/api/v1/calls/{talk.call_id}/parties"
        party = client.post(path, json={"number": "110"}).json()["id"]
        assert client.delete(f"{path}/{party}").status_code == 202
        assert (asked(house)[-1]["action"], asked(house)[-1]["party_id"]) == ("drop", party)


class TestDigits:
    def test_post_digits__travel_sealed(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        assert post(sign_in("li"), talk, "digits", digits="190019") == 202
        (event,) = asked(house)
        assert "190019" not in str(event)
        assert digits_of(house, str(event["digits_sealed"])) == "190019"
        assert post(sign_in("li"), talk, "digits", digits="12x") == 422


class TestMute:
    def test_post_mute__is_asked_of_the_telephones_side(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        client = sign_in("li")
        assert post(client, talk, "mute") == 202
        assert post(client, talk, "unmute") == 202
        assert [event["action"] for event in asked(house)] == ["mute", "unmute"]
        assert post(client, talk, "mute", party_id="party_none") == 404


class TestRecording:
    def test_post_pause__needs_a_recording_and_a_reason(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        client = sign_in("li")
        assert post(client, talk, "recording/pause", reason="identity") == 409
        with house.database.session() as session:
            session.add(
                Recording(
                    id="rec_1", call_id=talk.call_id, path="x.wav", started_at=house.clock.now()
                )
            )
        assert post(client, talk, "recording/pause", reason="because") == 422
        assert post(client, talk, "recording/pause", reason="identity") == 202
        assert asked(house)[-1]["reason"] == "identity"


class TestTelephone:
    def test_put_telephone__is_kept_sealed_and_shown_masked(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        client = sign_in("li")
        path = "/api/v1/lawyers/me/telephone"
        assert client.get(path).json() == {"medium": "browser", "number": None}
        assert client.put(path, json={"medium": "number"}).status_code == 422
        answer = client.put(path, json={"medium": "number", "number": "13900003333"})
        assert answer.json() == {"medium": "number", "number": "139****3333"}
        with house.database.reading() as session:
            sealed = session.get_one(LawyerTelephone, ids["li"]).number_sealed or b""
        assert b"13900003333" not in sealed

    def test_accept__of_a_lawyer_on_a_telephone_has_no_audio_for_the_browser(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        client = sign_in("li")
        client.put("/api/v1/lawyers/me/telephone", json={"medium": "sip_phone"})
        won = add_talk(house, ids["li"])
        leg = client.get(f"/api/v1/calls/{won.call_id}/leg").json()
        assert (leg["medium"], leg["audio_url"]) == ("sip_phone", None)


class TestDirectory:
    def test_directory__is_kept_by_administrators(self, house: House, sign_in: SignIn) -> None:
        body = {"kind": "emergency", "name": "报警", "number": "110", "position": 1}
        assert sign_in("supervisor").post("/api/v1/directory", json=body).status_code == 403
        admin = sign_in("admin")
        row = admin.post("/api/v1/directory", json=body).json()
        assert admin.post("/api/v1/directory", json=body).status_code == 409
        changed = {**body, "is_active": False}
        path = f"/api/v1/directory/{row['id']}"
        assert admin.put(path, json=changed).json()["is_active"] is False
        assert sign_in("li").get("/api/v1/directory").json()["items"] == []
        assert len(admin.get("/api/v1/directory?all=true").json()["items"]) == 1
        assert admin.delete(path).status_code == 204
        assert audited(house)[-3:] == ["directory.added", "directory.changed", "directory.removed"]


class TestRefusal:
    def test_post_refusal__is_written_at_once_and_told_the_telephone(
        self, house: House, sign_in: SignIn, ids: dict[str, str], talk: Accepted
    ) -> None:
        client = sign_in("li")
        assert post(client, talk, "recording/refuse") == 202
        refused = client.get(f"/api/v1/calls/{talk.call_id}").json()["recording_refused"]
        assert refused["lawyer"] == {"id": ids["li"], "name": "Li"}
        assert refused["at"].endswith("Z")
        assert [each["action"] for each in asked(house)] == ["refuse_recording"]
        assert "call.recording_refused" in audited(house)

    def test_post_refusal__also_when_the_call_is_over(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        with house.database.session() as session:
            calls.end(session, house, calls.find(session, talk.call_id), reason="caller_hung_up")
        client = sign_in("supervisor")
        assert post(client, talk, "recording/refuse") == 202
        assert client.get(f"/api/v1/calls/{talk.call_id}").json()["recording_refused"] is not None

    def test_post_refusal__not_for_another_lawyer(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        assert post(sign_in("wang"), talk, "recording/refuse") in (403, 404)
        assert asked(house) == []

    def test_get_call__a_refusal_by_key_names_no_lawyer(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        with house.database.session() as session:
            refusal.refuse(session, house, talk.call_id, by=None)
        row = sign_in("supervisor").get(f"/api/v1/calls/{talk.call_id}").json()
        assert row["recording_refused"]["lawyer"] is None
        assert row["recording_id"] is None
