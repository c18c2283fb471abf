"""Uploaded prompts as files, whoever lays them out."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from hotline.errors import Conflict
from hotline.house import House
from hotline.prompts import service as prompts, shelf
from hotline.tables import User
from tests.unit.api.factories import add_people


@dataclass(frozen=True, slots=True)
class Recording:
    """Something uploaded."""

    wav: bytes
    seconds: float = 1.0
    level_dbfs: float = -20.0
    gain_db: float = 0.0


def upload(house: House, admin: str, wav: bytes, *, key: str = "thanks") -> None:
    """Lets callers hear other words."""
    with house.database.session() as session:
        by = session.get_one(User, admin)
        prompts.store(session, house, key, "bo", Recording(wav), note="", by=by)


def laid_out(house: House) -> dict[str, bytes]:
    """What the media engine would play."""
    root = shelf.directory(house.settings)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.glob("*/*.wav")}


def test_lay_out__writes_what_differs_and_nothing_else(house: House) -> None:
    admin = add_people(house)["admin"]
    upload(house, admin, b"first")
    upload(house, admin, b"menu", key="menu")

    assert shelf.lay_out(house) == 2
    assert laid_out(house) == {"bo/thanks.wav": b"first", "bo/menu.wav": b"menu"}
    assert shelf.lay_out(house) == 0

    upload(house, admin, b"second")
    assert shelf.lay_out(house) == 1
    assert laid_out(house)["bo/thanks.wav"] == b"second"


def test_lay_out__takes_away_what_was_taken_back(house: House) -> None:
    admin = add_people(house)["admin"]
    upload(house, admin, b"first")
    shelf.lay_out(house)
    with house.database.session() as session:
        prompts.take_back(session, house, "thanks", "bo", by=session.get_one(User, admin))

    assert shelf.lay_out(house) == 1
    assert laid_out(house) == {}


def test_lay_out__by_several_at_once_leaves_whole_files(house: House) -> None:
    admin = add_people(house)["admin"]
    long = bytes(300_000)
    for key in ("one", "two", "three"):
        upload(house, admin, long + key.encode(), key=key)

    with ThreadPoolExecutor(4) as threads:
        changed = list(threads.map(lambda _: shelf.lay_out(house), range(8)))

    assert sum(changed) == 3
    assert set(laid_out(house).values()) == {long + b"one", long + b"two", long + b"three"}
    assert _leftovers(house) == []


def _leftovers(house: House) -> list[Path]:
    return [*shelf.directory(house.settings).glob("**/*.part")]


def test_require_unchanged__tells_that_a_recording_came_meanwhile(house: House) -> None:
    admin = add_people(house)["admin"]
    upload(house, admin, b"first")
    with house.database.reading() as session:
        before = prompts.active(session)
        prompts.require_unchanged(session, before)
    upload(house, admin, b"second")
    with house.database.reading() as session, pytest.raises(Conflict):
        prompts.require_unchanged(session, before)
