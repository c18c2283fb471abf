from hotline.house import House
from hotline.insights.following import InsightFollower
from tests.unit.api.conftest import SignIn
from tests.unit.api.factories import add_talk
from tests.unit.api.test_calls import add_segment


def _notice(house: House, call_id: str, text: str, *, start_ms: int = 3000) -> None:
    add_segment(house, call_id, start_ms=start_ms, text=text)
    InsightFollower(house).catch_up()


class TestInsights:
    def test_topic__says_what_it_fills_in_and_where_it_was_said(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        _notice(house, talk.call_id, "我想离婚")

        (row,) = sign_in("li").get(f"/api/v1/calls/{talk.call_id}/insights").json()["items"]

        assert (row["kind"], row["topic"], row["matter"]) == ("topic", "family", "divorce")
        assert row["classes"] == ["民事", "婚姻家庭", "离婚"]
        assert (row["quote"], row["start_ms"]) == ("我想离婚", 3000)

    def test_confirm__by_the_lawyer_of_the_call(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        _notice(house, talk.call_id, "我想离婚")
        client = sign_in("li")
        (row,) = client.get(f"/api/v1/calls/{talk.call_id}/insights").json()["items"]

        confirmed = client.post(f"/api/v1/insights/{row['id']}/confirm").json()

        assert confirmed["state"] == "confirmed"
        assert confirmed["decided_by"]["id"] == ids["li"]

    def test_dismiss__by_others__is_refused(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        _notice(house, talk.call_id, "我想离婚")
        path = f"/api/v1/calls/{talk.call_id}/insights"
        (row,) = sign_in("li").get(path).json()["items"]

        assert (
            sign_in("supervisor").post(f"/api/v1/insights/{row['id']}/dismiss").status_code == 403
        )
        assert sign_in("wang").post(f"/api/v1/insights/{row['id']}/dismiss").status_code == 404
        assert sign_in("wang").get(path).status_code == 404

    def test_danger__has_a_script_and_is_acknowledged_by_supervisors(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        _notice(house, talk.call_id, "我真的不想活了")
        supervisor = sign_in("supervisor")

        (risk,) = supervisor.get("/api/v1/risks").json()["items"]
        refused = sign_in("li").post(f"/api/v1/risks/{risk['id']}/acknowledge")
        done = supervisor.post(f"/api/v1/risks/{risk['id']}/acknowledge").json()

        assert "110" in [line["number"] for line in risk["script"]["lines"]]
        assert "12356" in [line["number"] for line in risk["script"]["lines"]]
        assert refused.status_code == 403
        assert done["acknowledged_by"]["id"] == ids["supervisor"]
        assert supervisor.get("/api/v1/risks").json()["items"] == []


class TestRedaction:
    def test_transcript__shows_numbers_to_the_lawyer_and_intake_only(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        add_segment(house, talk.call_id, start_ms=0, text="我的电话是幺三八零零零零")
        add_segment(house, talk.call_id, start_ms=900, text="幺幺幺幺")
        path = f"/api/v1/calls/{talk.call_id}/transcript"

        own = sign_in("li").get(path).json()["segments"]
        masked = sign_in("supervisor").get(path).json()["segments"]

        assert own[0]["text"] == "我的电话是幺三八零零零零"
        assert [row["text"] for row in masked] == ["我的电话是幺三八****", "幺幺幺幺"]

    def test_insights__number_over_two_segments__quote_is_masked_as_the_transcript_is(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        _notice(house, talk.call_id, "我老公又打我电话13800")
        _notice(house, talk.call_id, "138000我想离婚", start_ms=5000)
        path = f"/api/v1/calls/{talk.call_id}/insights"

        own = {row["quote"] for row in sign_in("li").get(path).json()["items"]}
        masked = {row["quote"] for row in sign_in("supervisor").get(path).json()["items"]}

        assert own == {"我老公又打我电话13800", "138000我想离婚"}
        assert masked == {"我老公又打我电话138**", "**8000我想离婚"}

    def test_ticket__masks_numbers_in_what_was_written(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        lawyer = sign_in("li")
        path = f"/api/v1/tickets/{talk.ticket_id}"
        version = lawyer.get(path).json()["version"]
        lawyer.patch(path, json={"version": version, "summary": "身份证510101198503072316"})

        assert lawyer.get(path).json()["summary"] == "身份证510101198503072316"
        assert sign_in("supervisor").get(path).json()["summary"] == "身份证5101**********2316"
