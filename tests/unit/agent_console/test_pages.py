from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from agent_console.app import mount_pages
from hotline.house import House
from hotline.web.app import create_app


def client_of(house: House, directory: Path) -> TestClient:
    mounts = [lambda app, _house: mount_pages(app, directory)]
    return TestClient(create_app(house, mounts=mounts), raise_server_exceptions=False)


@pytest.fixture
def built(house: House, tmp_path: Path) -> TestClient:
    """Pages that have been built."""
    directory = tmp_path / "static"
    (directory / "assets").mkdir(parents=True)
    (directory / "index.html").write_text("console")
    (directory / "callback.html").write_text("citizen")
    (directory / "icon.svg").write_text("<svg/>")
    (directory / "assets" / "app-1a2b.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    return client_of(house, directory)


class TestPages:
    @pytest.mark.parametrize("path", ["/", "/board", "/calls/call_1"])
    def test_console__finds_its_way_by_itself(self, built: TestClient, path: str) -> None:
        answer = built.get(path)

        assert answer.text == "console"
        assert answer.headers["cache-control"] == "no-cache"

    def test_callback__is_the_citizens_page(self, built: TestClient) -> None:
        assert built.get("/callback").text == "citizen"

    def test_assets__are_kept_for_ever(self, built: TestClient) -> None:
        assert "immutable" in built.get("/assets/app-1a2b.js").headers["cache-control"]

    def test_files__beside_the_page_are_served(self, built: TestClient) -> None:
        assert built.get("/icon.svg").text == "<svg/>"

    @pytest.mark.parametrize(
        "path", ["/missing.js", "/assets/missing.js", "/..%2fsecret.txt", "/%2e%2e/secret.txt"]
    )
    def test_files__that_are_not_ours_are_not_there(self, built: TestClient, path: str) -> None:
        answer = built.get(path)

        assert answer.status_code == 404
        assert "secret" not in answer.text.replace("secret.txt", "")

    def test_pages__that_are_not_built_say_how(self, house: House, tmp_path: Path) -> None:
        answer = client_of(house, tmp_path / "nothing").get("/")

        assert answer.status_code == 503
        assert "make run" in answer.text
