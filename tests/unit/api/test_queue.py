from hotline.clock import FakeClock
from hotline.house import House
from hotline.tables import Offer
from tests.unit.api.conftest import SignIn
from tests.unit.api.factories import MASKED, add_offer, add_talk, add_waiting


class TestGetQueue:
    def test_get_queue__positions_count_within_a_language(
        self, house: House, sign_in: SignIn, clock: FakeClock
    ) -> None:
        for number, language in (("13900000001", "zh"), ("13900000002", "en")):
            add_waiting(house, number=number, language=language)
            clock.advance(seconds=5)
        add_waiting(house, number="13900000003", language="zh")
        clock.advance(seconds=10)

        rows = sign_in("li").get("/api/v1/queue").json()["items"]

        assert [(row["language"], row["position"]) for row in rows] == [
            ("zh", 1),
            ("en", 1),
            ("zh", 2),
        ]
        assert [row["waiting_seconds"] for row in rows] == [20, 15, 10]
        assert rows[0]["caller"] == "139****0001"

    def test_get_queue__says_who_is_being_offered(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        add_offer(house, ids["li"])

        row = sign_in("supervisor").get("/api/v1/queue").json()["items"][0]

        assert row["state"] == "offered"
        assert row["offered_to"] == ids["li"]
        assert row["caller"] == MASKED

    def test_get_queue__is_not_for_intake(self, sign_in: SignIn) -> None:
        assert sign_in("officer").get("/api/v1/queue").status_code == 403


class TestOffers:
    def test_post_accept__gives_what_the_page_needs(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        call_id, offer_id = add_offer(house, ids["li"])

        answer = sign_in("li").post(f"/api/v1/offers/{offer_id}/accept")

        body = answer.json()
        assert answer.status_code == 200
        assert body["call_id"] == call_id
        assert body["ticket_id"].startswith("ticket_")
        assert f"/ws/audio/{body['leg_id']}?token=" in body["audio_url"]

    def test_post_accept__twice_is_a_conflict(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        _, offer_id = add_offer(house, ids["li"])
        client = sign_in("li")
        client.post(f"/api/v1/offers/{offer_id}/accept")

        answer = client.post(f"/api/v1/offers/{offer_id}/accept")

        assert answer.status_code == 409
        assert answer.json()["code"] == "conflict"

    def test_post_accept__of_another_lawyers_offer_is_not_there(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        _, offer_id = add_offer(house, ids["li"])

        assert sign_in("wang").post(f"/api/v1/offers/{offer_id}/accept").status_code == 404

    def test_post_accept__by_somebody_who_is_no_lawyer_is_refused(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        _, offer_id = add_offer(house, ids["li"])

        assert sign_in("supervisor").post(f"/api/v1/offers/{offer_id}/accept").status_code == 403

    def test_post_decline__puts_the_caller_back(
        self, house: House, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        _, offer_id = add_offer(house, ids["li"])
        client = sign_in("li")

        answer = client.post(f"/api/v1/offers/{offer_id}/decline", json={"reason": "conflict"})

        assert answer.status_code == 204
        assert client.get("/api/v1/queue").json()["items"][0]["state"] == "waiting"
        with house.database.reading() as session:
            assert session.get_one(Offer, offer_id).note == "conflict"


class TestLawyers:
    def test_get_lawyers__is_the_board(self, sign_in: SignIn, ids: dict[str, str]) -> None:
        rows = sign_in("supervisor").get("/api/v1/lawyers").json()["items"]

        assert [row["id"] for row in rows] == [ids["li"], ids["wang"]]
        assert rows[0]["state"] == "available"
        assert rows[0]["languages"] == ["zh", "en"]

    def test_put_my_state__changes_it(self, sign_in: SignIn) -> None:
        answer = sign_in("li").put("/api/v1/lawyers/me/state", json={"state": "break"})

        assert answer.json()["state"] == "break"

    def test_put_my_state__what_the_server_owns_is_a_conflict(self, sign_in: SignIn) -> None:
        answer = sign_in("li").put("/api/v1/lawyers/me/state", json={"state": "talking"})

        assert answer.status_code == 409

    def test_put_my_state__unknown_state_is_invalid(self, sign_in: SignIn) -> None:
        answer = sign_in("li").put("/api/v1/lawyers/me/state", json={"state": "asleep"})

        assert answer.status_code == 422

    def test_put_my_state__is_for_lawyers(self, sign_in: SignIn) -> None:
        answer = sign_in("admin").put("/api/v1/lawyers/me/state", json={"state": "busy"})

        assert answer.status_code == 403

    def test_put_state__supervisor_says_why(self, sign_in: SignIn, ids: dict[str, str]) -> None:
        answer = sign_in("supervisor").put(
            f"/api/v1/lawyers/{ids['li']}/state", json={"state": "busy", "reason": "training"}
        )

        assert answer.json()["state"] == "busy"
        assert answer.json()["reason"] == "training"


class TestSummary:
    def test_get_summary__counts_the_day(
        self, house: House, sign_in: SignIn, ids: dict[str, str], clock: FakeClock
    ) -> None:
        add_talk(house, ids["li"], number="13900000001")
        add_waiting(house, number="13900000002")
        clock.advance(seconds=40)

        body = sign_in("supervisor").get("/api/v1/summary").json()

        assert body["waiting"] == 1
        assert body["longest_wait_seconds"] == 40
        assert body["entered"] == 2
        assert body["answered"] == body["answered_in_time"] == 1
        assert body["connected_rate"] == body["service_level"] == 1.0
        assert body["lawyers_talking"] == 1
        assert body["day_from"] == "2026-03-02T00:00:00+08:00"

    def test_get_summary__nobody_yet_is_no_rate(self, sign_in: SignIn) -> None:
        body = sign_in("admin").get("/api/v1/summary").json()

        assert body["service_level"] is None
        assert body["average_wait_seconds"] is None

    def test_get_summary__is_for_supervisors(self, sign_in: SignIn) -> None:
        assert sign_in("li").get("/api/v1/summary").status_code == 403
