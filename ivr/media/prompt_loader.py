"""Loads prompts in a thread of its own, so that no disk ever delays a tick."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from ivr.media.control import Codec
from ivr.media.errors import PromptUnreadable
from ivr.media.prompt_player import Frames, PromptCache


@dataclass(frozen=True, slots=True)
class _Job:
    paths: tuple[Path, ...]
    codec: Codec
    done: Callable[[Frames | PromptUnreadable], None]


class PromptLoader:
    """The thread that reads prompts, and the cache of what it has read.

    Args:
        deliver: Brings a callback to the thread in which it shall run.
    """

    def __init__(self, deliver: Callable[[Callable[[], None]], None]) -> None:
        self._deliver = deliver
        self._cache = PromptCache()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="prompt-loader", daemon=True)
        self._thread.start()

    def load(
        self,
        paths: tuple[Path, ...],
        codec: Codec,
        *,
        done: Callable[[Frames | PromptUnreadable], None],
    ) -> None:
        """Asks for the frames of some files, one after the other."""
        self._jobs.put(_Job(paths, codec, done))

    def stop(self, *, timeout_seconds: float) -> None:
        """Ends the thread."""
        self._jobs.put(None)
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            outcome: Frames | PromptUnreadable
            try:
                outcome = self._cache.load(job.paths, job.codec)
            except PromptUnreadable as error:
                outcome = error
            self._deliver(partial(job.done, outcome))
