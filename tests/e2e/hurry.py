"""A hotline that waits for whoever is slow, and one in a hurry besides.

A machine may stand still for seconds; then no key comes too late, and nothing is given up that is
on its way. The one in a hurry is for tests that are not about what callers are told: its prompts
are the beginnings of the shipped ones and its rating waits a second for the key, so that the same
calls take a quarter of their time. All this comes as an operator's own files, by documented means.
"""

import re
import wave
from pathlib import Path

import ivr

_SHIPPED = Path(ivr.__file__).parent / "prompts"
_PROMPT_SECONDS = 0.4
# Seconds of the flow, by name, in which somebody or something has to do its part.
_PATIENCE = {"answer": 30, "rating": 60, "enqueue": 60, "booking": 60, "connect": 60}


def patient(data_dir: Path) -> dict[str, str]:
    """Puts the operator's flow into a data directory; returns the settings that go with it."""
    return _write_flow(data_dir, _PATIENCE)


def hurry(data_dir: Path) -> dict[str, str]:
    """Puts the operator's files into a data directory; returns the settings that go with them."""
    for source in _SHIPPED.glob("audio/*/*.wav"):
        _write_beginning(source, data_dir / "prompts" / source.parent.name / source.name)
    return _write_flow(data_dir, {**_PATIENCE, "rating": 1})


def _write_flow(data_dir: Path, seconds: dict[str, int]) -> dict[str, str]:
    text = (_SHIPPED / "flow.toml").read_text(encoding="utf-8")
    before, section, rest = text.partition("\n[seconds]\n")
    for name, value in seconds.items():
        rest, count = re.subn(rf"(?m)^{name} = \d+ ", f"{name} = {value} ", rest)
        assert count == 1, f"the shipped flow has no one time for {name}"
    path = data_dir / "flow.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(before + section + rest, encoding="utf-8")
    return {"HOTLINE_FLOW_FILE": str(path)}


def _write_beginning(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(source), "rb") as long, wave.open(str(path), "wb") as short:
        short.setparams(long.getparams())
        short.writeframes(long.readframes(int(_PROMPT_SECONDS * long.getframerate())))
