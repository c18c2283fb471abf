"""Engines straight from recorded clips: errors, processor time, memory."""

import gc
import os
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from asr.engine import Engine, Final, Recogniser
from asr.engines import Engines
from asr.inventory import choices
from benchmarks.asr_clips import Clip, character_errors, load
from benchmarks.asr_engines import LANGUAGE, Candidate
from benchmarks.sip import private_kb
from hotline.settings import load_settings

_PIECE_BYTES = 1600
FOLDERS = ("zh", "zh_8k")

# Legs that are open at once when their memory is measured, and what each has heard by then.
_LEGS = 4
_LEG_CLIPS = 3


@dataclass(frozen=True, slots=True)
class Scores:
    """Wrong characters of so many that were said."""

    errors: int = 0
    characters: int = 0

    def __add__(self, other: "Scores") -> "Scores":
        return Scores(self.errors + other.errors, self.characters + other.characters)

    @property
    def percent(self) -> float:
        """Character error rate."""
        return 100 * self.errors / max(1, self.characters)


def run(speech: Path, *, engines: list[Candidate], most: int) -> dict[tuple[str, str], Scores]:
    """Prints a row for each engine and folder; returns the scores by its setting and the folder.

    The clips are Mandarin: engines of other languages are measured for time and memory only, which
    are rather too high then. Of servers, processor time and memory are this side's alone.
    """
    print(
        f"{'engine':<30} {'clips':<6} {'count':>6} {'CER %':>7} {'real time':>10} {'CPU/s':>7} "
        f"{'model MB':>9} {'MB/leg':>7}"
    )
    found: dict[tuple[str, str], Scores] = {}
    for candidate in engines:
        for folder, scores in _measured(speech, candidate, most=most).items():
            found[candidate.setting, folder] = scores
    return found


def _measured(speech: Path, candidate: Candidate, *, most: int) -> dict[str, Scores]:
    """Prints the rows of one engine, which is gone before the next one's memory is looked at."""
    found: dict[str, Scores] = {}
    gc.collect()
    before_kb = private_kb(os.getpid())
    engine = _engine(candidate)
    model_mb = max(0, private_kb(os.getpid()) - before_kb) / 1024
    leg_mb = _leg_mb(engine, load(speech / FOLDERS[0], most=_LEG_CLIPS), candidate.language)
    for folder in FOLDERS:
        clips = load(speech / folder, most=most)
        began, used = time.monotonic(), time.process_time()
        scores = found[folder] = _scores(engine, clips, candidate.language)
        seconds = sum(clip.seconds for clip in clips)
        percent = f"{scores.percent:.1f}" if candidate.language == LANGUAGE else "-"
        print(
            f"{candidate.name:<30.30} {folder:<6} {len(clips):>6} {percent:>7} "
            f"{(time.monotonic() - began) / seconds:>10.2f} "
            f"{(time.process_time() - used) / seconds:>7.2f} {model_mb:>9.0f} {leg_mb:>7.1f}",
            flush=True,
        )
    return found


def straight(candidate: Candidate, clips: list[Clip]) -> Scores:
    """What an engine makes of clips straight from their files."""
    return _scores(_engine(candidate), clips, LANGUAGE)


def _engine(candidate: Candidate) -> Engine:
    with tempfile.TemporaryDirectory() as directory:
        settings = load_settings(Path(directory), asr_engines=candidate.setting)
        return Engines(choices(settings)).of(candidate.language)


def _scores(engine: Engine, clips: list[Clip], language: str) -> Scores:
    scores = Scores()
    for clip in clips:
        with closing(engine.open(language)) as recogniser:
            heard = _fed(recogniser, clip)
        scores += Scores(*character_errors(clip.text, heard))
    return scores


def _leg_mb(engine: Engine, clips: list[Clip], language: str) -> float:
    """What one more side of a call keeps in memory while it is open."""
    with ExitStack() as legs:
        # The first one's memory is the engine's own.
        _open(engine, language, clips, legs)
        gc.collect()
        before_kb = private_kb(os.getpid())
        for _ in range(_LEGS):
            _open(engine, language, clips, legs)
        gc.collect()
        return max(0, private_kb(os.getpid()) - before_kb) / 1024 / _LEGS


def _open(engine: Engine, language: str, clips: list[Clip], legs: ExitStack) -> None:
    recogniser = engine.open(language)
    legs.callback(recogniser.close)
    for clip in clips:
        _fed(recogniser, clip)


def _fed(recogniser: Recogniser, clip: Clip) -> str:
    """The words of a clip."""
    heard = [
        piece
        for start in range(0, len(clip.pcm), _PIECE_BYTES)
        for piece in recogniser.accept(clip.pcm[start : start + _PIECE_BYTES])
    ]
    heard += recogniser.flush()
    return "".join(piece.text for piece in heard if isinstance(piece, Final))
