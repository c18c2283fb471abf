"""Which line an installation gets from its settings."""

from pathlib import Path

import pytest

from hotline.errors import NotConfigured
from hotline.settings import Settings
from ivr.line_settings import configured_line
from ivr.sip.pbx_line import PbxLine
from ivr.sip.trunk_line import TrunkLine


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]  # pydantic checks them


def test_configured_line__trunk_unless_a_pbx_is_set() -> None:
    assert isinstance(configured_line(settings()), TrunkLine)


def test_configured_line__pbx_with_the_password_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("secret\n")
    given = settings(pbx_server="10.0.0.5", pbx_extension="8001", pbx_password_file=file)

    assert isinstance(configured_line(given), PbxLine)


@pytest.mark.parametrize(
    ("values", "remedy"),
    [
        ({}, "HOTLINE_PBX_EXTENSION"),
        ({"pbx_extension": "8001"}, "HOTLINE_PBX_PASSWORD_FILE"),
        ({"pbx_extension": "8001", "pbx_password_file": "/nonexistent"}, "cannot be read"),
        ({"pbx_server": "pbx:sip", "pbx_extension": "8001", "pbx_password": "x"}, "host:port"),
    ],
)
def test_configured_line__what_is_missing_is_named(values: dict[str, object], remedy: str) -> None:
    with pytest.raises(NotConfigured, match=remedy):
        configured_line(settings(**{"pbx_server": "pbx:5060", **values}))


def test_settings__never_show_the_password() -> None:
    given = settings(pbx_password="topsecret")

    assert "topsecret" not in repr(given)
