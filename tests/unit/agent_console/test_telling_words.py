"""What is told of words: whole to the lawyer of the call, without numbers to supervisors."""

from hotline.events import EventType
from hotline.house import House
from hotline.insights.following import InsightFollower
from hotline.transcripts.service import add_segment
from tests.unit.agent_console.test_telling import heard, told
from tests.unit.api.factories import add_talk


def say(house: House, call_id: str, text: str, *, at_ms: int) -> None:
    with house.database.session() as session:
        add_segment(
            session,
            house,
            call_id=call_id,
            speaker="caller",
            start_ms=at_ms,
            end_ms=at_ms + 900,
            text=text,
            language="zh",
        )


class TestTell:
    def test_tell__segment_is_masked_for_supervisors_over_its_beginning(
        self, house: House, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        say(house, talk.call_id, "我的电话幺三八零零", at_ms=0)
        say(house, talk.call_id, "零零幺幺幺幺", at_ms=1000)

        news = told(house, EventType.SEGMENT_STORED)

        assert heard(news, ids["li"], "lawyer")["data"]["text"] == "零零幺幺幺幺"
        assert heard(news, ids["supervisor"], "supervisor")["data"]["text"] == "**幺幺幺幺"
        assert heard(news, ids["wang"], "lawyer") is None

    def test_tell__danger_reaches_lawyer_and_supervisors_with_its_script(
        self, house: House, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        say(house, talk.call_id, "我不想活了，电话13800001111", at_ms=0)
        InsightFollower(house).catch_up()

        news = told(house, EventType.INSIGHT_CHANGED)

        for user, role in (("li", "lawyer"), ("supervisor", "supervisor")):
            data = heard(news, ids[user], role)["data"]
            assert (data["kind"], data["key"]) == ("risk", "suicide")
            assert "110" in [line["number"] for line in data["script"]["lines"]]
        assert heard(news, ids["wang"], "lawyer") is None
        assert heard(news, ids["officer"], "intake") is None
