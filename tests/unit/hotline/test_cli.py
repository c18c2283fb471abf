"""The `hotline` command: refusals in one sentence, users, seeding."""

import io
from pathlib import Path

import pytest

from hotline.cli import main


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(words)
    return int(end.value.code or 0)


@pytest.fixture
def data(tmp_path: Path, migrated: Path) -> str:
    directory = tmp_path / "data"
    directory.mkdir()
    (directory / "hotline.db").write_bytes(migrated.read_bytes())
    return str(directory)


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_main__version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("hotline 0.")


def test_seed_demo__prints_logins_and_can_be_repeated(
    data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("seed-demo", "--data-dir", data) == 0
    first = capsys.readouterr().out
    assert "lawyer1" in first
    assert "demo12348" in first
    assert run("seed-demo", "--data-dir", data) == 0
    assert capsys.readouterr().out == first


def test_seed_demo__beside_real_users_is_refused_in_one_sentence(
    data: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "a long enough one\n")
    assert run("user", "add", "wang", "--roles", "admin", "--data-dir", data) == 0
    assert run("seed-demo", "--data-dir", data) == 2
    refused = capsys.readouterr().err
    assert refused.startswith("hotline: ")
    assert refused.count("\n") == 1


def test_user_add__ends_the_demo(
    data: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("seed-demo", "--data-dir", data)
    type_in(monkeypatch, "a long enough one\n")
    assert run("user", "add", "Wang", "--roles", "lawyer", "--data-dir", data) == 0
    assert "no longer a demo" in capsys.readouterr().out


def test_user_add__weak_password_is_refused(
    data: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "short\n")
    assert run("user", "add", "wang", "--roles", "lawyer", "--data-dir", data) == 2
    assert "at least 10 characters" in capsys.readouterr().err


def test_user_list__shows_skills_and_who_is_shut_out(
    data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("seed-demo", "--data-dir", data)
    run("user", "disable", "lawyer3", "--data-dir", data)
    run("user", "skills", "lawyer2", "--topics", "labour,family", "--data-dir", data)
    capsys.readouterr()
    assert run("user", "list", "--data-dir", data) == 0
    rows = {row.split()[0]: row for row in capsys.readouterr().out.splitlines()}
    assert "disabled" in rows["lawyer3"]
    assert "zh,bo; labour,family" in rows["lawyer2"]


def test_user_password__of_nobody_is_refused(
    data: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "a long enough one\n")
    assert run("user", "password", "nobody", "--data-dir", data) == 2
    assert "hotline user list" in capsys.readouterr().err


def test_settings__prints_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("settings") == 0
    assert "| `HOTLINE_SIP_PORT` | `5060` |" in capsys.readouterr().out


def test_doctor__says_ok_for_a_fresh_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HTTP", "SIP"):
        monkeypatch.setenv(f"HOTLINE_{name}_PORT", "0")
    assert run("doctor", "--data-dir", str(tmp_path)) == 0
    assert "ok       data directory" in capsys.readouterr().out
