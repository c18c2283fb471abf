"""How a process ends: its status, and not waiting for foreign threads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PREFIX = """
import threading
from hotline.errors import Conflict
from hotline.process import run
from hotline.settings import Settings
"""


def end_of(tmp_path: Path, body: str, **environment: str) -> tuple[int, list[dict[str, str]]]:
    """Runs a process whose main has this body; returns its status and log."""
    code = f"{PREFIX}def main(settings: Settings) -> int:\n    {body}\nrun('trial', main)\n"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=150,
        env={**os.environ, "HOTLINE_DATA_DIR": str(tmp_path), **environment},
    )
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


@pytest.mark.parametrize(("body", "status"), [("return 0", 0), ("return 7", 7), ("pass", 0)])
def test_run__ends_with_what_main_returns(tmp_path: Path, body: str, status: int) -> None:
    assert end_of(tmp_path, body) == (status, [])


def test_run__own_error_is_one_line_with_the_reason(tmp_path: Path) -> None:
    status, lines = end_of(tmp_path, "raise Conflict('Somebody was faster.')")
    assert status == 2
    assert [line["reason"] for line in lines] == ["Somebody was faster."]
    assert "exception" not in lines[0]


def test_run__setting_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    status, lines = end_of(tmp_path, "return 0", HOTLINE_SIP_PORT="many")
    assert status == 2
    assert "HOTLINE_SIP_PORT" in lines[0]["reason"]


def test_run__fault_shows_where_it_happened(tmp_path: Path) -> None:
    status, lines = end_of(tmp_path, "return 1 // 0")
    assert status == 1
    assert "ZeroDivisionError" in lines[0]["exception"]


def test_run__does_not_wait_for_a_thread_that_never_ends(tmp_path: Path) -> None:
    assert end_of(tmp_path, "threading.Thread(target=threading.Event().wait).start()") == (0, [])
