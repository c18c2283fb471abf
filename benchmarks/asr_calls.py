"""Recorded clips through real calls: what the transcript API gives is what counts."""

import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path
from typing import Any

from benchmarks.asr_clips import Clip, character_errors, load
from tests.e2e.headless import HeadlessLawyer
from tests.e2e.stack import Stack, started

_HOTLINE = Path(sys.executable).with_name("hotline")

# So many clips in one call, with a pause between that ends the sentence.
_A_CALL = 8
_PAUSE_SECONDS = 1.5
# From the last key to the talk: queue, offer, answer. What is said earlier is not transcribed.
_LEAD_SECONDS = 25.0
# Keys, prompts and the offer come before the words.
_BEFORE_SECONDS = 60.0
_SETTLED_SECONDS = 20.0
_LONGEST_SECONDS = 600.0


def run(speech: Path, *, engines: list[str], most: int) -> None:
    """Prints a row for each engine; the clips are those that went through a telephone."""
    print(f"{'engine':<28} {'through':<8} {'clips':>6} {'CER %':>7}")
    for setting in engines:
        clips = load(speech / "zh_8k", most=most)
        errors = length = 0
        with tempfile.TemporaryDirectory() as directory:
            for stack in started(Path(directory), HOTLINE_ASR_ENGINES=setting):
                for first in range(0, len(clips), _A_CALL):
                    part = clips[first : first + _A_CALL]
                    wrong, said = character_errors(
                        "".join(clip.text for clip in part), _through_a_call(stack, part)
                    )
                    errors, length = errors + wrong, length + said
        print(
            f"{setting:<28.28} {'calls':<8} {len(clips):>6} {100 * errors / max(1, length):>7.1f}",
            flush=True,
        )


def _through_a_call(stack: Stack, clips: list[Clip]) -> str:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "say.wav"
        seconds = _write(path, clips)
        caller = subprocess.Popen(
            [
                *(str(_HOTLINE), "call", "--digits", "1,2", "--once", "--say", str(path)),
                *("--port", str(stack.sip_port), "--seconds", str(_BEFORE_SECONDS + seconds)),
            ],
            env=stack.environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            with HeadlessLawyer(stack, "lawyer1") as lawyer:
                lawyer.go_on_duty()
                call_id = lawyer.accept(timeout_seconds=_BEFORE_SECONDS)["call_id"]
                rows = _settled(lawyer, call_id, at_least_seconds=seconds)
                lawyer.client.ask("POST", f"/calls/{call_id}/hang-up")
                caller.wait(_BEFORE_SECONDS)
                lawyer.client.ask("PUT", "/lawyers/me/state", json={"state": "available"})
        finally:
            caller.kill()
            caller.wait(_BEFORE_SECONDS)
    return "".join(row["text"] for row in rows if row["speaker"] == "caller")


def _settled(
    lawyer: HeadlessLawyer, call_id: str, *, at_least_seconds: float
) -> list[dict[str, Any]]:
    """The transcript once the clips have been said and no more words come."""
    began = changed = time.monotonic()
    rows: list[dict[str, Any]] = []
    while time.monotonic() - began < _LONGEST_SECONDS:
        found = lawyer.client.get(f"/calls/{call_id}/transcript")["segments"]
        if len(found) != len(rows):
            rows, changed = found, time.monotonic()
        is_said = time.monotonic() - began > at_least_seconds
        if is_said and time.monotonic() - changed > _SETTLED_SECONDS:
            break
        time.sleep(1.0)
    return rows


def _write(path: Path, clips: list[Clip]) -> float:
    lead, pause = (bytes(int(length * 8000) * 2) for length in (_LEAD_SECONDS, _PAUSE_SECONDS))
    pcm = lead + b"".join(clip.pcm + pause for clip in clips)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(pcm)
    return len(pcm) / 16_000
