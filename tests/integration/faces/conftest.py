"""The faces in a real browser, before a real web process."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from hotline.settings import load_settings
from tests.integration.faces.desk import Desk, sign_in
from tests.integration.faces.stage import Stage, running
from tests.integration.faces.waiting import NOTHING_MOVES, until
from tests.ports import free_port

_WEB = Path(__file__).parents[3] / "agent_console" / "web"
_STATIC = Path(__file__).parents[3] / "agent_console" / "static"
_AXE = _WEB / "node_modules" / "axe-core" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_CHROMIUM = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# A machine may stand still for seconds; whoever waits for a page waits longer.
_PATIENCE_MS = 60_000

expect.set_options(timeout=_PATIENCE_MS)


@pytest.fixture(scope="session")
def stage_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One running web process for all of these tests; starting one takes seconds."""
    if not (_STATIC / "index.html").exists():
        pytest.fail("The web faces are not built; `make web` builds them.")
    directory = tmp_path_factory.mktemp("faces")
    settings = load_settings(
        directory / "data", http_port=free_port(), audio_port=free_port(), demo=True
    )
    with running(settings, directory) as stage:
        yield stage


@pytest.fixture
def stage(stage_of_the_run: Stage) -> Iterator[Stage]:
    """The stage, empty before and after."""
    stage_of_the_run.clear()
    yield stage_of_the_run
    stage_of_the_run.clear()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright keeps an event loop running in this thread: asynchronous tests come after it."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", chromium_sandbox=False, args=_CHROMIUM
    )
    yield browser
    browser.close()


@pytest.fixture
def open_page(stage: Stage, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages in browser profiles of their own; what goes wrong inside them fails the test."""
    contexts = []
    troubles: list[str] = []

    def open_(path: str = "/", **options: Any) -> Page:
        context = browser.new_context(
            base_url=stage.url,
            locale=options.pop("locale", "zh-CN"),
            timezone_id="Asia/Shanghai",
            viewport=options.pop("viewport", {"width": 1366, "height": 768}),
            permissions=options.pop("permissions", ["microphone", "notifications"]),
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def desk(stage: Stage, open_page: Callable[..., Page]) -> Desk:
    """lawyer1 at the console, off duty."""
    page = open_page()
    sign_in(page, "lawyer1")
    return Desk(page, stage)


@pytest.fixture
def faults_of_access() -> Callable[[Page], list[str]]:
    """Says what axe-core finds against WCAG 2.2 AA on a page as it is now."""
    if not _AXE.exists():
        pytest.fail("axe-core is not installed; `npm ci` in agent_console/web brings it.")
    source = _AXE.read_text()

    def find(page: Page) -> list[str]:
        # What is half faded in has too little contrast, and nobody reads it yet.
        until(page, NOTHING_MOVES)
        page.evaluate(source)
        found = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", _TAGS
        )
        assert len(found["passes"]) > 9, "axe-core found nothing to look at"
        return [
            f"{violation['id']}: {json.dumps(node['target'], ensure_ascii=False)} "
            f"{node['failureSummary'].splitlines()[-1].strip()}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return find
