"""Engines straight from recorded clips: errors, processor time, memory."""

import tempfile
import time
from pathlib import Path

from asr.engine import Engine, Final
from asr.engines import Engines
from asr.inventory import choices
from benchmarks.asr_clips import Clip, character_errors, load
from hotline.settings import load_settings

_PIECE_BYTES = 1600
_LANGUAGE = "zh"
_FOLDERS = ("zh", "zh_8k")


def run(speech: Path, *, engines: list[str], most: int) -> None:
    """Prints a row for each engine and folder."""
    print(f"{'engine':<28} {'clips':<8} {'count':>6} {'CER %':>7} {'CPU/s':>7} {'MB':>7}")
    for setting in engines:
        for folder in _FOLDERS:
            if (speech / folder / "transcripts.tsv").is_file():
                clips = load(speech / folder, most=most)
                print(_row(setting, folder, clips), flush=True)


def _row(setting: str, folder: str, clips: list[Clip]) -> str:
    with tempfile.TemporaryDirectory() as directory:
        settings = load_settings(Path(directory), asr_engines=setting)
        engine = Engines(choices(settings)).of(_LANGUAGE)
        errors = length = 0
        began = time.process_time()
        for clip in clips:
            wrong, said = character_errors(clip.text, heard_by(engine, clip))
            errors, length = errors + wrong, length + said
        factor = (time.process_time() - began) / sum(clip.seconds for clip in clips)
        return (
            f"{setting:<28.28} {folder:<8} {len(clips):>6} {100 * errors / max(1, length):>7.1f} "
            f"{factor:>7.2f} {_resident_mb():>7.0f}"
        )


def heard_by(engine: Engine, clip: Clip) -> str:
    """What an engine makes of a clip."""
    recogniser = engine.open(_LANGUAGE)
    try:
        heard = [
            piece
            for start in range(0, len(clip.pcm), _PIECE_BYTES)
            for piece in recogniser.accept(clip.pcm[start : start + _PIECE_BYTES])
        ]
        heard += recogniser.flush()
    finally:
        recogniser.close()
    return "".join(piece.text for piece in heard if isinstance(piece, Final))


def _resident_mb() -> float:
    line = next(
        line
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmRSS:")
    )
    return int(line.split()[1]) / 1024
