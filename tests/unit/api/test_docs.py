from fastapi.testclient import TestClient


class TestDocs:
    def test_get_docs__names_every_address_and_loads_nothing(self, anybody: TestClient) -> None:
        document = anybody.get("/api/openapi.json").json()
        page = anybody.get("/api/docs").text

        for path in document["paths"]:
            assert path in page
        assert "<script" not in page
        assert "https://" not in page

    def test_openapi__holds_the_contracts_addresses(self, anybody: TestClient) -> None:
        paths = anybody.get("/api/openapi.json").json()["paths"]

        for method, path in (
            ("post", "/session"),
            ("get", "/calls"),
            ("get", "/calls/{call_id}"),
            ("get", "/calls/{call_id}/transcript"),
            ("get", "/tickets"),
            ("patch", "/tickets/{ticket_id}"),
            ("get", "/queue"),
            ("get", "/lawyers"),
            ("put", "/lawyers/me/state"),
            ("post", "/callbacks"),
            ("get", "/callbacks/{callback_id}"),
            ("delete", "/callbacks/{callback_id}"),
            ("get", "/intakes"),
            ("post", "/tickets/{ticket_id}/intake"),
            ("get", "/recordings/{recording_id}/audio"),
        ):
            assert method in paths[f"/api/v1{path}"]

    def test_unknown_address__is_a_problem(self, anybody: TestClient) -> None:
        answer = anybody.get("/api/v1/nothing")

        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
