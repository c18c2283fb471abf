"""Keys in the sound: all sixteen are found, and no voice presses one."""

import csv
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from ivr.media.control import Codec
from ivr.media.g711 import SILENCE, encode
from ivr.media.tone_detector import ToneDetector
from ivr.media.tones import HIGH_HZ, KEYPAD, LOW_HZ, Samples, sines
from tests.conftest import SPEECH

PROMPTS = Path(__file__).parents[4] / "ivr" / "prompts" / "audio"
KEYS = "".join(KEYPAD)
ROW = 3


def key(
    digit: str,
    *,
    seconds: float = 0.1,
    dbm0: float = -10.0,
    twist_db: float = 0.0,
    detuned: float = 0.0,
) -> Samples:
    """A key with its higher tone louder by the twist, and off by a share of its frequency."""
    at = KEYS.index(digit)
    low, high = LOW_HZ[at // 4] * (1 + detuned), HIGH_HZ[at % 4] * (1 + detuned)
    return sines([(low, dbm0), (high, dbm0 + twist_db)], seconds)


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * 8000), np.int16)


def found(
    samples: Samples, *, codec: Codec = Codec.PCMA, lost: frozenset[int] = frozenset()
) -> str:
    """The keys found in some sound, through G.711; frames that are lost are skipped."""
    detector, rows, keys = ToneDetector(8), np.array([ROW]), ""
    payload = encode(np.ascontiguousarray(samples, np.int16), codec)
    for number in range(len(payload) // 160):
        if number in lost:
            detector.skip(rows)
            continue
        frame = np.frombuffer(payload[160 * number : 160 * number + 160], np.uint8)[np.newaxis]
        keys += "".join(digit for _, digit in detector.push(rows, frame, codec))
    return keys


@pytest.mark.parametrize("codec", Codec)
@pytest.mark.parametrize("dbm0", [-30.0, -20.0, -10.0, -3.0, 0.0])
def test_push__every_key_at_every_level(dbm0: float, codec: Codec) -> None:
    pieces = [piece for digit in KEYS for piece in (key(digit, dbm0=dbm0 - 3), quiet(0.1))]

    assert found(np.concatenate(pieces), codec=codec) == KEYS


@pytest.mark.parametrize("offset", range(0, 160, 20))
def test_push__keys_of_50_ms_wherever_they_begin(offset: int) -> None:
    pieces = [piece for digit in KEYS for piece in (key(digit, seconds=0.05), quiet(0.05))]

    assert found(np.concatenate([quiet(offset / 8000), *pieces, quiet(0.1)])) == KEYS


@pytest.mark.parametrize("detuned", [-0.015, 0.015])
@pytest.mark.parametrize("twist_db", [-8.0, 4.0])
def test_push__keys_of_a_bad_telephone(twist_db: float, detuned: float) -> None:
    """Q.24: 1.5 % off, higher tone 4 dB louder to 8 dB quieter."""
    pieces = [
        piece
        for digit in KEYS
        for piece in (key(digit, twist_db=twist_db, detuned=detuned), quiet(0.08))
    ]

    assert found(np.concatenate(pieces)) == KEYS


def test_push__keys_on_a_noisy_line() -> None:
    rng = np.random.default_rng(3)
    pieces = np.concatenate([p for digit in KEYS for p in (key(digit, dbm0=-15), quiet(0.1))])
    noise = rng.normal(0, 180, len(pieces))

    assert found((pieces + noise).astype(np.int16)) == KEYS


@pytest.mark.parametrize("seed", range(4))
def test_push__five_percent_lost_costs_no_key_and_doubles_none(seed: int) -> None:
    digits = KEYS * 3
    samples = np.concatenate(
        [p for digit in digits for p in (key(digit, seconds=0.12), quiet(0.1))]
    )
    rng = np.random.default_rng(seed)
    lost = frozenset(np.flatnonzero(rng.random(len(samples) // 160) < 0.05).tolist())

    assert found(samples, lost=lost) == digits


def test_push__a_key_that_is_held_is_one() -> None:
    assert found(np.concatenate([key("5", seconds=3.0), quiet(0.2), key("5"), quiet(0.1)])) == "55"


@pytest.mark.parametrize(
    "sound",
    [
        sines([(697, -10.0)], 0.5),
        sines([(697, -10.0), (770, -10.0)], 0.5),
        sines([(697, -10.0), (1209, -22.0)], 0.5),
        sines([(697, -10.0), (1209, -2.0)], 0.5),
        sines([(730, -10.0), (1270, -10.0)], 0.5),
        sines([(450, -10.0)], 1.0),
        sines([(697, -10.0), (1209, -10.0), (2000, -8.0)], 0.5),
        key("5", dbm0=-45.0, seconds=0.5),
        key("5", seconds=0.02),
    ],
    ids=range(9),
)
def test_push__what_is_no_key(sound: Samples) -> None:
    assert found(np.concatenate([quiet(0.05), sound, quiet(0.1)])) == ""


def test_push__noise_is_no_key() -> None:
    rng = np.random.default_rng(1)

    assert found(rng.normal(0, 3000, 8000 * 30).clip(-30_000, 30_000).astype(np.int16)) == ""


def test_push__rows_do_not_disturb_each_other() -> None:
    detector, rows = ToneDetector(4), np.array([0, 2, 3])
    payloads = [encode(key(digit), Codec.PCMA) for digit in "1#"] + [SILENCE[Codec.PCMA] * 5]
    pressed = []
    for at in range(0, 800, 160):
        frames = np.stack([np.frombuffer(p[at : at + 160], np.uint8) for p in payloads])
        pressed += detector.push(rows, frames, Codec.PCMA)

    assert sorted(pressed) == [(0, "1"), (2, "#")]


def test_reset__forgets_a_key_that_was_held() -> None:
    detector, rows = ToneDetector(4), np.array([1])
    frame = np.frombuffer(encode(key("7"), Codec.PCMA)[160:320], np.uint8)[np.newaxis]
    detector.push(rows, frame, Codec.PCMA)
    first = detector.push(rows, frame, Codec.PCMA)

    detector.reset(1)

    again = [detector.push(rows, frame, Codec.PCMA) for _ in range(2)]
    assert first == [(1, "7")] or again
    assert [(1, "7")] in again


def speech(folder: str) -> Iterator[Path]:
    table = SPEECH / folder / "transcripts.tsv"
    if not table.is_file():
        pytest.skip(f"no recorded speech: {table} is not on this machine")
    with table.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield table.parent / row["file"]


def read(path: Path) -> Samples:
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)


def found_in(paths: Sequence[Path]) -> list[tuple[str, str]]:
    """The keys found in some files, a row each, all at once: (file, key)."""
    payloads = [encode(read(path), Codec.PCMA) for path in paths]
    length = max(map(len, payloads)) // 160 * 160
    silence = SILENCE[Codec.PCMA][:1]
    sound = np.stack([np.frombuffer(p[:length].ljust(length, silence), np.uint8) for p in payloads])
    detector, rows = ToneDetector(len(paths)), np.arange(len(paths))
    return [
        (paths[row].name, digit)
        for at in range(0, length, 160)
        for row, digit in detector.push(rows, sound[:, at : at + 160], Codec.PCMA)
    ]


def test_push__human_speech_presses_no_key() -> None:
    """125 utterances, 11 minutes; Q.24 and its tests want less than one in some minutes."""
    assert found_in(list(speech("zh_8k"))) == []


def test_push__our_own_prompts_press_no_key() -> None:
    paths = sorted(PROMPTS.rglob("*.wav"))

    assert len(paths) > 50
    assert found_in(paths) == []


def test_push__a_key_pressed_while_speaking_softly() -> None:
    voice = read(PROMPTS / "zh" / "recording_notice.wav")[: 8000 * 3] // 24
    pressed = np.concatenate([quiet(1.0), key("9", dbm0=-10, seconds=0.15), quiet(1.85)])

    assert found((voice + pressed[: len(voice)]).astype(np.int16)) == "9"
