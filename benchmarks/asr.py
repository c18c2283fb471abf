"""How well and how soon speech becomes text: `python -m benchmarks.asr [--parts files,calls,...]`.

files: errors, real-time factor, processor time and memory of each engine, straight from the clips.
calls: the same clips through real calls: SIPp, media engine, fork, recognition, lawyer's console.
lag: from the end of speech to the final words on the wire, both sides speaking 45 % of the time.
pacing: how evenly the media engine sends 20 calls, alone and beside as many that are transcribed.
soak: many calls through the pool with the scripted engine, and some with a real one; memory has to
stay flat.

Engines are Whisper, each Vosk model of Mandarin that the operator has installed (in
HOTLINE_DATA_DIR, or var), and the operator's speech servers; where none is set, a server of the
benchmark's own with Whisper behind it. Pacing and the soak take the first of them.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from asr.engine import EngineLostError
from benchmarks import asr_calls, asr_files, asr_lag, asr_soak
from benchmarks.asr_engines import NAMES, Candidate, candidates
from hotline.errors import NotConfigured
from hotline.settings import load_settings

_SPEECH = Path(__file__).parents[2] / "shared" / "asr-data" / "speech"
_PARTS = ("files", "calls", "lag", "pacing", "soak")


def main() -> int:
    """Runs the parts that are asked for; returns 1 when one could not be carried out."""
    # Options of other benchmarks are not ours to judge.
    given, _ = _parser().parse_known_args()
    parts = given.parts.split(",")
    has_speech = (given.speech / "zh_8k" / "transcripts.tsv").is_file()
    if not has_speech and parts != ["soak"]:
        print(f"There is no recorded speech in {given.speech}: give its folder with --speech.")
        return 1
    try:
        with candidates(given.engines, load_settings()) as engines:
            if not engines:
                print("There is no engine to be measured.")
                return 1
            _measure(parts, engines, given)
            is_flat = "soak" not in parts or _soak(engines[0], given, has_speech=has_speech)
    except (NotConfigured, EngineLostError) as error:
        print(error)
        return 1
    return 0 if is_flat else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.asr",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--parts", default=",".join(_PARTS), help="what is measured, as a list")
    parser.add_argument("--speech", type=Path, default=_SPEECH, help="folder of recorded speech")
    parser.add_argument(
        "--engines",
        default=",".join(NAMES),
        help="a list of names, or settings as HOTLINE_ASR_ENGINES has them, behind one another "
        "with semicolons",
    )
    parser.add_argument(
        "--clips", type=int, default=1000, help="at most so many clips of each folder (all)"
    )
    parser.add_argument(
        "--at-once", type=int, choices=range(1, 5), default=4, help="calls at the same time (calls)"
    )
    parser.add_argument(
        "--show", action="store_true", help="print what was said and what was heard (calls)"
    )
    parser.add_argument("--calls", default="1,4,8,12,20", help="calls at once, as a list (lag)")
    parser.add_argument("--pacing-calls", type=int, default=20, help="transcribed calls (pacing)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each is measured")
    parser.add_argument("--soak-calls", type=int, default=500, help="calls of the soak")
    parser.add_argument(
        "--soak-real-calls", type=int, default=40, help="calls of the soak with a real engine"
    )
    return parser


def _measure(parts: list[str], engines: list[Candidate], given: argparse.Namespace) -> None:
    known: dict[tuple[str, str], asr_files.Scores] = {}
    if "files" in parts:
        known = asr_files.run(given.speech, engines=engines, most=given.clips)
    if "calls" in parts:
        asr_calls.run(
            given.speech,
            engines=engines,
            most=given.clips,
            at_once=given.at_once,
            known=known,
            shows=given.show,
        )
    if "lag" in parts:
        counts = [int(count) for count in given.calls.split(",")]
        asyncio.run(
            asr_lag.run(given.speech, engines=engines, counts=counts, seconds=given.seconds)
        )
    if "pacing" in parts:
        asyncio.run(
            asr_lag.pacing(
                given.speech, engines[0], calls=given.pacing_calls, seconds=given.seconds
            )
        )


def _soak(candidate: Candidate, given: argparse.Namespace, *, has_speech: bool) -> bool:
    """Whether memory stayed flat."""
    is_flat = asr_soak.run(given.soak_calls)
    if has_speech:
        is_flat &= asr_soak.run_real(
            given.soak_real_calls, candidate=candidate, speech=given.speech
        )
    return is_flat


if __name__ == "__main__":
    sys.exit(main())
