"""The running hotlines and the lawyer's browser, started for many tests at once."""

import os
import tomllib
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

import ivr
from tests.conftest import SPEECH
from tests.e2e import hush
from tests.e2e.audio import speech_like, write_wav
from tests.e2e.client import Client
from tests.e2e.stack import Stack

CHROMIUM = Path("/usr/bin/chromium")
PROMPTS = Path(ivr.__file__).parent / "prompts"

# A machine may stand still for seconds; whoever waits for a page waits longer.
expect.set_options(timeout=60_000)

# Sentences without numbers, which come back as digits.
_SPOKEN = ("queue_comfort", "lawyer_lost", "callback_impossible", "cut_off")


@pytest.fixture(scope="session", autouse=True)
def _hush(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The workers of `pytest -n` keep quiet for each other; their directories lie in the run's."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        hush.share(tmp_path_factory.getbasetemp().parent)


class Shared:
    """The hotline of all tests that need no special one; whoever ends it makes place for another.

    It transcribes nothing and is in a hurry: what callers are told, and what they say, is looked at
    on hotlines of their own.
    """

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._factory = factory
        self._stack: Stack | None = None

    def running(self) -> Stack:
        """The stack, with nothing of earlier tests going on in it."""
        if self._stack is None or not self._stack.is_running:
            self.stop()
            directory = self._factory.mktemp("hotline")
            self._stack = Stack(directory, HOTLINE_ASR_ENGINES="zh=none").in_a_hurry()
            self._stack.start()
        return self._stack.clear()

    def stop(self) -> None:
        """Ends it."""
        if self._stack is not None:
            self._stack.stop()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """One for the run: starting a hotline costs both cores ten seconds."""
    shared = Shared(tmp_path_factory)
    yield shared
    shared.stop()


@pytest.fixture
def stack(shared: Shared) -> Stack:
    """The shared hotline, as empty as a fresh one but for its lists of what is over."""
    return shared.running()


@pytest.fixture
def supervisor(stack: Stack) -> Iterator[Client]:
    """A supervisor over HTTP."""
    client = stack.client("supervisor1")
    yield client
    client.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows what the hotline logged beside a test that failed."""
    report = yield
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(stack, Stack):
        report.sections.append(("hotline", stack.end_of_logs()))
    return report


@pytest.fixture(scope="session")
def lawyer_voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the lawyer's microphone hears: 16 kHz, unlike any other sound, to be found again.

    Chromium plays it again and again; the pauses leave speech recognition time for the caller.
    """
    path = tmp_path_factory.mktemp("voice") / "lawyer.wav"
    voice = speech_like(seconds=3, rate=16000, seed=7)
    write_wav(path, np.concatenate([voice, np.zeros(9 * 16000)]), rate=16000)
    return path


@pytest.fixture(scope="session")
def caller_clips() -> list[tuple[Path, str]]:
    """Human Mandarin at telephone quality with its transcripts; where the data are not, prompts."""
    table = SPEECH / "zh_8k" / "transcripts.tsv"
    if not table.exists():
        texts = tomllib.loads((PROMPTS / "texts.toml").read_text())
        return [(PROMPTS / "audio/zh" / f"{key}.wav", texts[key]["zh"]) for key in _SPOKEN]
    rows = [line.split("\t") for line in table.read_text().splitlines()[1:]]
    return [(table.parent / row[0], row[1]) for row in rows]


@pytest.fixture(scope="module")
def browser(lawyer_voice: Path) -> Iterator[Browser]:
    """Headless Chromium whose microphone hears the lawyer's voice.

    For a module, not for the run: Playwright keeps an event loop running in this thread, and no
    asynchronous test can run beside it.
    """
    if not CHROMIUM.exists():
        pytest.fail("chromium is missing: apt-get install chromium (make test does it)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            chromium_sandbox=False,
            args=[
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={lawyer_voice}",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--autoplay-policy=no-user-gesture-required",
            ],
            env={**os.environ, "LANG": "zh_CN.UTF-8"},
        )
        yield browser
        browser.close()
