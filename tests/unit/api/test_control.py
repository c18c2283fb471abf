"""Call control over HTTP: what is allowed to whom in which state, and what the event says."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from hotline.agents.rules import LawyerState, may_join
from hotline.calls import parties, service as calls
from hotline.calls.control import digits_of
from hotline.events import EventType, read_after
from hotline.house import House
from hotline.queueing.offers import Accepted
from hotline.settings import Settings, load_settings
from hotline.tables import (
    AuditEntry,
    Call,
    CallParty,
    Lawyer,
    LawyerTelephone,
    Leg,
    Recording,
    TransferTarget,
)
from recordings import refusal
from tests.unit.api.conftest import SignIn
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


def set_state(house: House, call_id: str, state: str) -> None:
    with house.database.session() as session:
        calls.change(session, house, calls.find(session, call_id), state=state)


def asked(house: House) -> list[dict[str, object]]:
    """What the telephone's side is asked to do, oldest first."""
    with house.database.reading() as session:
        return [
            dict(event.data)
            for event in read_after(session, 0)
            if event.type == EventType.CALL_CONTROL_REQUESTED
        ]


def audited(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))))


def post(client: TestClient, talk: Accepted, what: str, **body: object) -> int:
    path = f"/api/v1/calls/{talk.call_id}/{what}"
    return client.post(path, json=body or None).status_code


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


class TestInvitation:
    def test_post_accept__brings_a_second_lawyer_into_the_call(
        self, house: House, sign_in: SignIn, ids: dict[str, str], talk: Accepted
    ) -> None:
        path = f"/api/v1/calls/{talk.call_id}/parties"
        party = sign_in("li").post(path, json={"lawyer_id": ids["wang"]}).json()["id"]
        wang = sign_in("wang")
        seat = wang.post(f"/api/v1/invitations/{party}/accept")
        assert seat.status_code == 200
        assert seat.json()["leg_id"] == party
        assert "token=" in seat.json()["audio_url"]
        assert [event["action"] for event in asked(house)] == ["reach", "answered"]
        assert wang.get(f"/api/v1/calls/{talk.call_id}").status_code == 200
        with house.database.reading() as session:
            lawyer = session.get_one(Lawyer, ids["wang"])
            assert (lawyer.state, lawyer.call_id) == ("talking", talk.call_id)

    @pytest.mark.parametrize(
        "state", [state for state in LawyerState if not may_join(LawyerState(state))]
    )
    def test_post_party__a_colleague_who_could_not_accept_is_not_rung(
        self,
        house: House,
        sign_in: SignIn,
        ids: dict[str, str],
        talk: Accepted,
        state: LawyerState,
    ) -> None:
        with house.database.session() as session:
            session.get_one(Lawyer, ids["wang"]).state = state.value

        path = f"/api/v1/calls/{talk.call_id}/parties"
        answer = sign_in("li").post(path, json={"lawyer_id": ids["wang"]})

        assert answer.status_code == 409
        assert state.value in answer.json()["detail"]
        assert asked(house) == []

    def test_post_decline__closes_the_party(
        self, house: House, sign_in: SignIn, ids: dict[str, str], talk: Accepted
    ) -> None:
        path = f"/api/v1/calls/{talk.call_id}/parties"
        party = sign_in("li").post(path, json={"lawyer_id": ids["wang"]}).json()["id"]
        wang = sign_in("wang")
        assert wang.post(f"/api/v1/invitations/{party}/decline").status_code == 204
        assert wang.post(f"/api/v1/invitations/{party}/accept").status_code == 409
        with house.database.reading() as session:
            assert session.get_one(CallParty, party).end_reason == "declined"

    def test_end__frees_the_second_lawyer_without_wrap_up(
        self, house: House, sign_in: SignIn, ids: dict[str, str], talk: Accepted
    ) -> None:
        path = f"/api/v1/calls/{talk.call_id}/parties"
        party = sign_in("li").post(path, json={"lawyer_id": ids["wang"]}).json()["id"]
        sign_in("wang").post(f"/api/v1/invitations/{party}/accept")
        with house.database.session() as session:
            calls.end(session, house, session.get_one(Call, talk.call_id), reason="caller_hung_up")
        with house.database.reading() as session:
            assert session.get_one(Lawyer, ids["wang"]).state == "available"
            assert session.get_one(Lawyer, ids["li"]).state == "wrap_up"
            assert session.get_one(Leg, party).state == "closed"

    def test_hand_over__makes_the_colleague_the_calls_lawyer(
        self, house: House, sign_in: SignIn, ids: dict[str, str], talk: Accepted
    ) -> None:
        path = f"/api/v1/calls/{talk.call_id}/transfer"
        party = sign_in("li").post(path, json={"lawyer_id": ids["wang"]}).json()["id"]
        sign_in("wang").post(f"/api/v1/invitations/{party}/accept")
        with house.database.session() as session:
            call = session.get_one(Call, talk.call_id)
            parties.hand_over(session, house, call, session.get_one(CallParty, party))
        with house.database.reading() as session:
            assert session.get_one(Call, talk.call_id).lawyer_id == ids["wang"]
            assert session.get_one(Lawyer, ids["li"]).state == "available"
            assert session.get_one(Lawyer, ids["wang"]).state == "talking"
            assert session.get_one(Leg, party).state != "closed"


class TestSupervision:
    def test_post_supervision__opens_audio_and_is_audited(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        client = sign_in("supervisor")
        path = f"/api/v1/calls/{talk.call_id}/supervision"
        answer = client.post(path, json={"mode": "listen"})
        assert answer.status_code == 201
        assert "token=" in answer.json()["audio_url"]
        assert client.post(path, json={"mode": "barge"}).status_code == 409
        assert client.put(path, json={"mode": "whisper"}).status_code == 202
        assert client.delete(path).status_code == 202
        assert [event["action"] for event in asked(house)] == ["reach", "purpose", "drop"]
        assert audited(house)[-3:] == ["call.reach", "call.purpose", "call.drop"]

    @pytest.mark.parametrize("who", ["li", "admin", "officer"])
    def test_post_supervision__is_for_supervisors(
        self, sign_in: SignIn, talk: Accepted, who: str
    ) -> None:
        assert post(sign_in(who), talk, "supervision", mode="listen") == 403

    def test_post_supervision__is_no_other_purpose(self, sign_in: SignIn, talk: Accepted) -> None:
        assert post(sign_in("supervisor"), talk, "supervision", mode="join") == 422

    def test_get_call__lawyer_is_told_who_listens(self, sign_in: SignIn, talk: Accepted) -> None:
        post(sign_in("supervisor"), talk, "supervision", mode="listen")
        rows = sign_in("li").get(f"/api/v1/calls/{talk.call_id}").json()["parties"]
        assert [(row["purpose"], row["label"]) for row in rows] == [("listen", "Supervisor")]


class TestListeningUntold:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return load_settings(tmp_path / "data", tell_listening=False)

    def test_get_call__only_supervisors_see_it(self, sign_in: SignIn, talk: Accepted) -> None:
        supervisor = sign_in("supervisor")
        post(supervisor, talk, "supervision", mode="listen")
        path = f"/api/v1/calls/{talk.call_id}"
        assert sign_in("li").get(path).json()["parties"] == []
        assert len(supervisor.get(path).json()["parties"]) == 1

    def test_post_transfer__without_a_trunk_is_a_conflict(
        self, sign_in: SignIn, talk: Accepted
    ) -> None:
        assert post(sign_in("li"), talk, "transfer", number="110") == 409


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
