"""Lays uploaded prompts out as files, where the media engine finds them.

The database is the truth; the files are made of it again whenever they differ.
"""

import hashlib
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
    with house.database.reading() as session:
        wanted = {
            root / row.language / f"{row.key}.wav": (row.sha256, row.audio)
            for row in prompts.active(session)
        }
    changed = 0
    for path, (digest, audio) in wanted.items():
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(f".{path.name}.part")
            partial.write_bytes(audio)
            partial.replace(path)
            changed += 1
    for path in root.glob("*/*.wav"):
        if path not in wanted and not path.name.startswith("."):
            path.unlink(missing_ok=True)
            changed += 1
    return changed
