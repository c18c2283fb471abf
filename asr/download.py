"""Fetching a model that the operator asked for: in pieces, resumed, checked, unpacked safely."""

import hashlib
import json
import shutil
import stat
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any

from hotline.errors import NotConfigured

_TIMEOUT_SECONDS = 30
_BLOCK_BYTES = 1 << 16
_INDEX = "model-list.json"
# The publisher's index lists some 120 models.
_INDEX_BYTES = 1 << 20

# Models grow to about twice their archive; more than twenty times is not a model.
_GREATEST_GROWTH = 20

# What zipfile raises for an archive that is cut off, damaged, encrypted, or of an unknown kind.
_NO_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)

# Bytes there, bytes in all (0 when unknown).
Progress = Callable[[int, int], None]


def fetch(url: str, target: Path, *, progress: Progress) -> None:
    """Downloads a file; what an interrupted attempt left in ``target.part`` is continued.

    Raises:
        NotConfigured: The file cannot be had; the message says what to do.
    """
    partial = target.with_name(f"{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _continue(url, partial, progress)
    except urllib.error.HTTPError as error:
        raise NotConfigured(
            f"{url} was answered with {error.code} {error.reason}: check the model's name and "
            "HOTLINE_VOSK_URL."
        ) from error
    except (OSError, HTTPException) as error:
        raise NotConfigured(
            f"{url} cannot be fetched from this machine: check the internet connection and run "
            "the same command again, it goes on where it stopped; or fetch the file elsewhere "
            "and run `hotline models install FILE.zip`."
        ) from error
    partial.replace(target)


def checksum_of(base_url: str, name: str) -> str | None:
    """The MD5 that the publisher's own index gives for a model; None when it cannot be had."""
    try:
        with _open(f"{base_url}/{_INDEX}", {}) as answer:
            index = json.loads(answer.read(_INDEX_BYTES))
        found: dict[str, object] = next((entry for entry in index if entry.get("name") == name), {})
    except (OSError, HTTPException, ValueError, AttributeError, TypeError):
        return None
    checksum = found.get("md5")
    return checksum if isinstance(checksum, str) and checksum else None


def check(archive: Path, *, sha256: str = "", md5: str | None = None) -> bool:
    """Compares an archive with what is known of it; False when nothing is known.

    The archive stays where it is, whatever it is: it may be the operator's own.

    Raises:
        NotConfigured: It differs.
    """
    kind, expected = ("sha256", sha256) if sha256 else ("md5", md5 or "")
    if not expected:
        return False
    found = hashlib.new(kind, usedforsecurity=False)
    with archive.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            found.update(block)
    if found.hexdigest() != expected:
        raise NotConfigured(
            f"{archive.name} arrived damaged or is not the file that was published: its {kind} is "
            f"{found.hexdigest()} and should be {expected}. Fetch it again."
        )
    return True


def unpack(archive: Path, directory: Path) -> None:
    """Unpacks a model's archive into `directory`, which appears whole or not at all.

    Raises:
        NotConfigured: It is no archive, holds no model, or would write outside or too much.
    """
    draft = directory.with_name(f".{directory.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as packed:
            _check_members(packed, archive)
            packed.extractall(draft)
        root = _root_of(draft)
        if root is None:
            raise NotConfigured(f"{archive.name} holds no Vosk model.")
        shutil.rmtree(directory, ignore_errors=True)
        root.rename(directory)
    except _NO_ARCHIVE as error:
        raise NotConfigured(f"{archive.name} is not a zip archive, or is damaged.") from error
    except OSError as error:
        raise NotConfigured(
            f"{archive.name} cannot be unpacked into {directory.parent}: "
            f"{error.strerror or 'the disk refused'}."
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _continue(url: str, partial: Path, progress: Progress) -> None:
    have = partial.stat().st_size if partial.exists() else 0
    try:
        answer = _open(url, {"Range": f"bytes={have}-"} if have else {})
    except urllib.error.HTTPError as error:
        if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not have:
            raise
        # What is there is more than the whole, or of another file: begin anew.
        partial.unlink()
        have, answer = 0, _open(url, {})
    with answer:
        if answer.status != HTTPStatus.PARTIAL_CONTENT:
            have = 0
        expected = int(answer.headers.get("Content-Length") or 0)
        whole = have + expected if expected else 0
        with partial.open("ab" if have else "wb") as file:
            while block := answer.read(_BLOCK_BYTES):
                file.write(block)
                have += len(block)
                progress(have, whole)
    if whole and have < whole:
        raise ConnectionError("the connection ended early")


def _open(url: str, headers: dict[str, str]) -> Any:
    if not url.startswith(("https://", "http://")):
        raise NotConfigured(f"{url} is not a web address: check HOTLINE_VOSK_URL.")
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the scheme was checked
    return urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS)  # noqa: S310


def _check_members(packed: zipfile.ZipFile, archive: Path) -> None:
    whole = 0
    for member in packed.infolist():
        path = Path(member.filename)
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        if path.is_absolute() or ".." in path.parts or "\\" in member.filename or is_link:
            raise NotConfigured(f"{archive.name} would write outside its own directory.")
        whole += member.file_size
    if whole > _GREATEST_GROWTH * max(1, archive.stat().st_size):
        raise NotConfigured(f"{archive.name} would grow beyond reason.")
    if whole > shutil.disk_usage(archive.parent).free:
        raise NotConfigured(f"There is no room for {archive.name}: it needs {whole} bytes.")


def _root_of(draft: Path) -> Path | None:
    """The directory of the model inside what was unpacked."""
    for directory in (draft, *sorted(path for path in draft.iterdir() if path.is_dir())):
        if (directory / "am").is_dir() or (directory / "final.mdl").is_file():
            return directory
    return None
