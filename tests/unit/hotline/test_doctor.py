"""What the doctor says of settings that will not do."""

import os
from pathlib import Path

import pytest

from hotline.accounts.demo_mode import enter_demo_mode
from hotline.clock import SystemClock
from hotline.doctor import Finding, examine
from hotline.settings import Settings, load_settings
from hotline.tls import self_signed


def findings(settings: Settings) -> list[Finding]:
    return list(examine(settings, is_running=True))


def remedies(settings: Settings) -> str:
    return "\n".join(finding.remedy for finding in findings(settings) if not finding.is_well)


def test_examine__fresh_installation_lacks_nothing_that_calls_need(tmp_path: Path) -> None:
    needed = [finding for finding in findings(load_settings(tmp_path)) if finding.is_needed]
    assert len(needed) > 3
    assert [finding.text for finding in needed if not finding.is_well] == []


def test_examine__other_machines_need_https_for_the_microphone(tmp_path: Path) -> None:
    assert "hotline tls self-signed" in remedies(load_settings(tmp_path, host="0.0.0.0"))
    self_signed(tmp_path, names=(), clock=SystemClock())
    assert "self-signed" not in remedies(load_settings(tmp_path, host="0.0.0.0"))


def test_examine__certificate_that_is_none_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("nothing")
    settings = load_settings(tmp_path, tls_cert=broken, tls_key=broken)
    assert "HOTLINE_TLS_CERT" in remedies(settings)


def test_examine__demo_on_the_network_is_warned_of(tmp_path: Path) -> None:
    enter_demo_mode(load_settings(tmp_path))
    assert "published passwords" in remedies(load_settings(tmp_path, host="0.0.0.0"))
    assert "published passwords" not in remedies(load_settings(tmp_path))


@pytest.mark.parametrize("max_calls", [10_000_000])
def test_examine__too_few_open_files_are_a_note(tmp_path: Path, max_calls: int) -> None:
    noted = [
        finding
        for finding in findings(load_settings(tmp_path, max_calls=max_calls))
        if "ulimit" in finding.remedy and not finding.is_well
    ]
    assert all(not finding.is_needed for finding in noted)


def test_examine__a_user_who_may_not_hurry_is_told_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_setscheduler", lambda *_: None)
    monkeypatch.setattr(os, "setpriority", lambda *_: None)
    assert "LimitRTPRIO" not in remedies(load_settings(tmp_path))

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    assert "LimitRTPRIO" in remedies(load_settings(tmp_path))
