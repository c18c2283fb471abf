"""What the documents say of the code is true."""

import re
from pathlib import Path

import pytest

from scripts.draw_diagrams import redrawn

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_architecture__shows_the_flow_as_the_table_has_it() -> None:
    document = (ROOT / "docs/architecture.md").read_text()
    assert document == redrawn(document), "run: python scripts/draw_diagrams.py"


def test_decisions__are_all_in_the_list() -> None:
    listed = (ROOT / "docs/adr/README.md").read_text()
    names = [path.name for path in (ROOT / "docs/adr").glob("0*.md")]
    assert names
    assert [name for name in names if name not in listed] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links__lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text())
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (path.parent / target).exists()] == []


def test_rfc_status__names_tests_that_exist() -> None:
    document = (ROOT / "docs/rfc-status.md").read_text()
    named = re.findall(r"`(tests/[\w/]+\.(?:py|js))((?:::\w+)*)`", document)
    assert named
    assert [path + names for path, names in named if not _has_tests(path, names)] == []


def _has_tests(path: str, names: str) -> bool:
    file = ROOT / path
    if not file.exists():
        return False
    text = file.read_text()
    return all(re.search(rf"(?:class|def) {name}\b", text) for name in names.split("::")[1:])


def test_rfc_status__each_row_has_a_status_and_a_test() -> None:
    rows = re.findall(r"^\| \[\d+\].*$", (ROOT / "docs/rfc-status.md").read_text(), re.MULTILINE)
    assert rows
    for row in rows:
        _, _, status, _, test = [cell.strip() for cell in row.strip("|").split("|")]
        assert status in ("complete", "partial", "planned"), row
        assert status == "planned" or "`tests/" in test, row
