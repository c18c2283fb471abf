"""Recorded clips through real calls: what the lawyers' consoles got live is what counts."""

import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from httpx import HTTPError

from benchmarks.asr_caller import calling
from benchmarks.asr_clips import Clip, character_errors, load
from benchmarks.asr_engines import LANGUAGE, Candidate
from benchmarks.asr_files import FOLDERS, Scores, straight
from tests.e2e.headless import HeadlessLawyer
from tests.e2e.peers import eventually
from tests.e2e.stack import Stack

# The demo's lawyers who take calls in Mandarin about labour law.
_LAWYERS = ("lawyer1", "lawyer2", "lawyer3", "lawyer4")

# So many clips in one call.
_A_CALL = 8
# Keys, prompts and the offer come before the words.
_OFFER_SECONDS = 60.0
# Once all is said and no words have come for so long, none will.
_SETTLED_SECONDS = 15.0
_RATING_SECONDS = 60.0
_LONGEST_SECONDS = 600.0
_POLL_SECONDS = 0.1
# A call that fails is placed again; the last failure is the benchmark's.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a console got of one call."""

    text: str
    degraded: bool


def run(
    speech: Path,
    *,
    engines: list[Candidate],
    most: int,
    at_once: int,
    known: dict[tuple[str, str], Scores],
    shows: bool,
) -> None:
    """Prints a row for each engine of Mandarin and folder: from the file, through calls, apart.

    Args:
        speech: The folder of recorded speech.
        engines: What is measured.
        most: At most so many clips of each folder.
        at_once: How many calls go on at the same time.
        known: Scores straight from the file that have been found already.
        shows: Whether what was said and what was heard are printed for each call.
    """
    print(
        f"{'engine':<30} {'clips':<6} {'count':>6} {'file %':>7} {'calls %':>8} {'points':>7} "
        f"{'calls':>6} {'not live':>9} {'minutes':>8}"
    )
    for candidate in engines:
        if candidate.language != LANGUAGE:
            continue
        with tempfile.TemporaryDirectory() as name, ExitStack() as running:
            directory = Path(name)
            stack = Stack(directory, HOTLINE_ASR_ENGINES=candidate.setting)
            running.callback(stack.stop)
            stack.start()
            for folder in FOLDERS:
                clips = load(speech / folder, most=most)
                parts = [clips[at : at + _A_CALL] for at in range(0, len(clips), _A_CALL)]
                began = time.monotonic()
                heard = _through(stack, parts, at_once, directory)
                minutes = (time.monotonic() - began) / 60
                through = _score(parts, heard, shows=shows)
                file = known.get((candidate.setting, folder)) or straight(candidate, clips)
                print(
                    f"{candidate.name:<30.30} {folder:<6} {len(clips):>6} {file.percent:>7.1f} "
                    f"{through.percent:>8.1f} {through.percent - file.percent:>+7.1f} "
                    f"{len(parts):>6} {sum(one.degraded for one in heard):>9} {minutes:>8.1f}",
                    flush=True,
                )


def _through(stack: Stack, parts: list[list[Clip]], at_once: int, directory: Path) -> list[_Heard]:
    """What the consoles got of calls that go on side by side."""
    with ExitStack() as duty:
        office = _Office(
            [duty.enter_context(HeadlessLawyer(stack, name)) for name in _LAWYERS[:at_once]]
        )
        with ThreadPoolExecutor(at_once) as pool:
            return list(
                pool.map(
                    lambda numbered: _heard(stack, office, directory, *numbered), enumerate(parts)
                )
            )


def _score(parts: list[list[Clip]], heard: list[_Heard], *, shows: bool) -> Scores:
    scores = Scores()
    for part, one in zip(parts, heard, strict=True):
        said = "".join(clip.text for clip in part)
        scores += Scores(*character_errors(said, one.text))
        if shows:
            print(f"  said  {said}\n  heard {one.text}")
    return scores


class _Office:
    """The lawyers on duty; whoever is offered the next call takes it."""

    def __init__(self, lawyers: list[HeadlessLawyer]) -> None:
        self._lawyers = lawyers
        self._taken: set[str] = set()
        # One call at a time waits for a lawyer, so that it is known who answered whom.
        self.turn = threading.Lock()
        for lawyer in lawyers:
            lawyer.go_on_duty()

    def answer(self) -> tuple[HeadlessLawyer, str]:
        """Answers the call that waits; returns who did, and the call's id."""
        lawyer, offer = eventually(self._offered, what="an offer", timeout_seconds=_OFFER_SECONDS)
        self._taken.add(offer["id"])
        won = lawyer.client.ask("POST", f"/offers/{offer['id']}/accept").json()
        lawyer.open_audio(won["audio_url"])
        return lawyer, str(won["call_id"])

    def _offered(self) -> tuple[HeadlessLawyer, dict[str, Any]] | None:
        for lawyer in self._lawyers:
            for event in list(lawyer.events):
                if event["type"] == "offer.made" and event["data"]["id"] not in self._taken:
                    return lawyer, event["data"]
        return None


def _heard(
    stack: Stack, office: _Office, directory: Path, number: int, clips: list[Clip]
) -> _Heard:
    """What comes of a call, which is placed anew if it fails: an hour's run is worth that."""
    for attempt in range(1, _TRIES):
        try:
            return _call(stack, office, directory, f"136{attempt}{number:07d}", clips)
        except (AssertionError, HTTPError, OSError) as error:
            print(f"call {number} is placed again: {str(error)[:200]}", file=sys.stderr)
    return _call(stack, office, directory, f"136{_TRIES}{number:07d}", clips)


def _call(stack: Stack, office: _Office, directory: Path, number: str, clips: list[Clip]) -> _Heard:
    """One call from the first key to the hang-up."""
    with ExitStack() as line:
        with office.turn:
            caller = line.enter_context(
                calling(
                    stack.sip_port,
                    clips,
                    number=number,
                    directory=directory,
                    longest_seconds=_LONGEST_SECONDS,
                )
            )
            lawyer, call_id = office.answer()
        eventually(
            lambda: lawyer.client.get(f"/calls/{call_id}")["bridged_at"],
            what="the talk",
            timeout_seconds=_OFFER_SECONDS,
        )
        caller.speak()
        _settle(lawyer, call_id, at_least_seconds=caller.seconds)
        lawyer.client.ask("POST", f"/calls/{call_id}/hang-up")
        caller.wait()
        lawyer.go_on_duty()
    return _Heard(
        "".join(row["text"] for row in _segments(lawyer, call_id)),
        degraded=_is_degraded(lawyer, call_id),
    )


def _settle(lawyer: HeadlessLawyer, call_id: str, *, at_least_seconds: float) -> None:
    """Waits until the clips have been said and no more words come."""
    began = changed = time.monotonic()
    count = 0
    while (now := time.monotonic()) - began < _LONGEST_SECONDS:
        if len(found := _segments(lawyer, call_id)) != count:
            count, changed = len(found), now
        if min(now - began - at_least_seconds, now - changed) > _SETTLED_SECONDS:
            return
        time.sleep(_POLL_SECONDS)


def _segments(lawyer: HeadlessLawyer, call_id: str) -> list[dict[str, Any]]:
    """The caller's words as the console got them, in their order."""
    found = {
        event["data"]["id"]: event["data"]
        for event in list(lawyer.events)
        if event["type"] == "transcript.segment" and event["data"]["call_id"] == call_id
    }
    live = [row for row in found.values() if (row["speaker"], row["source"]) == ("caller", "live")]
    return sorted(live, key=lambda row: row["start_ms"])


def _is_degraded(lawyer: HeadlessLawyer, call_id: str) -> bool:
    """Whether a part of the call was left to the after-call job."""
    return any(
        event["type"] == "speech.changed"
        and event["data"]["call_id"] == call_id
        and any(
            (stream["speaker"], stream["state"]) == ("caller", "degraded")
            for stream in event["data"]["streams"]
        )
        for event in list(lawyer.events)
    )
