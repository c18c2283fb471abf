"""The pages when things do not go straight: a reload, a missed offer, a citizen's phone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.audio import best_correlation, clarity, read_wav, resampled, speech_like, write_wav
from tests.e2e.client import Client
from tests.e2e.headless import HeadlessLawyer
from tests.e2e.hush import listening
from tests.e2e.lawyer import LawyerAtWork
from tests.e2e.peers import Telephone, eventually
from tests.e2e.stack import Stack, free_ports, started

pytestmark = pytest.mark.timeout(900)

SUMMARY = "房东不退押金"

# Three seconds of words and one of silence, the caller's and the lawyer's.
_ROUND_SECONDS = 4


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    # Over HTTPS, as lawyers on other machines work: pages, events and audio all go through it.
    stack = Stack(
        tmp_path_factory.mktemp("desk"), HOTLINE_ASR_ENGINES="zh=none", HOTLINE_OFFER_SECONDS="6"
    )
    with started(stack.secure().in_a_hurry()) as stack:
        yield stack


@pytest.fixture(scope="module")
def lawyer_voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Comes round sooner than where speech recognition needs the pauses."""
    path = tmp_path_factory.mktemp("voice") / "lawyer.wav"
    voice = speech_like(seconds=3, rate=16000, seed=7)
    write_wav(path, np.concatenate([voice, np.zeros(16000)]), rate=16000)
    return path


@pytest.fixture(autouse=True)
def _empty(stack: Stack) -> None:
    stack.clear()


def call_for_a_person(stack: Stack, supervisor: Client, phone: Telephone) -> None:
    """A caller who presses 0 at once."""
    phone.say(f"call sip:12348@127.0.0.1:{stack.sip_port}")
    phone.wait_for("confirmed")
    wait_for_state(supervisor, "menu")
    phone.say("digit 0")


def wait_for_state(supervisor: Client, state: str, *, timeout_seconds: float = 60) -> None:
    eventually(
        lambda: supervisor.rows("/calls")[0]["state"] == state,
        what=f"the call's state {state}",
        timeout_seconds=timeout_seconds,
    )


def reload_in_mid_call(lawyer: LawyerAtWork) -> None:
    """Loads the page anew until it shows call and ticket."""
    # Leaving in mid-call is asked about; this lawyer is sure.
    lawyer.page.on("dialog", lambda dialog: dialog.accept())
    lawyer.page.reload()
    expect(lawyer.at("call-panel")).to_be_visible()
    expect(
        lawyer.at("ticket-summary")
        .locator("textarea")
        .or_(lawyer.page.locator('textarea[data-testid="ticket-summary"]'))
        .first
    ).to_have_value(SUMMARY)
    resume = lawyer.at("voice-resume")
    if resume.count():
        resume.click()


def test_reload_in_mid_call__brings_call_ticket_and_audio_back(
    stack: Stack, supervisor: Client, browser: Browser, lawyer_voice: Path, tmp_path: Path
) -> None:
    spoken = speech_like(seconds=3, rate=8000, seed=11)
    write_wav(tmp_path / "say.wav", spoken, rate=8000)
    with (
        LawyerAtWork(browser, stack, "lawyer1") as lawyer,
        Telephone(port=free_ports(1)[0], number="13500001111", save=tmp_path / "h.wav") as phone,
    ):
        lawyer.go_on_duty()
        call_for_a_person(stack, supervisor, phone)
        lawyer.answer()
        wait_for_state(supervisor, "talking")
        lawyer.write("ticket-summary", SUMMARY)
        saved = lawyer.page.locator('[data-testid="ticket-saved"][data-saved="true"]')
        expect(saved).to_be_visible()
        reload_in_mid_call(lawyer)
        wait_for_state(supervisor, "talking")
        assert supervisor.rows("/calls")[0]["ended_at"] is None

        def hears_the_caller() -> bool:
            phone.say(f"play {tmp_path / 'say.wav'}")
            lawyer.page.wait_for_timeout(_ROUND_SECONDS * 1000)
            samples, rate = lawyer.heard()
            heard = resampled(samples, rate=rate, to=8000)
            return best_correlation(heard, spoken[8000:16000]) > 0.5

        with listening():
            eventually(
                hears_the_caller, what="the caller's voice after the reload", timeout_seconds=120
            )
            # The lawyer's words are said once more to the end, whatever of them is being said now.
            lawyer.page.wait_for_timeout(_ROUND_SECONDS * 1000)
        lawyer.at("call-hangup").click()
        # The rating waits a second only; then the hotline hangs up itself.
        eventually(
            lambda: supervisor.rows("/calls")[0]["state"] in ("rating", "ended"),
            what="the end of the talk",
        )
        phone.say("hangup")
        phone.wait_for("disconnected")
    samples, rate = read_wav(tmp_path / "h.wav")
    voice, voice_rate = read_wav(lawyer_voice)
    # No longer than the talk since the reload.
    tail = resampled(samples[-2 * _ROUND_SECONDS * rate :, 0], rate=rate, to=8000)
    wanted = resampled(voice[:, 0], rate=voice_rate, to=8000)[4000:20000]
    assert clarity(tail, wanted) > 0.5


def test_missed_offer__goes_to_the_next_lawyer_and_says_why(
    stack: Stack, supervisor: Client, browser: Browser
) -> None:
    with (
        LawyerAtWork(browser, stack, "lawyer2") as sleeper,
        HeadlessLawyer(stack, "lawyer4") as second,
        Telephone(port=free_ports(1)[0], number="13500002222") as phone,
    ):
        sleeper.go_on_duty()
        call_for_a_person(stack, supervisor, phone)
        expect(sleeper.at("offer-card")).to_be_visible(timeout=40_000)
        second.go_on_duty()
        call_id = second.accept()["call_id"]
        expect(sleeper.at("offer-card")).to_have_count(0)
        expect(sleeper.at("why").first).to_be_visible()
        second.client.ask("POST", f"/calls/{call_id}/hang-up")
        phone.say("hangup")
        phone.wait_for("disconnected")


def test_citizens_page__takes_a_wish_and_shows_its_state(stack: Stack, browser: Browser) -> None:
    context = browser.new_context(
        base_url=stack.url,
        locale="zh-CN",
        viewport={"width": 360, "height": 740},
        ignore_https_errors=True,
    )
    page = context.new_page()
    page.goto("/callback")
    page.get_by_test_id("callback-number").fill("13500003333")
    page.get_by_test_id("callback-consent").check()
    page.get_by_test_id("callback-submit").dblclick()
    status = page.get_by_test_id("callback-status")
    expect(status).to_be_visible()
    expect(status).to_have_attribute("data-state", "waiting")
    assert "13500003333" not in page.content()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    page.reload()
    expect(status).to_be_visible()
    context.close()
