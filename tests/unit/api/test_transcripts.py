import pytest
from sqlalchemy import Connection, event
from sqlmodel import select

from hotline.house import House
from hotline.insights.following import InsightFollower
from hotline.queueing.offers import Accepted
from hotline.tables import AuditEntry, Recording, Segment
from tests.unit.api.conftest import SignIn
from tests.unit.api.factories import add_talk
from tests.unit.api.test_calls import add_segment

SEARCH = "/api/v1/transcripts/search"


@pytest.fixture
def talk(house: House, ids: dict[str, str]) -> Accepted:
    """A talk of li's."""
    return add_talk(house, ids["li"])


def _say(house: House, call_id: str, *texts: str) -> None:
    for number, text in enumerate(texts):
        add_segment(house, call_id, start_ms=number * 1000, text=text)
    InsightFollower(house).catch_up()


def _found(sign_in: SignIn, name: str, **query: str) -> list[str]:
    answer = sign_in(name).get(SEARCH, params=query)
    assert answer.status_code == 200, answer.text
    return [row["snippet"] for row in answer.json()["items"]]


class TestSearch:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("工资", ["公司不发工资", "老板拖欠我的工资三个月"]),
            ("拖欠我的", ["老板拖欠我的工资三个月"]),
            ("资", ["公司不发工资", "老板拖欠我的工资三个月"]),
            ("工资 老板", ["老板拖欠我的工资三个月"]),
            ("欠的", []),
            ("押金", []),
        ],
    )
    def test_words__are_found_newest_first(
        self, house: House, sign_in: SignIn, talk: Accepted, query: str, expected: list[str]
    ) -> None:
        _say(house, talk.call_id, "老板拖欠我的工资三个月", "公司不发工资")

        assert _found(sign_in, "supervisor", q=query) == expected

    def test_other_lawyer_s_calls__are_not_found(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        _say(house, talk.call_id, "拖欠工资")

        assert _found(sign_in, "li", q="工资") == ["拖欠工资"]
        assert _found(sign_in, "wang", q="工资") == []

    def test_number_over_two_segments__is_masked_in_both(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        _say(house, talk.call_id, "我的电话是13800", "001111，电话打不通")

        assert _found(sign_in, "supervisor", q="电话") == ["**1111，电话打不通", "我的电话是138**"]
        assert "我的电话是13800" in _found(sign_in, "li", q="电话")

    def test_search__keeps_nobody_from_writing(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        _say(house, talk.call_id, "拖欠工资")
        reads: list[bool] = []

        @event.listens_for(house.database.engine, "before_cursor_execute")
        def note(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
            if "MATCH" in statement or "segment_words" in statement:
                reads.append(connection.get_execution_options().get("hotline_reading", False))

        _found(sign_in, "supervisor", q="工资")

        assert reads
        assert all(reads)

    def test_number__is_neither_found_nor_shown(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        _say(house, talk.call_id, "我电话13800001111找我要工资")

        assert _found(sign_in, "li", q="13800001111") == []
        assert _found(sign_in, "li", q="工资") == ["我电话13800001111找我要工资"]
        assert _found(sign_in, "supervisor", q="工资") == ["我电话138****1111找我要工资"]

    def test_pages__follow_one_another(self, house: House, sign_in: SignIn, talk: Accepted) -> None:
        _say(house, talk.call_id, "工资一", "工资二", "工资三")
        client = sign_in("supervisor")

        first = client.get(SEARCH, params={"q": "工资", "limit": 2}).json()
        rest = client.get(
            SEARCH, params={"q": "工资", "limit": 2, "cursor": first["next_cursor"]}
        ).json()

        assert [row["snippet"] for row in first["items"]] == ["工资三", "工资二"]
        assert [row["snippet"] for row in rest["items"]] == ["工资一"]
        assert rest["next_cursor"] is None

    def test_time_and_topic__narrow_it(self, house: House, sign_in: SignIn, talk: Accepted) -> None:
        _say(house, talk.call_id, "工资")

        assert _found(sign_in, "supervisor", q="工资", to="2000-01-01T00:00:00Z") == []
        assert _found(sign_in, "supervisor", q="工资", topic="nothing") == []
        assert _found(sign_in, "supervisor", q="工资", **{"from": "2000-01-01T00:00:00Z"}) != []

    def test_call_heard_anew__is_found_by_its_second_transcript_once_complete(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        _say(house, talk.call_id, "拖欠工资")
        with house.database.session() as session:
            session.add(
                Recording(
                    id="rec_1", call_id=talk.call_id, path="a.wav", started_at=house.clock.now()
                )
            )
            session.add(
                Segment(
                    call_id=talk.call_id,
                    speaker="caller",
                    start_ms=0,
                    end_ms=900,
                    text="他们拖欠工资",
                    language="zh",
                    source="second_pass",
                    created_at=house.clock.now(),
                )
            )
        InsightFollower(house).catch_up()
        before = _found(sign_in, "supervisor", q="工资")
        with house.database.session() as session:
            session.get_one(Recording, "rec_1").second_pass_at = house.clock.now()

        assert before == ["拖欠工资"]
        assert _found(sign_in, "supervisor", q="工资") == ["他们拖欠工资"]

    def test_search__leaves_a_trace_without_its_words(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        _found(sign_in, "supervisor", q="工资")

        with house.database.reading() as session:
            query = select(AuditEntry).where(AuditEntry.action == "transcripts.searched")
            (entry,) = session.exec(query).all()
        assert entry.user_id == ids["supervisor"]
        assert "工资" not in str(entry.detail)

    def test_no_word__is_refused(self, sign_in: SignIn) -> None:
        assert sign_in("supervisor").get(SEARCH, params={"q": "，。"}).status_code == 422


class TestExport:
    @pytest.mark.parametrize(
        ("ending", "media_type"),
        [("txt", "text/plain"), ("srt", "application/x-subrip"), ("json", "application/json")],
    )
    def test_file__holds_the_words_masked_for_others(
        self, house: House, sign_in: SignIn, talk: Accepted, ending: str, media_type: str
    ) -> None:
        add_segment(house, talk.call_id, start_ms=1500, text="电话13800001111")
        path = f"/api/v1/calls/{talk.call_id}/transcript.{ending}"

        own = sign_in("li").get(path)
        other = sign_in("supervisor").get(path)

        assert own.headers["content-type"].startswith(media_type)
        assert "attachment" in own.headers["content-disposition"]
        assert "13800001111" in own.text
        assert "138****1111" in other.text
        assert sign_in("wang").get(path).status_code == 404

    def test_json__holds_engine_and_words_with_their_times_masked_for_others(
        self, house: House, sign_in: SignIn, talk: Accepted
    ) -> None:
        with house.database.session() as session:
            session.add(
                Segment(
                    call_id=talk.call_id,
                    speaker="caller",
                    start_ms=1000,
                    end_ms=3000,
                    text="电话13800001111。",
                    language="zh",
                    engine="vosk",
                    model="cn-small",
                    words=[["电话", 1000, 1400, 0.9], ["13800001111", 1500, 3000, 0.8]],
                    created_at=house.clock.now(),
                )
            )
        path = f"/api/v1/calls/{talk.call_id}/transcript.json"

        (own,) = sign_in("li").get(path).json()["segments"]
        (other,) = sign_in("supervisor").get(path).json()["segments"]

        assert (own["engine"], own["model"]) == ("vosk", "cn-small")
        assert own["words"] == [
            {"text": "电话", "start_ms": 1000, "end_ms": 1400, "confidence": 0.9},
            {"text": "13800001111", "start_ms": 1500, "end_ms": 3000, "confidence": 0.8},
        ]
        assert [word["text"] for word in other["words"]] == ["电话", "138****1111"]
        assert "13800001111" not in str(other)

    def test_export__leaves_a_trace(self, house: House, sign_in: SignIn, talk: Accepted) -> None:

        sign_in("supervisor").get(f"/api/v1/calls/{talk.call_id}/transcript.txt")

        with house.database.reading() as session:
            query = select(AuditEntry).where(AuditEntry.action == "transcript.exported")
            (entry,) = session.exec(query).all()
        assert entry.subject == talk.call_id
        assert entry.detail == {"format": "txt", "numbers": "masked"}
