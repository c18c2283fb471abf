"""Supervisors in a talk: what is allowed to whom, and who is told."""

from pathlib import Path

import pytest

from hotline.house import House
from hotline.queueing.offers import Accepted
from hotline.settings import Settings, load_settings
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
