"""Uploaded prompts as files for the media engine: laid out at the start and after each upload."""

import asyncio
import logging

from hotline.house import House
from hotline.prompts import shelf

log = logging.getLogger(__name__)


class PromptShelf:
    """Keeps the files what the database says."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._changed = asyncio.Event()

    def change(self) -> None:
        """Somebody uploaded a prompt or took one back; a whole language comes as many changes."""
        self._changed.set()

    async def keep_laying_out(self) -> None:
        """Lays out after changes, one time after the other, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await asyncio.to_thread(self.lay_out)

    def lay_out(self) -> None:
        """Makes the files anew where they differ; blocks."""
        try:
            shelf.lay_out(self._house)
        except Exception:
            # Without them callers hear the shipped prompts, which is better than no calls.
            log.exception("uploaded prompts could not be laid out")
