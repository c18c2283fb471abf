"""Speech servers over HTTP."""

from pathlib import Path

import pytest

from hotline.settings import Settings, load_settings
from tests.unit.api.conftest import SignIn


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A hotline whose Mandarin is understood by other machines."""
    engines = "zh=remote:ws://one:2700|ws://two:2700#16000|whisper,ko=vosk"
    return load_settings(tmp_path / "data", asr_engines=engines)


def test_servers__set_but_nothing_heard_of_them__unknown(sign_in: SignIn) -> None:
    rows = sign_in("supervisor").get("/api/v1/speech/servers").json()["items"]

    assert [(row["language"], row["url"], row["state"]) for row in rows] == [
        ("zh", "ws://one:2700", "unknown"),
        ("zh", "ws://two:2700", "unknown"),
    ]


def test_servers__a_lawyer_asks__refused(sign_in: SignIn) -> None:
    assert sign_in("li").get("/api/v1/speech/servers").status_code == 403
