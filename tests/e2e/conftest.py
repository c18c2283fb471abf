"""The running hotline and the lawyer's browser, started once for all end-to-end tests."""

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, sync_playwright

import ivr
from tests.conftest import SPEECH
from tests.e2e.audio import speech_like, write_wav
from tests.e2e.stack import Stack, started

CHROMIUM = Path("/usr/bin/chromium")
PROMPTS = Path(ivr.__file__).parent / "prompts"

# Sentences without numbers, which come back as digits.
_SPOKEN = ("queue_comfort", "lawyer_lost", "callback_impossible", "cut_off")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A hotline of its own for each module, so that one module's calls do not show in another's."""
    yield from started(tmp_path_factory.mktemp("hotline"))


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
