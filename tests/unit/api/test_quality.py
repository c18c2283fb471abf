import pytest

from hotline.house import House
from hotline.quality import service
from hotline.tables import Call
from tests.unit.api.conftest import SignIn
from tests.unit.api.factories import add_talk, end_call
from tests.unit.api.test_calls import add_segment


@pytest.fixture
def call_id(house: House, ids: dict[str, str]) -> str:
    """A call that has been judged."""
    talk = add_talk(house, ids["li"])
    add_segment(house, talk.call_id, start_ms=0, text="电话13800001111")
    with house.database.session() as session:
        session.get_one(Call, talk.call_id).rating = 4
    end_call(house, talk.call_id)
    with house.database.session() as session:
        service.check(session, house, session.get_one(Call, talk.call_id))
    return talk.call_id


class TestQuality:
    def test_queue__holds_the_sample_until_it_is_reviewed(
        self, sign_in: SignIn, ids: dict[str, str], call_id: str
    ) -> None:
        supervisor = sign_in("supervisor")

        (row,) = supervisor.get("/api/v1/quality?queue=true").json()["items"]
        done = supervisor.post(
            f"/api/v1/quality/{call_id}/review", json={"score": 70, "note": "慢"}
        ).json()

        assert (row["call_id"], row["sample"]) == (call_id, "dissatisfied")
        assert (done["human_score"], done["human_passed"]) == (70, False)
        assert done["reviewed_by"]["id"] == ids["supervisor"]
        assert supervisor.get("/api/v1/quality?queue=true").json()["items"] == []
        assert len(supervisor.get("/api/v1/quality").json()["items"]) == 1

    def test_agreement__says_how_many_were_compared(self, sign_in: SignIn, call_id: str) -> None:
        supervisor = sign_in("supervisor")
        supervisor.post(f"/api/v1/quality/{call_id}/review", json={"score": 100})

        found = supervisor.get("/api/v1/quality/agreement").json()

        assert (found["checked"], found["sampled"], found["reviewed"]) == (1, 1, 1)
        assert found["compared"] == 1
        assert found["percent"] in (0.0, 100.0)

    def test_detail__names_every_item(self, sign_in: SignIn, call_id: str) -> None:
        detail = sign_in("admin").get(f"/api/v1/quality/{call_id}").json()

        assert len(detail["items"]) == 8
        assert {"item", "weight", "share", "reason", "figure", "evidence"} <= set(
            detail["items"][0]
        )

    def test_lawyers__see_their_own_and_no_others(
        self, sign_in: SignIn, ids: dict[str, str], call_id: str
    ) -> None:
        own, other = sign_in("li"), sign_in("wang")

        (row,) = own.get("/api/v1/quality").json()["items"]
        assert row["call_id"] == call_id
        assert len(own.get(f"/api/v1/quality/{call_id}").json()["items"]) == 8
        assert other.get("/api/v1/quality").json()["items"] == []
        assert other.get(f"/api/v1/quality/{call_id}").status_code == 404
        assert other.get(f"/api/v1/quality?lawyer_id={ids['li']}").status_code == 403
        assert own.get("/api/v1/quality?queue=true").status_code == 403

    def test_intake__is_refused(self, sign_in: SignIn, call_id: str) -> None:
        client = sign_in("officer")
        assert client.get("/api/v1/quality").status_code == 403
        assert client.get(f"/api/v1/quality/{call_id}").status_code == 403

    @pytest.mark.parametrize("who", ["li", "officer"])
    def test_review__is_for_supervisors(self, sign_in: SignIn, call_id: str, who: str) -> None:
        client = sign_in(who)
        review = client.post(f"/api/v1/quality/{call_id}/review", json={"score": 1})
        assert review.status_code == 403

    def test_score_out_of_bounds__is_refused(self, sign_in: SignIn, call_id: str) -> None:
        path = f"/api/v1/quality/{call_id}/review"
        assert sign_in("supervisor").post(path, json={"score": 101}).status_code == 422
