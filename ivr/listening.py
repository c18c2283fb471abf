"""Has a recogniser hear what a caller says in a menu, and tells the call's flow.

The caller's leg is forked to the process that transcribes calls, under a stream of its own whose
words are handed over on the bus and kept nowhere. Whatever goes wrong, the flow is told that nobody
hears, or its own timer leads on.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from hotline.bus import BUS_ERRORS
from hotline.transcripts.answers import words_box
from ivr.audio import CallAudio
from ivr.flow import inputs
from ivr.speech_desk import SpeechDesk

log = logging.getLogger(__name__)

# The flow stops listening long before; this is for a flow that has lost its timer.
_LONGEST_SECONDS = 60.0


class Words(Protocol):
    """Where words are picked up (`hotline.bus.Boxes`)."""

    async def take(self, box: str, *, timeout_seconds: float) -> str | None:
        """The oldest text in a box; None when nothing came in time."""
        ...


class Listening:
    """Listens to one caller, again and again if asked to."""

    def __init__(
        self,
        *,
        desk: SpeechDesk,
        audio: CallAudio,
        words: Words | None,
        post: Callable[[inputs.Input], None],
    ) -> None:
        self._desk = desk
        self._audio = audio
        self._words = words
        self._post = post
        self._stream: int | None = None
        self._task: asyncio.Task[None] | None = None

    async def begin(self, language: str) -> None:
        """Listens from now on; the flow hears of words, or that there will be none."""
        if self._words is None or not await asyncio.to_thread(self._desk.has_recogniser):
            self._post(inputs.WordsMissing())
            return
        leg = self._audio.caller_leg
        stream = await asyncio.to_thread(self._desk.open_question, leg=leg, language=language)
        self._stream = stream
        await self._audio.start_fork(leg, stream)
        self._task = asyncio.create_task(self._pick_up(self._words, stream))

    async def end(self) -> None:
        """Listens no more."""
        self.drop()
        stream, self._stream = self._stream, None
        if stream is not None:
            await self._audio.stop_fork(self._audio.caller_leg)
            await asyncio.to_thread(self._desk.close_stream, stream)

    def drop(self) -> None:
        """Waits for no more words; the fork ends with the call's audio."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def stream_failed(self, stream: object) -> None:
        """The recogniser cannot hear a stream: the flow is told, if it is ours."""
        if stream is not None and stream == self._stream:
            self._post(inputs.WordsMissing())

    async def _pick_up(self, words: Words, stream: int) -> None:
        box = words_box(stream)
        try:
            while text := await words.take(box, timeout_seconds=_LONGEST_SECONDS):
                self._post(inputs.WordsHeard(text))
        except BUS_ERRORS:
            log.warning("what the caller says is lost, the bus is away")
            self._post(inputs.WordsMissing())
