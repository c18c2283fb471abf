"""Uploaded prompts reach the media engine while calls go on."""

import asyncio
import contextlib

from hotline.house import House
from hotline.prompts import shelf
from ivr.prompt_shelf import PromptShelf
from tests.unit.api.factories import add_people
from tests.unit.hotline.prompts.test_shelf import upload
from tests.unit.ivr.exchange import until


async def test_change__lays_out_what_was_uploaded(house: House) -> None:
    upload(house, add_people(house)["admin"], b"first")
    prompts = PromptShelf(house)
    task = asyncio.create_task(prompts.keep_laying_out())

    for _ in range(100):
        prompts.change()

    path = shelf.directory(house.settings) / "bo" / "thanks.wav"
    await until(path.exists, "the file")
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert path.read_bytes() == b"first"


def test_lay_out__goes_on_without_the_database(house: House) -> None:
    (house.settings.data_dir / "hotline.db").write_bytes(b"no database at all" * 100)

    PromptShelf(house).lay_out()

    assert not list(shelf.directory(house.settings).glob("*/*.wav"))
