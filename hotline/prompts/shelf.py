"""Lays uploaded prompts out as files, where the media engine finds them.

The database is the truth; the files are made of it again whenever they differ.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hotline.house import House
from hotline.prompts import service as prompts
from hotline.settings import Settings


def directory(settings: Settings) -> Path:
    """Where uploaded prompts lie: `<language>/<key>.wav`."""
    return settings.data_dir / "prompts-uploaded"


def lay_out(house: House) -> int:
    """Makes the files what the database says; returns how many were changed. Blocks."""
    root = directory(house.settings)
    with _alone(root), house.database.reading() as session:
        digests = prompts.active(session)
        wanted = {root / language / f"{key}.wav": (language, key) for language, key in digests}
        stale = [path for path, name in wanted.items() if _digest(path) != digests[name]]
        for path in stale:
            _write(path, prompts.audio(session, *wanted[path]))
    unwanted = [path for path in root.glob("*/*.wav") if path not in wanted]
    for path in unwanted:
        path.unlink(missing_ok=True)
    return len(stale) + len(unwanted)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keeps the telephone and the web process from laying out at once, each what it has read.

    The lock goes with the process that dies, and is held while some files are written.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _write(path: Path, audio: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    partial.write_bytes(audio)
    partial.replace(path)
