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
from benchmarks.sip import private_kb
from hotline.settings import load_settings

_PIECE_BYTES = 1600
FOLDERS = ("zh", "zh_8k")
# What is spoken in them.
LANGUAGE = "zh"

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


def language_of(setting: str) -> str:
    """The language of a setting such as ``zh=whisper``; its first, where there are several."""
    return setting.partition("=")[0].strip()


def run(speech: Path, *, engines: list[str], most: int) -> dict[tuple[str, str], Scores]:
    """Prints a row for each engine and folder; returns the scores by those two.

    The clips are Mandarin: engines of other languages are measured for time and memory only, which
    are rather too high then.
    """
    print(
        f"{'engine':<28} {'clips':<6} {'count':>6} {'CER %':>7} {'real time':>10} {'CPU/s':>7} "
        f"{'model MB':>9} {'MB/leg':>7}"
    )
    found: dict[tuple[str, str], Scores] = {}
    for setting in engines:
        before_kb = private_kb(os.getpid())
        engine = _engine(setting)
        model_mb = (private_kb(os.getpid()) - before_kb) / 1024
        leg_mb = _leg_mb(engine, load(speech / FOLDERS[0], most=_LEG_CLIPS), language_of(setting))
        for folder in FOLDERS:
            clips = load(speech / folder, most=most)
            began, used = time.monotonic(), time.process_time()
            scores = found[setting, folder] = _scores(engine, clips, language_of(setting))
            seconds = sum(clip.seconds for clip in clips)
            percent = f"{scores.percent:.1f}" if language_of(setting) == LANGUAGE else "-"
            print(
                f"{setting:<28.28} {folder:<6} {len(clips):>6} {percent:>7} "
                f"{(time.monotonic() - began) / seconds:>10.2f} "
                f"{(time.process_time() - used) / seconds:>7.2f} {model_mb:>9.0f} {leg_mb:>7.1f}",
                flush=True,
            )
    return found


def straight(setting: str, clips: list[Clip]) -> Scores:
    """What an engine makes of clips straight from their files."""
    return _scores(_engine(setting), clips, LANGUAGE)


def _engine(setting: str) -> Engine:
    with tempfile.TemporaryDirectory() as directory:
        settings = load_settings(Path(directory), asr_engines=setting)
        return Engines(choices(settings)).of(language_of(setting))


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
