import pytest
from sqlalchemy.exc import IntegrityError

from hotline.house import House
from hotline.queueing.offers import Accepted
from hotline.tables import Lawyer, Ticket
from recordings import storage
from tests.unit.api.conftest import SignIn
from tests.unit.api.factories import MASKED, add_talk, end_call


@pytest.fixture
def talk(house: House, ids: dict[str, str]) -> Accepted:
    """A talk that Li is in."""
    return add_talk(house, ids["li"])


class TestGetTicket:
    def test_get_ticket__is_prefilled_from_the_call(self, sign_in: SignIn, talk: Accepted) -> None:
        body = sign_in("li").get(f"/api/v1/tickets/{talk.ticket_id}").json()

        assert (body["language"], body["topic"], body["version"]) == ("zh", "labour", 1)
        assert body["caller"] == MASKED
        assert body["call_id"] == talk.call_id

    def test_get_ticket__second_hearing_is_complete__leads_to_it(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        li, path = sign_in("li"), f"/api/v1/tickets/{talk.ticket_id}"
        assert li.get(path).json()["transcript"].endswith("?version=first")

        with house.database.session() as session:
            storage.begin(session, house, talk.call_id).second_pass_at = house.clock.now()

        address = li.get(path).json()["transcript"]
        assert address == f"/api/v1/calls/{talk.call_id}/transcript?version=second"
        assert li.get(address).json()["versions"] == ["first", "second"]

    def test_get_ticket__name_is_full_for_its_lawyer_and_masked_for_supervisors(
        self, sign_in: SignIn, talk: Accepted
    ) -> None:
        path = f"/api/v1/tickets/{talk.ticket_id}"
        changes = {"version": 1, "caller_name": "王小明", "caller_identity": "110101199003074477"}
        saved = sign_in("li").patch(path, json=changes)

        assert saved.json()["caller_name"] == "王小明"
        seen = sign_in("supervisor").get(path).json()
        assert seen["caller_name"] == "王**"
        assert seen["caller_identity"] == "1101**********4477"

    def test_get_ticket__another_lawyers_is_not_there(
        self, sign_in: SignIn, talk: Accepted
    ) -> None:
        assert sign_in("wang").get(f"/api/v1/tickets/{talk.ticket_id}").status_code == 404

    def test_get_tickets__own_ones(self, sign_in: SignIn, talk: Accepted) -> None:
        assert len(sign_in("li").get("/api/v1/tickets").json()["items"]) == 1
        assert sign_in("wang").get("/api/v1/tickets").json()["items"] == []


class TestPatchTicket:
    def test_patch_ticket__saves_and_counts_the_version(
        self, sign_in: SignIn, talk: Accepted
    ) -> None:
        client = sign_in("li")
        path = f"/api/v1/tickets/{talk.ticket_id}"

        answer = client.patch(path, json={"version": 1, "summary": "拖欠工资", "topic": "labour"})

        assert answer.json()["version"] == 2
        assert client.get(path).json()["summary"] == "拖欠工资"

    def test_patch_ticket__stale_version_is_a_conflict_that_shows_the_present(
        self, sign_in: SignIn, talk: Accepted
    ) -> None:
        client = sign_in("li")
        path = f"/api/v1/tickets/{talk.ticket_id}"
        client.patch(path, json={"version": 1, "summary": "first"})

        answer = client.patch(path, json={"version": 1, "summary": "second"})

        assert answer.status_code == 409
        assert answer.json()["current"]["summary"] == "first"
        assert answer.json()["current"]["version"] == 2

    @pytest.mark.parametrize(
        "changes", [{"status": "done"}, {"topic": "weather"}, {"is_confidential": "yes"}]
    )
    def test_patch_ticket__what_cannot_be_written_is_invalid(
        self, sign_in: SignIn, talk: Accepted, changes: dict[str, object]
    ) -> None:
        answer = sign_in("li").patch(
            f"/api/v1/tickets/{talk.ticket_id}", json={"version": 1, **changes}
        )

        assert answer.status_code == 422

    def test_patch_ticket__too_large_a_body_is_refused(
        self, sign_in: SignIn, talk: Accepted
    ) -> None:
        answer = sign_in("li").patch(
            f"/api/v1/tickets/{talk.ticket_id}", json={"version": 1, "summary": "x" * 600_000}
        )

        assert answer.status_code == 413
        assert answer.json()["code"] == "too_large"


class TestPatchTicketAsSupervisor:
    """Who sees masks cannot destroy what is behind them."""

    _NAME = "王小明"
    _IDENTITY = "110101199003074477"
    _SUMMARY = "工友电话13800001234，银行卡6222021234567890123，欠薪三个月"

    @pytest.fixture
    def path(self, sign_in: SignIn, talk: Accepted) -> str:
        path = f"/api/v1/tickets/{talk.ticket_id}"
        changes = {
            "version": 1,
            "summary": self._SUMMARY,
            "caller_name": self._NAME,
            "caller_identity": self._IDENTITY,
        }
        assert sign_in("li").patch(path, json=changes).status_code == 200
        return path

    def test_get_ticket__says_which_fields_are_masked(self, sign_in: SignIn, path: str) -> None:
        assert sign_in("supervisor").get(path).json()["masked"] == [
            "summary",
            "caller_name",
            "caller_identity",
        ]
        assert sign_in("li").get(path).json()["masked"] == []

    def test_patch_ticket__masked_fields_that_come_back_are_not_written(
        self, sign_in: SignIn, path: str
    ) -> None:
        seen = sign_in("supervisor").get(path).json()
        fields = ("version", "summary", "caller_name", "caller_identity")

        answer = sign_in("supervisor").patch(
            path, json={name: seen[name] for name in fields} | {"topic": "contracts"}
        )

        assert answer.status_code == 200
        kept = sign_in("li").get(path).json()
        assert (kept["summary"], kept["caller_name"], kept["caller_identity"], kept["topic"]) == (
            self._SUMMARY,
            self._NAME,
            self._IDENTITY,
            "contracts",
        )

    def test_patch_ticket__text_around_masked_numbers_may_change(
        self, sign_in: SignIn, path: str
    ) -> None:
        seen = sign_in("supervisor").get(path).json()

        answer = sign_in("supervisor").patch(
            path, json={"version": seen["version"], "summary": f"已回访。{seen['summary']}（核实）"}
        )

        assert "13800001234" not in answer.json()["summary"]
        assert sign_in("li").get(path).json()["summary"] == f"已回访。{self._SUMMARY}（核实）"

    @pytest.mark.parametrize(
        "changes",
        [{"caller_name": "王*明"}, {"caller_identity": "1101****"}, {"summary": "电话138****12"}],
    )
    def test_patch_ticket__changed_mask_is_refused_and_nothing_written(
        self, sign_in: SignIn, path: str, changes: dict[str, str]
    ) -> None:
        answer = sign_in("supervisor").patch(path, json={"version": 2, **changes})

        assert answer.status_code == 422
        assert sign_in("li").get(path).json()["version"] == 2

    def test_patch_ticket__masked_field_may_be_written_anew(
        self, sign_in: SignIn, path: str
    ) -> None:
        sign_in("supervisor").patch(path, json={"version": 2, "caller_name": "李四"})

        assert sign_in("li").get(path).json()["caller_name"] == "李四"


class TestFinish:
    def test_post_finish__ends_the_wrap_up(
        self, house: House, sign_in: SignIn, talk: Accepted, ids: dict[str, str]
    ) -> None:
        client = sign_in("li")
        path = f"/api/v1/tickets/{talk.ticket_id}"
        client.patch(path, json={"version": 1, "summary": "x", "disposition": "answered"})
        end_call(house, talk.call_id)

        answer = client.post(f"{path}/finish")

        assert answer.json()["status"] == "done"
        with house.database.reading() as session:
            assert session.get_one(Lawyer, ids["li"]).state == "available"

    def test_post_finish__names_what_is_missing(self, sign_in: SignIn, talk: Accepted) -> None:
        answer = sign_in("li").post(f"/api/v1/tickets/{talk.ticket_id}/finish")

        assert answer.status_code == 422
        assert "summary" in answer.json()["detail"]


class TestFinding:
    def test_post_finding__is_a_proposal_and_stores_nothing(
        self, sign_in: SignIn, talk: Accepted
    ) -> None:
        facts = {"role": "party", "matter": "labour_pay", "migrant_worker": True}
        client = sign_in("li")

        body = client.post(
            f"/api/v1/tickets/{talk.ticket_id}/finding", json={"facts": facts}
        ).json()

        assert body["needs_human"] is True
        assert body["track"]
        assert client.get(f"/api/v1/tickets/{talk.ticket_id}").json()["intake_id"] is None

    def test_post_finding__unknown_fact_is_invalid(self, sign_in: SignIn, talk: Accepted) -> None:
        answer = sign_in("li").post(
            f"/api/v1/tickets/{talk.ticket_id}/finding", json={"facts": {"colour": "red"}}
        )

        assert answer.status_code == 422

    def test_get_fields__draw_the_form(self, sign_in: SignIn) -> None:
        fields = sign_in("li").get("/api/v1/intake-fields").json()["fields"]

        assert {"name", "label", "question", "kind", "group", "choices"} <= set(fields[0])


class TestIntake:
    def test_post_intake__twice_is_a_conflict(self, sign_in: SignIn, talk: Accepted) -> None:
        client = sign_in("li")
        path = f"/api/v1/tickets/{talk.ticket_id}/intake"

        first = client.post(path, json={"facts": {"matter": "labour_pay"}})

        assert first.status_code == 201
        assert first.json()["state"] == "submitted"
        assert client.post(path, json={"facts": {}}).status_code == 409

    def test_intake__goes_its_way_by_people(self, sign_in: SignIn, talk: Accepted) -> None:
        handed = sign_in("li").post(
            f"/api/v1/tickets/{talk.ticket_id}/intake", json={"facts": {"matter": "labour_pay"}}
        )
        path = f"/api/v1/intakes/{handed.json()['id']}"
        officer, lawyer = sign_in("officer"), sign_in("li")

        row = officer.get("/api/v1/intakes?state=open").json()["items"][0]
        assert row["matter"] == "labour_pay"
        assert "accept" in row["actions"]
        asked = officer.post(
            f"{path}/request-documents", json={"version": row["version"], "documents": ["身份证"]}
        ).json()
        assert asked["state"] == "documents_requested"
        supplied = lawyer.post(f"{path}/resubmit", json={"version": asked["version"]}).json()
        decided = officer.post(
            f"{path}/decide-against",
            json={"version": supplied["version"], "reason": "不属于法律援助事项范围"},
        ).json()

        assert decided["state"] == "decided_against"
        assert decided["decided_by"]["name"] == "Officer"
        assert [step["to_state"] for step in decided["steps"]] == [
            "submitted",
            "documents_requested",
            "submitted",
            "decided_against",
        ]

    def test_intake__stale_version_shows_the_present(self, sign_in: SignIn, talk: Accepted) -> None:
        handed = (
            sign_in("li")
            .post(f"/api/v1/tickets/{talk.ticket_id}/intake", json={"facts": {}})
            .json()
        )
        officer = sign_in("officer")
        officer.post(f"/api/v1/intakes/{handed['id']}/accept", json={"version": 1})

        answer = officer.post(f"/api/v1/intakes/{handed['id']}/accept", json={"version": 1})

        assert answer.status_code == 409
        assert answer.json()["current"]["state"] == "accepted"

    def test_intake__lawyers_do_not_decide(self, sign_in: SignIn, talk: Accepted) -> None:
        lawyer = sign_in("li")
        handed = lawyer.post(f"/api/v1/tickets/{talk.ticket_id}/intake", json={"facts": {}}).json()

        answer = lawyer.post(f"/api/v1/intakes/{handed['id']}/accept", json={"version": 1})

        assert answer.status_code == 403
        other = sign_in("wang")
        assert other.get(f"/api/v1/intakes/{handed['id']}").status_code == 404
        assert other.get("/api/v1/intakes").json()["items"] == []


def test_database_errors__do_not_carry_the_row(house: House) -> None:
    with pytest.raises(IntegrityError) as error, house.database.session() as session:
        session.add(
            Ticket(
                id="ticket_1",
                call_id="call_nowhere",
                summary="王小明拖欠工资",
                created_at=house.clock.now(),
                updated_at=house.clock.now(),
            )
        )

    assert "王小明" not in str(error.value)
