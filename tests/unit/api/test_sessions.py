from fastapi.testclient import TestClient

from hotline.clock import FakeClock
from hotline.house import House
from tests.unit.api.conftest import SignIn
from tests.unit.api.factories import PASSWORD


class TestPostSession:
    def test_post_session__gives_token_cookie_and_user(self, anybody: TestClient) -> None:
        answer = anybody.post("/api/v1/session", json={"username": "li", "password": PASSWORD})

        assert answer.status_code == 200
        body = answer.json()
        assert body["user"]["roles"] == ["lawyer"]
        assert set(body["user"]) == {"id", "name", "username", "roles"}
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Secure" not in cookie
        assert body["token"] in cookie

    def test_post_session__wrong_password_is_a_problem(self, anybody: TestClient) -> None:
        answer = anybody.post("/api/v1/session", json={"username": "li", "password": "wrong"})

        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "not_signed_in"
        assert answer.json()["request_id"] == answer.headers["x-request-id"]

    def test_post_session__after_many_failures_says_when_to_try_again(
        self, anybody: TestClient
    ) -> None:
        for _ in range(5):
            anybody.post("/api/v1/session", json={"username": "li", "password": "wrong"})

        answer = anybody.post("/api/v1/session", json={"username": "li", "password": PASSWORD})

        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) == 30

    def test_post_session__from_another_site_is_refused(self, anybody: TestClient) -> None:
        answer = anybody.post(
            "/api/v1/session",
            json={"username": "li", "password": PASSWORD},
            headers={"Origin": "https://elsewhere.example"},
        )

        assert answer.status_code == 403

    def test_post_session__does_not_repeat_what_was_sent(self, anybody: TestClient) -> None:
        answer = anybody.post(
            "/api/v1/session", json={"username": "li", "password": ["13800001234"]}
        )

        assert answer.status_code == 422
        assert "13800001234" not in answer.text
        assert answer.json()["errors"][0]["field"] == "password"


class TestMe:
    def test_get_me__by_cookie(self, anybody: TestClient) -> None:
        anybody.post("/api/v1/session", json={"username": "li", "password": PASSWORD})

        assert anybody.get("/api/v1/me").json()["username"] == "li"

    def test_get_me__by_token(self, sign_in: SignIn) -> None:
        assert sign_in("wang").get("/api/v1/me").json()["username"] == "wang"

    def test_get_me__nobody_is_401(self, anybody: TestClient) -> None:
        answer = anybody.get("/api/v1/me")

        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_get_me__after_the_session_has_ended_is_401(
        self, sign_in: SignIn, house: House, clock: FakeClock
    ) -> None:
        client = sign_in("li")
        clock.advance(seconds=house.settings.session_hours * 3600 + 1)

        assert client.get("/api/v1/me").status_code == 401


class TestDeleteSession:
    def test_delete_session__makes_the_token_worthless(self, sign_in: SignIn) -> None:
        client = sign_in("li")

        assert client.delete("/api/v1/session").status_code == 204
        assert client.get("/api/v1/me").status_code == 401

    def test_delete_session__by_cookie_from_another_site_is_refused(
        self, anybody: TestClient
    ) -> None:
        anybody.post("/api/v1/session", json={"username": "li", "password": PASSWORD})

        answer = anybody.delete("/api/v1/session", headers={"Origin": "https://evil.example"})

        assert answer.status_code == 403
        assert anybody.get("/api/v1/me").status_code == 200

    def test_delete_session__by_cookie_from_our_own_page(self, anybody: TestClient) -> None:
        anybody.post("/api/v1/session", json={"username": "li", "password": PASSWORD})

        answer = anybody.delete("/api/v1/session", headers={"Origin": "http://testserver"})

        assert answer.status_code == 204
