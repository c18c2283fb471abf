from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from api.app import mount
from api.limits import AddressLimit
from hotline.agents import service as agents
from hotline.agents.rules import LawyerState
from hotline.clock import FakeClock
from hotline.errors import TooMany
from hotline.house import House
from hotline.tables import AuditEntry
from hotline.web.app import create_app
from tests.unit.api.conftest import SignIn
from tests.unit.api.factories import MASKED, NUMBER
from tests.unit.hotline.factories import create_lawyer

KEY = {"Idempotency-Key": "a-key-of-the-page"}


def ask(client: TestClient, *, headers: dict[str, str] | None = None, **body: Any) -> Any:
    wish = {"number": NUMBER, "language": "zh", "consent": True, **body}
    return client.post("/api/v1/callbacks", json=wish, headers=headers or {})


class TestPostCallback:
    def test_post_callback__no_window_to_the_end_of_the_calendar(
        self, anybody: TestClient, clock: FakeClock
    ) -> None:
        begin, end = clock.now().isoformat(), "9999-12-31T23:59:59-10:00"
        assert ask(anybody, window_from=begin, window_to=end).status_code == 422

    def test_post_callback__tells_number_place_and_token(self, anybody: TestClient) -> None:
        answer = ask(anybody, topic="labour")

        body = answer.json()
        assert answer.status_code == 201
        assert body["state"] == "waiting"
        assert body["number"] == MASKED
        assert body["token"]
        assert "回电" in body["expected_text"]
        assert NUMBER not in answer.text

    def test_post_callback__phone_is_another_name_for_number(self, anybody: TestClient) -> None:
        wish = {"phone": NUMBER, "language": "zh", "consent": True}
        answer = anybody.post("/api/v1/callbacks", json=wish, headers={"Idempotency-Key": "k"})
        assert (answer.status_code, answer.json()["number"]) == (201, MASKED)

    def test_post_callback__same_key_is_the_same_request(self, anybody: TestClient) -> None:
        window = {
            "window_from": "2026-03-02T14:00:00+08:00",
            "window_to": "2026-03-02T16:00:00+08:00",
        }
        first = ask(anybody, headers=KEY, **window).json()
        second = ask(anybody, headers=KEY, **window)

        assert second.status_code == 201
        assert second.json() == first

    def test_post_callback__same_key_for_another_number_is_invalid(
        self, anybody: TestClient
    ) -> None:
        ask(anybody, headers=KEY)

        assert ask(anybody, headers=KEY, number="13900000000").status_code == 422

    def test_post_callback__second_wish_of_a_number_is_a_conflict(
        self, anybody: TestClient
    ) -> None:
        ask(anybody)

        assert ask(anybody, number="+86 138 0000 1234").status_code == 409

    def test_post_callback__without_consent_stores_nothing(
        self, anybody: TestClient, sign_in: SignIn
    ) -> None:
        assert ask(anybody, consent=False).status_code == 422
        assert sign_in("supervisor").get("/api/v1/callbacks").json()["items"] == []

    @pytest.mark.parametrize(
        "number", ["12348", "1380000123", "23800001234", "0101234", "abcdefghijk", "0010012345678"]
    )
    def test_post_callback__what_cannot_be_dialled_is_invalid(
        self, anybody: TestClient, number: str
    ) -> None:
        answer = ask(anybody, number=number)

        assert answer.status_code == 422
        assert number not in answer.text

    @pytest.mark.parametrize("number", ["010-62345678", "0891 6321234", "02787654321"])
    def test_post_callback__landlines_are_dialled_too(
        self, anybody: TestClient, number: str
    ) -> None:
        assert ask(anybody, number=number).status_code == 201

    @pytest.mark.parametrize(
        "body",
        [
            {"language": "fr"},
            {"topic": "weather"},
            {"window_from": "2026-03-02T12:00:00+08:00"},
            {
                "window_from": "2026-03-01T12:00:00+08:00",
                "window_to": "2026-03-01T13:00:00+08:00",
            },
            {"window_from": "2026-03-02T12:00:00", "window_to": "2026-03-02T13:00:00"},
        ],
    )
    def test_post_callback__what_cannot_be_kept_is_invalid(
        self, anybody: TestClient, body: dict[str, Any]
    ) -> None:
        assert ask(anybody, **body).status_code == 422

    def test_post_callback__a_window_tells_when_to_expect_the_call(
        self, anybody: TestClient
    ) -> None:
        body = ask(
            anybody,
            window_from="2026-03-02T14:00:00+08:00",
            window_to="2026-03-02T16:00:00+08:00",
        ).json()

        assert body["expected_from"] == "2026-03-02T06:00:00Z"
        assert "3月2日14:00" in body["expected_text"]

    def test_post_callback__a_number_is_not_dialled_all_day(
        self, anybody: TestClient, clock: FakeClock
    ) -> None:
        for _ in range(5):
            body = ask(anybody).json()
            anybody.delete(f"/api/v1/callbacks/{body['id']}?token={body['token']}")

        answer = ask(anybody)

        assert answer.status_code == 429
        assert "12348" in answer.json()["detail"]

    def test_post_callback__from_another_site_is_refused(self, anybody: TestClient) -> None:
        assert ask(anybody, headers={"Origin": "https://elsewhere.example"}).status_code == 403


class TestGetCallback:
    def test_get_callback__by_its_token(self, anybody: TestClient) -> None:
        made = ask(anybody).json()

        body = anybody.get(f"/api/v1/callbacks/{made['id']}?token={made['token']}").json()

        assert body["state"] == "waiting"
        assert "token" not in body

    def test_get_callback__says_in_how_many_minutes_while_it_is_due(self, house: House) -> None:
        settings = house.settings.model_copy(update={"trunk_outbound": "127.0.0.1:5060"})
        office = House(settings, house.database, house.vault, house.bus, house.clock)
        with office.database.session() as session:
            lawyer = create_lawyer(session, office)
            agents.change(session, office, lawyer, LawyerState.TALKING, by="system")
        begin = office.clock.now()
        end = begin + timedelta(hours=2)
        with TestClient(create_app(office, mounts=[mount])) as client:
            made = ask(client, window_from=begin.isoformat(), window_to=end.isoformat()).json()
            path = f"/api/v1/callbacks/{made['id']}?token={made['token']}"
            low, high = client.get(path).json()["expected_minutes"]
        assert made["expected_minutes"] is None
        assert 1 <= low < high <= 30

    def test_get_callback__wrong_token_is_not_there(self, anybody: TestClient) -> None:
        made = ask(anybody).json()

        assert anybody.get(f"/api/v1/callbacks/{made['id']}?token=x").status_code == 404

    def test_get_callback__without_token_needs_a_sign_in(
        self, anybody: TestClient, sign_in: SignIn
    ) -> None:
        made = ask(anybody).json()
        path = f"/api/v1/callbacks/{made['id']}"

        assert anybody.get(path).status_code == 401
        assert sign_in("li").get(path).status_code == 403
        assert sign_in("supervisor").get(path).json()["number"] == MASKED

    def test_get_callbacks__is_the_staffs_list(self, anybody: TestClient, sign_in: SignIn) -> None:
        made = ask(anybody).json()

        rows = sign_in("supervisor").get("/api/v1/callbacks?state=waiting").json()["items"]

        assert [row["id"] for row in rows] == [made["id"]]
        assert rows[0]["source"] == "web"
        # No trunk takes calls out here, so it is nobody's turn.
        assert (rows[0]["position"], rows[0]["closed_reason"]) == (None, None)

    def test_get_callbacks__may_be_of_one_source(
        self, anybody: TestClient, sign_in: SignIn
    ) -> None:
        ask(anybody)

        assert sign_in("supervisor").get("/api/v1/callbacks?source=abandoned").json()["items"] == []


class TestDeleteCallback:
    def test_delete_callback__again_changes_nothing(self, anybody: TestClient) -> None:
        made = ask(anybody).json()
        path = f"/api/v1/callbacks/{made['id']}?token={made['token']}"

        assert anybody.delete(path).json()["state"] == "cancelled"
        assert anybody.delete(path).json()["state"] == "cancelled"
        assert anybody.get(path).json()["expected_from"] is None

    def test_delete_callback__by_a_supervisor_is_in_the_audit_trail(
        self, house: House, anybody: TestClient, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        made = ask(anybody).json()

        answer = sign_in("supervisor").delete(f"/api/v1/callbacks/{made['id']}")

        assert answer.json()["state"] == "cancelled"
        with house.database.reading() as session:
            query = select(AuditEntry).where(AuditEntry.action == "callback.cancelled")
            (entry,) = session.exec(query)
        assert (entry.user_id, entry.subject) == (ids["supervisor"], made["id"])


class TestAddressLimit:
    def test_take__refuses_after_the_burst_and_says_when(self, clock: FakeClock) -> None:
        limit = AddressLimit(burst=2, seconds_per_token=20.0)
        for _ in range(2):
            limit.take("192.0.2.1", now=clock.now())

        with pytest.raises(TooMany) as refusal:
            limit.take("192.0.2.1", now=clock.now())

        assert refusal.value.retry_after_seconds == 20

    def test_take__lets_others_in(self, clock: FakeClock) -> None:
        limit = AddressLimit(burst=1, seconds_per_token=20.0)
        limit.take("192.0.2.1", now=clock.now())

        limit.take("192.0.2.2", now=clock.now())

    def test_take__refills(self, clock: FakeClock) -> None:
        limit = AddressLimit(burst=1, seconds_per_token=20.0)
        limit.take("192.0.2.1", now=clock.now())
        clock.advance(seconds=20)

        limit.take("192.0.2.1", now=clock.now())

    def test_take__forgets_the_oldest_addresses(self, clock: FakeClock) -> None:
        limit = AddressLimit(burst=1, seconds_per_token=1000.0, most_addresses=2)
        for last in range(3):
            limit.take(f"192.0.2.{last}", now=clock.now())

        limit.take("192.0.2.0", now=clock.now())
        with pytest.raises(TooMany):
            limit.take("192.0.2.2", now=clock.now())
