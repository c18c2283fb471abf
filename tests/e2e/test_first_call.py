"""From dial tone to ticket: a real telephone, human Mandarin, a real browser, all parts running."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.audio import (
    best_correlation,
    character_error_rate,
    clarity,
    read_wav,
    resampled,
    write_wav,
)
from tests.e2e.client import Client
from tests.e2e.hush import listening
from tests.e2e.lawyer import LawyerAtWork
from tests.e2e.peers import Telephone, eventually
from tests.e2e.stack import Stack, free_ports, started

# The whole call is told in the set-up of the first test.
pytestmark = pytest.mark.timeout(900)

NUMBER = "13812345678"
SUMMARY = "工地欠薪三个月，无书面合同"
NAME = "王小明"
IDENTITY = "61070219800101001X"

# Chromium resamples 16 kHz to 48, the page to 8, G.711 quantises: the same sound stays above this,
# unrelated ones stay below 0.1.
SAME_SOUND = 0.5
OTHER_SOUND = 0.2


@dataclass
class Story:
    """What happened in the call; each test looks at another side of it."""

    call_id: str = ""
    said: list[str] = field(default_factory=list)
    spoken: np.ndarray[Any, np.dtype[np.float64]] = field(default_factory=lambda: np.zeros(1))
    heard_by_caller: np.ndarray[Any, np.dtype[np.float64]] = field(
        default_factory=lambda: np.zeros(1)
    )
    heard_by_lawyer: np.ndarray[Any, np.dtype[np.float64]] = field(
        default_factory=lambda: np.zeros(1)
    )
    lines: list[str] = field(default_factory=list)
    call: dict[str, Any] = field(default_factory=dict)
    recording: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A hotline as it comes: all that callers hear, and speech recognition of each language."""
    with started(Stack(tmp_path_factory.mktemp("hotline")).patient()) as stack:
        yield stack


@pytest.fixture(scope="module")
def story(
    stack: Stack,
    browser: Browser,
    caller_clips: list[tuple[Path, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Story]:
    """One whole call; told once, looked at by all tests of this module."""
    directory = tmp_path_factory.mktemp("story")
    story = Story()
    clips = caller_clips[:3]
    story.said = [text for _path, text in clips]
    pause = np.zeros(8000)
    parts = [read_wav(path)[0][:, 0] for path, _text in clips]
    story.spoken = np.concatenate([np.concatenate([part, pause]) for part in parts])
    write_wav(directory / "say.wav", story.spoken, rate=8000)
    supervisor = stack.client("supervisor1")
    with (
        LawyerAtWork(browser, stack, "lawyer1") as lawyer,
        Telephone(port=free_ports(1)[0], number=NUMBER, save=directory / "heard.wav") as phone,
    ):
        lawyer.go_on_duty()
        phone.say(f"call sip:12348@127.0.0.1:{stack.sip_port}")
        phone.wait_for("confirmed")
        _press_through_the_menus(supervisor, phone)
        lawyer.answer()
        _wait_for_state(supervisor, "talking")
        _talk(lawyer, phone, directory / "say.wav", story)
        samples, rate = lawyer.heard()
        story.heard_by_lawyer = resampled(samples, rate=rate, to=8000)
        story.lines = lawyer.lines("caller")
        _take_pictures(browser, stack, lawyer, directory)
        lawyer.at("call-hangup").click()
        _wait_for_state(supervisor, "rating")
        phone.say("digit 1")
        phone.wait_for("disconnected", timeout_seconds=60)
    samples, rate = read_wav(directory / "heard.wav")
    story.heard_by_caller = resampled(samples[:, 0], rate=rate, to=8000)
    story.call = supervisor.rows("/calls")[0]
    story.call_id = str(story.call["id"])
    story.recording = eventually(
        lambda: _ready_recording(supervisor, str(story.call["recording_id"])),
        what="the recording",
        timeout_seconds=180,
    )
    yield story
    supervisor.close()


def _press_through_the_menus(supervisor: Client, phone: Telephone) -> None:
    """1 for Mandarin, 1 for labour; each when its menu is there."""
    for digit, wanted in (("1", "language"), ("1", "topic")):
        _wait_for_state(supervisor, "menu")
        phone.say(f"digit {digit}")
        eventually(
            lambda wanted=wanted: supervisor.rows("/calls")[0][wanted],  # type: ignore[misc]  # bound now
            what=f"the choice of {wanted}",
            timeout_seconds=60,
        )


def _wait_for_state(supervisor: Client, state: str) -> None:
    eventually(
        lambda: supervisor.rows("/calls")[0]["state"] == state,
        what=f"the call's state {state}",
        timeout_seconds=60,
    )


def _talk(lawyer: LawyerAtWork, phone: Telephone, words: Path, story: Story) -> None:
    """The caller speaks, and the lawyer works until everything is on the screen."""
    with listening():
        phone.say(f"play {words}")
        _work_on_the_ticket(lawyer)
        _await_the_transcript(lawyer, story)


def _work_on_the_ticket(lawyer: LawyerAtWork) -> None:
    lawyer.write("ticket-summary", SUMMARY)
    lawyer.write("ticket-advice", "先申请劳动仲裁")
    expect(lawyer.page.locator('[data-testid="ticket-saved"][data-saved="true"]')).to_be_visible()
    lawyer.at("intake-open").click()
    expect(lawyer.at("intake-finding")).to_be_visible()
    lawyer.at("intake-submit").click()
    expect(lawyer.at("intake-submit")).to_have_count(0)


def _await_the_transcript(lawyer: LawyerAtWork, story: Story) -> None:
    """Live transcription is done when as many characters as were said have arrived, nearly."""
    wanted = int(sum(len(text) for text in story.said) * 0.8)
    eventually(
        lambda: sum(len(line) for line in lawyer.lines("caller")) >= wanted,
        what="the transcript of what the caller said",
        timeout_seconds=180,
    )


def _take_pictures(browser: Browser, stack: Stack, lawyer: LawyerAtWork, directory: Path) -> None:
    """Console, wallboard and intake as they look in the middle of a call; `make pictures`."""
    folder = Path(os.environ.get("HOTLINE_PICTURES") or directory)
    lawyer.take_picture(folder / "console.png")
    with LawyerAtWork(browser, stack, "supervisor1") as supervisor:
        expect(supervisor.at("wallboard")).to_be_visible()
        expect(supervisor.at("lawyer-row").first).to_be_visible()
        supervisor.take_picture(folder / "wallboard.png")
    with LawyerAtWork(browser, stack, "intake1") as officer:
        officer.at("intake-row").first.click()
        expect(officer.at("intake-finding")).to_be_visible()
        officer.take_picture(folder / "intake.png")


def _ready_recording(supervisor: Client, recording_id: str) -> dict[str, Any] | None:
    row: dict[str, Any] = supervisor.get(f"/recordings/{recording_id}")
    return row if row["state"] == "ready" else None


def test_caller_and_lawyer__hear_each_other(
    story: Story, lawyer_voice: Path, measured: Callable[[str], None]
) -> None:
    samples, rate = read_wav(lawyer_voice)
    voice = resampled(samples[:, 0], rate=rate, to=8000)[4000:20000]
    to_caller = clarity(story.heard_by_caller, voice)
    to_lawyer = clarity(story.heard_by_lawyer, story.spoken[4000:12000])
    measured(f"correlation lawyer to caller {to_caller:.3f}, caller to lawyer {to_lawyer:.3f}")
    assert to_caller > SAME_SOUND
    assert to_lawyer > SAME_SOUND


def test_transcript__shows_what_the_caller_said(
    story: Story, measured: Callable[[str], None]
) -> None:
    said, heard = (
        "".join(character for character in "".join(lines) if character.isalnum())
        for lines in (story.said, story.lines)
    )
    rate = character_error_rate(said, heard)
    measured(f"character error rate {rate:.1%} on {len(said)} characters")
    assert rate <= 0.35


def test_call__is_written_with_choices_and_rating(story: Story) -> None:
    call = story.call
    assert (call["state"], call["end_reason"]) == ("ended", "lawyer_hung_up")
    assert (call["language"], call["topic"], call["rating"]) == ("zh", "labour", 1)
    assert call["caller"] == "138****5678"


def test_ticket__holds_what_the_lawyer_wrote(stack: Stack, story: Story) -> None:
    lawyer = stack.client("lawyer1")
    ticket = lawyer.get(f"/tickets/{story.call['ticket_id']}")
    assert (ticket["summary"], ticket["topic"], ticket["rating"]) == (SUMMARY, "labour", 1)
    lawyer.close()


def test_intake__waits_for_an_officer(stack: Stack, story: Story) -> None:
    officer = stack.client("intake1")
    (row,) = officer.rows("/intakes")
    assert (row["ticket_id"], row["state"]) == (story.call["ticket_id"], "submitted")
    officer.close()


def test_recording__has_each_voice_on_its_side(
    stack: Stack, story: Story, lawyer_voice: Path
) -> None:
    (path,) = (stack.data_dir / "recordings").rglob("*.wav")
    sound, rate = read_wav(path)
    samples, voice_rate = read_wav(lawyer_voice)
    voice = resampled(samples[:, 0], rate=voice_rate, to=8000)[4000:20000]
    left, right = sound[:, 0], sound[:, 1]
    assert (rate, sound.shape[1]) == (8000, 2)
    assert clarity(left, story.spoken[:24000]) > SAME_SOUND
    assert clarity(right, voice) > SAME_SOUND
    assert best_correlation(left, voice) < OTHER_SOUND
    assert best_correlation(right, story.spoken[:24000]) < OTHER_SOUND
    assert np.abs(left).max() > 0.05
    assert len(sound) / rate == pytest.approx(story.recording["seconds"], abs=0.1)
    assert len(sound) > len(story.spoken)


def test_recording_audio__comes_in_ranges_to_those_who_may(stack: Stack, story: Story) -> None:
    supervisor = stack.client("supervisor1")
    address = f"/recordings/{story.call['recording_id']}/audio"
    part = supervisor.ask("GET", address, headers={"Range": "bytes=0-99"})
    assert (part.status_code, len(part.content)) == (206, 100)
    supervisor.close()
    stranger = stack.client("lawyer2")
    assert stranger.refused("GET", address) in (403, 404)
    stranger.close()


def test_logs__hold_nothing_personal(stack: Stack, story: Story) -> None:
    logs = stack.logs()
    assert "call begins" in logs
    secrets = [NUMBER, SUMMARY, *story.said, *(line for line in story.lines if len(line) > 3)]
    assert [secret for secret in secrets if secret in logs] == []
    lawyer = stack.client("lawyer1")
    assert lawyer.token not in stack.logs()
    lawyer.close()
