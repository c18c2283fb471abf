from sqlmodel import select

from hotline.calls.legs import hash_token
from hotline.house import House
from hotline.tables import AuditEntry, Call, Leg, Segment
from hotline.views.reader import Reader
from ivr.desk import Desk
from ivr.media.telling import LegQuality
from tests.unit.api.conftest import SignIn
from tests.unit.api.factories import MASKED, NUMBER, add_call, add_talk, end_call


def add_segment(house: House, call_id: str, *, start_ms: int, text: str = "你好") -> None:
    with house.database.session() as session:
        session.add(
            Segment(
                call_id=call_id,
                speaker="caller",
                start_ms=start_ms,
                end_ms=start_ms + 500,
                text=text,
                language="zh",
                created_at=house.clock.now(),
            )
        )


class TestGetCalls:
    def test_get_calls__newest_first_with_the_fields_of_the_contract(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        first = add_call(house)
        talk = add_talk(house, ids["li"], number="13900000000")

        rows = sign_in("supervisor").get("/api/v1/calls").json()["items"]

        assert [row["id"] for row in rows] == [talk.call_id, first]
        assert rows[0]["lawyer"] == {"id": ids["li"], "name": "Li"}
        assert rows[0]["ticket_id"] == talk.ticket_id
        assert rows[1]["caller"] == MASKED
        assert rows[1]["started_at"].endswith("Z")
        expected = {"answered_at", "ended_at", "language", "topic", "state", "recording_id"}
        assert expected | {"end_reason"} <= set(rows[0])

    def test_get_call__tells_how_the_audio_was(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        call_id = add_call(house)
        client = sign_in("supervisor")
        before = client.get(f"/api/v1/calls/{call_id}").json()["quality"]
        heard = LegQuality(
            leg="any", received=990, lost=10, late=3, jitter_ms=2.5, rtt_ms=None, mos=4.1
        )

        Desk(house, call_id).end("caller_hung_up", heard)

        assert before is None
        assert client.get(f"/api/v1/calls/{call_id}").json()["quality"] == {
            "packets_received": 990,
            "packets_lost": 10,
            "frames_late": 3,
            "jitter_ms": 2.5,
            "rtt_ms": None,
            "mos": 4.1,
        }

    def test_get_call__of_one_that_was_never_heard_tells_no_quality(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        call_id = add_call(house)
        unheard = LegQuality(
            leg="any", received=0, lost=0, late=0, jitter_ms=0, rtt_ms=None, mos=4.4
        )

        Desk(house, call_id).end("caller_hung_up", unheard)

        body = sign_in("supervisor").get(f"/api/v1/calls/{call_id}").json()
        assert body["quality"] is None
        assert body["end_reason"] == "caller_hung_up"

    def test_get_calls__lawyer_sees_own_calls_only(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        add_call(house)
        talk = add_talk(house, ids["li"], number="13900000000")

        assert [row["id"] for row in sign_in("li").get("/api/v1/calls").json()["items"]] == [
            talk.call_id
        ]
        assert sign_in("wang").get("/api/v1/calls").json()["items"] == []

    def test_get_calls__pages_without_gaps(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        made = [add_call(house, number=f"1390000000{n}") for n in range(5)]
        client = sign_in("admin")
        body = client.get("/api/v1/calls?limit=2").json()
        seen = [row["id"] for row in body["items"]]
        while body["next_cursor"]:
            body = client.get(f"/api/v1/calls?limit=2&cursor={body['next_cursor']}").json()
            seen += [row["id"] for row in body["items"]]

        assert sorted(seen) == sorted(made)
        assert seen == sorted(seen, reverse=True)

    def test_get_calls__refuses_a_limit_that_is_too_large(self, sign_in: SignIn) -> None:
        assert sign_in("admin").get("/api/v1/calls?limit=1000").status_code == 422


class TestGetCall:
    def test_get_call__another_lawyers_call_is_not_there(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])

        assert sign_in("wang").get(f"/api/v1/calls/{talk.call_id}").status_code == 404
        assert sign_in("li").get(f"/api/v1/calls/{talk.call_id}").status_code == 200

    def test_get_call__intake_sees_it_once_it_was_handed_over_and_with_its_number(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        officer = sign_in("officer")
        assert officer.get(f"/api/v1/calls/{talk.call_id}").status_code == 404

        sign_in("li").post(f"/api/v1/tickets/{talk.ticket_id}/intake", json={"facts": {}})

        answer = officer.get(f"/api/v1/calls/{talk.call_id}")
        assert answer.json()["caller"] == NUMBER
        assert len(officer.get("/api/v1/calls").json()["items"]) == 1


class TestTranscript:
    def test_get_transcript__of_somebody_else_s_call_is_in_the_audit_trail(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        for name in ("li", "supervisor"):
            assert sign_in(name).get(f"/api/v1/calls/{talk.call_id}/transcript").is_success

        with house.database.reading() as session:
            query = select(AuditEntry).where(AuditEntry.action == "transcript.read")
            (entry,) = session.exec(query)
        assert (entry.user_id, entry.subject) == (ids["supervisor"], talk.call_id)

    def test_get_transcript__in_the_order_of_speech(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        add_segment(house, talk.call_id, start_ms=900, text="二")
        add_segment(house, talk.call_id, start_ms=100, text="一")

        body = sign_in("li").get(f"/api/v1/calls/{talk.call_id}/transcript").json()

        assert [segment["text"] for segment in body["segments"]] == ["一", "二"]
        assert body["segments"][0]["final"] is True
        assert body["segments"][0]["speaker"] == "caller"

    def test_get_transcript__not_for_other_lawyers(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])

        answer = sign_in("wang").get(f"/api/v1/calls/{talk.call_id}/transcript")

        assert answer.status_code == 404


class TestEarlierTickets:
    def test_get_earlier_tickets__of_the_same_number(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        before = add_talk(house, ids["wang"])
        end_call(house, before.call_id)
        talk = add_talk(house, ids["li"])

        client = sign_in("li")
        rows = client.get(f"/api/v1/calls/{talk.call_id}/earlier-tickets").json()["items"]

        assert [row["id"] for row in rows] == [before.ticket_id]


class TestLeg:
    def test_get_leg__gives_a_fresh_token_and_kills_the_old_one(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])

        body = sign_in("li").get(f"/api/v1/calls/{talk.call_id}/leg").json()

        token = body["audio_url"].partition("?token=")[2]
        assert body["audio_url"].startswith(f"ws://testserver:8001/ws/audio/{talk.leg_id}?")
        assert token != talk.leg_token
        with house.database.reading() as session:
            assert session.get_one(Leg, talk.leg_id).token_hash == hash_token(token)

    def test_get_leg__of_an_ended_call_is_a_conflict(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        end_call(house, talk.call_id)

        assert sign_in("li").get(f"/api/v1/calls/{talk.call_id}/leg").status_code == 409

    def test_get_leg__supervisors_have_none(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])

        assert sign_in("supervisor").get(f"/api/v1/calls/{talk.call_id}/leg").status_code == 404


class TestHangUp:
    def test_post_hang_up__by_the_lawyer_closes_the_leg(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])

        assert sign_in("li").post(f"/api/v1/calls/{talk.call_id}/hang-up").status_code == 204

        with house.database.reading() as session:
            assert session.get_one(Leg, talk.leg_id).state == "closed"

    def test_post_hang_up__by_an_officer_is_refused(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        sign_in("li").post(f"/api/v1/tickets/{talk.ticket_id}/intake", json={"facts": {}})

        assert sign_in("officer").post(f"/api/v1/calls/{talk.call_id}/hang-up").status_code == 403


def test_numbers__are_masked_for_nobody_in_particular(house: House, ids: dict[str, str]) -> None:
    call_id = add_call(house)
    with house.database.reading() as session:
        caller_id = session.get_one(Call, call_id).caller_id
        assert list(Reader(session, house).numbers([caller_id, None]).values()) == [MASKED]
