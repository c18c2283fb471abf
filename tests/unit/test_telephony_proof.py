"""The table of what the telephony has been tried with is true."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/telephony-proof.md"
# What a test that speaks with such a peer cannot do without.
_SPEAKS_WITH = {
    "SIPp": re.compile(r"\b(?:place_call|Sipp)\b|\b(?:trunk|line)_house import .*\bplay\b"),
    "pjsua2": re.compile(r"\bpjsua_call\b|\bphone_program\b|\btests\.e2e\.peers\b"),
    "socket": re.compile(r"\b(?:Peer|media_phone)\b|\bsocket\.socket\b"),
    "rules": re.compile(r"def test_"),
}


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    section: str
    what: str
    peer: str
    tests: tuple[str, ...]


def rows() -> list[Row]:
    found, section = [], ""
    for line in DOCUMENT.read_text().splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith("| ") and not line.startswith("| What "):
            what, peer, tests = (cell.strip() for cell in line.strip("|").split("|"))
            found.append(Row(section, what, peer, tuple(re.findall(r"`(tests/[^`]+)`", tests))))
    return found


ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_row__names_tests_that_speak_with_its_peer(row: Row) -> None:
    assert row.tests
    for test in row.tests:
        path, *names = test.split("::")
        text = (ROOT / path).read_text()
        assert [name for name in names if not re.search(rf"(?:class|def) {name}\b", text)] == []
        assert _SPEAKS_WITH[row.peer].search(text), test


def test_rows__signalling_is_shown_by_programs_that_are_not_ours() -> None:
    signalling = [row for row in ROWS if row.section == "Signalling"]

    foreign = [row for row in signalling if row.peer in ("SIPp", "pjsua2")]

    assert len(signalling) >= 30
    # Races that neither program can be told to run, and what stands beside a test with one.
    assert {row.peer for row in signalling if row not in foreign} <= {"socket", "rules"}
    assert len(signalling) - len(foreign) <= 3


def test_rows__leave_no_scenario_for_carriers_out() -> None:
    path = "tests/integration/test_trunk_line_carriers.py"
    written = set(re.findall(r"def (test_\w+)", (ROOT / path).read_text()))
    named = {test.split("::")[-1] for row in ROWS for test in row.tests if test.startswith(path)}

    assert written == named
