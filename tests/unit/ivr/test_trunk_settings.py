"""The trunks of an installation."""

import textwrap
from pathlib import Path

import pytest

from hotline.settings import Settings
from ivr.sip.digest import Credentials
from ivr.sip.trunks import TrunkFileError
from ivr.trunk_settings import configured_trunks, describe, doctor

_PAGE = Path(__file__).parents[3] / "docs" / "operations.md"


def with_file(settings: Settings, path: Path) -> Settings:
    return settings.model_copy(update={"trunk_file": path})


def test_configured__one_trunk_of_the_settings(settings: Settings) -> None:
    set_up = settings.model_copy(update={"trunk_outbound": "192.0.2.1:5070"})

    (trunk,) = configured_trunks(set_up)

    assert [str(peer) for peer in trunk.peers] == ["127.0.0.0/8"]
    assert (trunk.outbound, trunk.domain) == (("192.0.2.1", 5070), "192.0.2.1")
    assert (trunk.max_calls, trunk.calls_per_second) == (None, None)


def test_configured__example_of_the_documentation(settings: Settings, tmp_path: Path) -> None:
    page = _PAGE.read_text()
    example = page[page.index("    [[trunk]]") : page.index("Only `transport")]
    (tmp_path / "trunks.toml").write_text(textwrap.dedent(example))
    (tmp_path / "mobile.password").write_text("open sesame\n")

    first, second = configured_trunks(with_file(settings, tmp_path / "trunks.toml"))

    assert (first.name, first.max_calls) == ("电信", 60)
    assert second.credentials == Credentials("+862912348001", "open sesame")
    assert second.dialled("02912345678") == "+862912345678"


def test_configured__missing_file_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(TrunkFileError, match=r"none\.toml cannot be read"):
        configured_trunks(with_file(settings, tmp_path / "none.toml"))


def test_doctor__file_that_cannot_be_used_is_one_row(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "trunks.toml").write_text("[[trunk]]\nname = 'one'\npeer = 1\n")

    (row,) = doctor(with_file(settings, tmp_path / "trunks.toml"))

    assert not row[0]
    assert 'Trunk "one", key peer' in row[2]


def test_doctor__without_a_way_out_call_backs_wait(settings: Settings) -> None:
    *_, (can_dial, _, remedy) = doctor(settings)

    assert not can_dial
    assert "HOTLINE_TRUNK_OUTBOUND" in remedy


def test_describe__without_the_password(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "trunks.toml").write_text(
        "[[trunk]]\nname = 'one'\nregistrar = 'a'\nusername = 'u'\npassword = 'hunter2'\n"
    )
    (trunk,) = configured_trunks(with_file(settings, tmp_path / "trunks.toml"))

    assert describe(trunk) == "one: nobody may call but the registrar, registered with a"


def test_doctor__pbx_takes_the_place_of_trunks(settings: Settings) -> None:
    ((is_well, what, _),) = doctor(settings.model_copy(update={"pbx_server": "10.0.0.5:5060"}))

    assert is_well
    assert "10.0.0.5" in what
