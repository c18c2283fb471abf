"""Prompts: what there is in each language, listening, uploading one or a whole language."""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import Form, Request, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel

from api.paging import Page
from hotline.errors import HotlineError, InvalidInput
from hotline.flows.judge import judge, text_in_force
from hotline.prompts import service as prompts, shelf
from hotline.tables import PromptVersion, User
from hotline.views.access import ADMIN, WATCHERS, require_role
from hotline.views.reader import Reader, Shape
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy, require_own_origin
from recordings.prompt_sound import MAX_BYTES, PromptSound, make_prompt

router = Router(prefix="/prompts", tags=["administration"])

_ADMINS = frozenset({ADMIN})
_MAX_PACK_BYTES = 200_000_000
_MAX_PACK_FILES = 500
# The form around a file, with its note.
_FORM_BYTES = 10_000

MOST_BYTES = _MAX_PACK_BYTES + _FORM_BYTES
"""The longest request body that these addresses take."""

_AUDIO_SUFFIXES = (".wav", ".mp3")

# What zipfile says of other files, of broken ones, and of methods and passwords that it lacks.
_NO_PACK = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)

Note = Annotated[str, Form(max_length=500)]


class PromptShape(Shape):
    """One prompt. `sources` says for each language where its audio comes from: uploaded, own or
    shipped; languages that are not there hear the default one.
    """

    key: str
    is_used: bool
    texts: dict[str, str]
    sources: dict[str, str]


class PromptList(Page[PromptShape]):
    """Every prompt, and how many the flow names that each language lacks."""

    languages: list[str]
    default_language: str
    missing: dict[str, int]


class PromptVersionShape(Shape):
    """One uploaded recording; `state` is active or retired. Levels in dBFS."""

    key: str
    language: str
    version: int
    state: str
    seconds: float
    level_dbfs: float
    gain_db: float
    note: str
    uploaded_at: datetime
    uploaded_by: str | None
    retired_at: datetime | None


class PackEntry(BaseModel):
    """What became of one file of a pack; `problem` is None where it is heard from now on."""

    file: str
    key: str | None
    problem: str | None


class PackReport(BaseModel):
    """What became of a pack, and what the language still lacks."""

    language: str
    taken: int
    entries: list[PackEntry]
    missing: list[str]


@router.get("")
def get_prompts(reader: ReadBy) -> PromptList:
    """Every prompt with its words and its sources."""
    require_role(reader.signed_in, WATCHERS)
    settings = reader.house.settings
    items = _states(reader)
    return PromptList(
        items=items,
        languages=list(settings.languages),
        default_language=judge().default_language(text_in_force(reader.session, settings)),
        missing={language: len(_missing(items, language)) for language in settings.languages},
    )


@router.post("/packs/{language}")
def post_pack(
    language: str, file: UploadFile, request: Request, reader: ReadBy, note: Note = ""
) -> PackReport:
    """Takes a zip of `<key>.wav` or `.mp3`; what cannot be taken is reported, file by file."""
    _require_change(request, reader)
    prompts.check_names("pack", language)
    made = [_made(language, name, data) for name, data in _unpacked(file)]
    with reader.house.database.session() as session:
        for entry, sound in made:
            if sound is not None and entry.key is not None:
                by = session.get_one(User, reader.signed_in.id)
                prompts.store(session, reader.house, entry.key, language, sound, note=note, by=by)
    taken = sum(sound is not None for _, sound in made)
    missing = _missing(_states(reader), language)
    entries = [entry for entry, _ in made]
    return PackReport(language=language, taken=taken, entries=entries, missing=missing)


@router.get("/{language}/{key}/audio", response_class=FileResponse)
def get_audio(language: str, key: str, reader: ReadBy) -> FileResponse:
    """What callers of this language hear, WAV."""
    require_role(reader.signed_in, WATCHERS)
    prompts.check_names(key, language)
    shelf.lay_out(reader.house)
    settings = reader.house.settings
    text = text_in_force(reader.session, settings)
    path = judge().prompt_file(text, settings, key, language)
    return FileResponse(path, media_type="audio/wav", headers={"Cache-Control": "no-store"})


@router.get("/{language}/{key}")
def get_versions(language: str, key: str, reader: ReadBy) -> Page[PromptVersionShape]:
    """The uploaded recordings of one prompt, newest first."""
    require_role(reader.signed_in, WATCHERS)
    return Page(items=[_shape(row) for row in prompts.versions(reader.session, key, language)])


@router.put("/{language}/{key}")
def put_prompt(
    language: str, key: str, file: UploadFile, request: Request, reader: ReadBy, note: Note = ""
) -> PromptVersionShape:
    """Lets callers hear a recording, WAV or MP3; 422 with the reason when it is not fit."""
    _require_change(request, reader)
    prompts.check_names(key, language)
    sound = make_prompt(file.file.read(MAX_BYTES + 1))
    with reader.house.database.session() as session:
        by = session.get_one(User, reader.signed_in.id)
        row = prompts.store(session, reader.house, key, language, sound, note=note, by=by)
        return _shape(row)


@router.delete("/{language}/{key}", status_code=204)
def delete_prompt(language: str, key: str, writer: WriteBy) -> None:
    """Lets callers hear the shipped recording again; the uploaded ones are kept."""
    require_role(writer.signed_in, _ADMINS)
    prompts.take_back(writer.session, writer.house, key, language, by=writer.signed_in)


def _require_change(request: Request, reader: Reader) -> None:
    """What `WriteBy` does, without its transaction: nobody may wait for a decoder to write.

    Raises:
        NotAllowed: The person is no administrator, or another site's page sent this.
    """
    if "authorization" not in request.headers:
        require_own_origin(request)
    require_role(reader.signed_in, _ADMINS)


def _states(reader: Reader) -> list[PromptShape]:
    shelf.lay_out(reader.house)
    settings = reader.house.settings
    return [
        PromptShape.model_validate(each, from_attributes=True)
        for each in judge().prompts(text_in_force(reader.session, settings), settings)
    ]


def _missing(items: list[PromptShape], language: str) -> list[str]:
    return [
        each.key
        for each in items
        if each.is_used and language not in each.sources and "any" not in each.sources
    ]


def _unpacked(file: UploadFile) -> Iterator[tuple[str, bytes]]:
    """The files of a pack, one in memory at a time.

    Nothing is written to disk, so that no name can lead anywhere.
    """
    try:
        with zipfile.ZipFile(file.file) as pack:
            entries = [entry for entry in pack.infolist() if not entry.is_dir()]
            if len(entries) > _MAX_PACK_FILES:
                raise InvalidInput(f"A pack has at most {_MAX_PACK_FILES} files.")
            if sum(entry.file_size for entry in entries) > _MAX_PACK_BYTES:
                raise InvalidInput("Unpacked the pack is too large.")
            for entry in entries:
                yield entry.filename, _bytes_of(pack, entry)
    except _NO_PACK as error:
        raise InvalidInput("A language pack is a zip file without a password.") from error


def _bytes_of(pack: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with pack.open(entry) as file:
        return file.read(MAX_BYTES + 1)


def _made(language: str, name: str, data: bytes) -> tuple[PackEntry, PromptSound | None]:
    path = PurePosixPath(name)
    if path.suffix.lower() not in _AUDIO_SUFFIXES:
        problem = "It is neither a WAV nor an MP3 file."
        return PackEntry(file=name, key=None, problem=problem), None
    try:
        prompts.check_names(path.stem, language)
        sound = make_prompt(data)
    except HotlineError as error:
        return PackEntry(file=name, key=path.stem, problem=str(error)), None
    return PackEntry(file=name, key=path.stem, problem=None), sound


def _shape(row: PromptVersion) -> PromptVersionShape:
    return PromptVersionShape.model_validate(row, from_attributes=True)
