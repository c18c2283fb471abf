"""Colleagues who are called into a talk: invited, asked and made its lawyer."""

from pathlib import Path

import pytest

from hotline.agents.rules import LawyerState, may_join
from hotline.calls import parties, service as calls
from hotline.house import House
from hotline.queueing.offers import Accepted
from hotline.settings import Settings, load_settings
from hotline.tables import Call, CallParty, Lawyer, Leg
from tests.unit.api.conftest import SignIn
from tests.unit.api.controlling import asked, set_state
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
