from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from hotline.agents.rules import LawyerState
from hotline.errors import NotConfigured, TooMany
from hotline.house import House
from hotline.web.app import create_app, installed_faces
from hotline.web.guard import LARGEST_BODY_BYTES, content_policy, host_name


def mount(app: FastAPI, house: House) -> None:
    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("caller 13800001234")

    @app.get("/missing")
    def missing() -> None:
        raise NotConfigured("There is no engine; install one.")

    @app.get("/busy")
    def busy() -> None:
        raise TooMany("Too many.", retry_after_seconds=7)

    @app.post("/echo")
    def echo(body: dict[str, str]) -> dict[str, str]:
        return body


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house, mounts=[mount]), raise_server_exceptions=False) as client:
        yield client


class TestProblems:
    def test_unexpected_error__is_500_without_its_words(self, client: TestClient) -> None:
        answer = client.get("/broken")

        assert answer.status_code == 500
        assert "13800001234" not in answer.text
        assert answer.json()["request_id"] == answer.headers["x-request-id"]

    def test_not_configured__is_503_with_the_remedy(self, client: TestClient) -> None:
        answer = client.get("/missing")

        assert answer.status_code == 503
        assert "install" in answer.json()["detail"]

    def test_too_many__says_when(self, client: TestClient) -> None:
        assert client.get("/busy").headers["retry-after"] == "7"

    def test_wrong_method__is_a_problem_that_names_the_right_one(self, client: TestClient) -> None:
        answer = client.get("/echo")

        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
        assert answer.json()["code"] == "method_not_allowed"


class TestGuard:
    def test_headers__are_on_every_answer(self, client: TestClient) -> None:
        for path in ("/healthz", "/broken", "/nowhere"):
            headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]

    def test_request_id__is_kept_when_it_is_harmless(self, client: TestClient) -> None:
        answer = client.get("/healthz", headers={"X-Request-ID": "trace-0123456789"})
        assert answer.headers["x-request-id"] == "trace-0123456789"

        answer = client.get("/healthz", headers={"X-Request-ID": "a b"})
        assert answer.headers["x-request-id"] != "a b"

    def test_body__too_large_by_its_length(self, client: TestClient) -> None:
        answer = client.post("/echo", content=b"x" * (LARGEST_BODY_BYTES + 1))

        assert answer.status_code == 413

    def test_body__too_large_in_pieces(self, client: TestClient) -> None:
        def pieces() -> Iterator[bytes]:
            for _ in range(LARGEST_BODY_BYTES // 65536 + 2):
                yield b"x" * 65536

        answer = client.post("/echo", content=pieces())

        assert answer.status_code == 413

    def test_content_policy__lets_the_page_reach_the_audio(self, house: House) -> None:
        policy = content_policy(house.settings, "hotline.example:8000")

        assert "wss://hotline.example:8001" in policy
        assert "ws://hotline.example:8000" in policy

    def test_content_policy__takes_no_words_from_the_host_header(self, house: House) -> None:
        policy = content_policy(house.settings, "x; script-src *")

        assert "script-src *" not in policy

    @pytest.mark.parametrize(
        ("host", "name"),
        [("a.example:8000", "a.example"), ("[::1]:8000", "[::1]"), ("", ""), ("?", "")],
    )
    def test_host_name__without_port(self, host: str, name: str) -> None:
        assert host_name(host) == name


class TestProbes:
    def test_healthz__is_alive(self, client: TestClient) -> None:
        assert client.get("/healthz").json() == {"status": "alive"}

    def test_readyz__without_a_bus_is_not_ready(self, client: TestClient) -> None:
        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["checks"] == {
            "database": True,
            "bus": False,
            "ivr": False,
        }

    def test_metrics__are_in_prometheus_form(self, client: TestClient) -> None:
        text = client.get("/metrics").text

        assert 'hotline_lawyers{state="available"} 0' in text
        assert text.count("hotline_lawyers{") == len(LawyerState)
        assert "hotline_queue_waiting 0" in text
        assert "hotline_events_total 0" in text


class TestCreateApp:
    def test_lives__last_as_long_as_the_application(self, house: House) -> None:
        story = []

        @asynccontextmanager
        async def life() -> AsyncIterator[None]:
            story.append("begun")
            yield
            story.append("ended")

        def mount_life(app: FastAPI, house: House) -> None:
            app.state.lives.append(life)

        with TestClient(create_app(house, mounts=[mount_life])):
            assert story == ["begun"]
        assert story == ["begun", "ended"]

    def test_installed_faces__console_is_last(self) -> None:
        assert [face.__module__ for face in installed_faces()] == [
            "api.app",
            "agent_console.app",
        ]
