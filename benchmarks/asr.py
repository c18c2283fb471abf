"""How well and how soon speech becomes text: `python -m benchmarks.asr [--parts files,calls,...]`.

files: errors, real-time factor, processor time and memory of each engine, straight from the clips.
calls: the same clips through real calls: SIPp, media engine, fork, recognition, lawyer's console.
lag: from the end of speech to the final words on the wire, both sides speaking 45 % of the time.
pacing: how evenly the media engine sends 20 calls, alone and beside as many that are transcribed.
soak: many calls through the pool with the scripted engine, and some with a real one; memory has to
stay flat.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from benchmarks import asr_calls, asr_files, asr_lag, asr_soak

_SPEECH = Path(__file__).parents[2] / "shared" / "asr-data" / "speech"
_PARTS = ("files", "calls", "lag", "pacing", "soak")


def main() -> int:
    """Runs the parts that are asked for; returns 1 when one could not be carried out."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.asr",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--parts", default=",".join(_PARTS), help="what is measured, as a list")
    parser.add_argument("--speech", type=Path, default=_SPEECH, help="folder of recorded speech")
    parser.add_argument(
        "--engines",
        default="zh=whisper",
        help="as HOTLINE_ASR_ENGINES; several settings behind one another with semicolons",
    )
    parser.add_argument("--clips", type=int, default=1000, help="at most so many clips (all)")
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
    # Options of other benchmarks are not ours to judge.
    given, _ = parser.parse_known_args()
    parts = given.parts.split(",")
    engines = given.engines.split(";")
    counts = [int(count) for count in given.calls.split(",")]
    has_speech = (given.speech / "zh_8k" / "transcripts.tsv").is_file()
    if not has_speech and parts != ["soak"]:
        print(f"There is no recorded speech in {given.speech}: give its folder with --speech.")
        return 1
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
        asyncio.run(
            asr_lag.run(given.speech, engines=engines, counts=counts, seconds=given.seconds)
        )
    if "pacing" in parts:
        asyncio.run(
            asr_lag.pacing(
                given.speech, engines[0], calls=given.pacing_calls, seconds=given.seconds
            )
        )
    if "soak" not in parts:
        return 0
    is_flat = asr_soak.run(given.soak_calls)
    if has_speech:
        is_flat &= asr_soak.run_real(given.soak_real_calls, setting=engines[0], speech=given.speech)
    return 0 if is_flat else 1


if __name__ == "__main__":
    sys.exit(main())
