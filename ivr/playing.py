"""What a caller is played: the audio of each prompt, as far as there is any."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from ivr.audio import CallAudio
from ivr.catalogue import PromptCatalogue, PromptMissing
from ivr.flow.actions import Play
from ivr.flow.inputs import Input, PromptFinished

log = logging.getLogger(__name__)


class Playing:
    """Plays to one caller.

    Args:
        audio: The call's.
        catalogue: Has the prompts.
        default_language: Of the prompts that are not in the language of a play.
        post: Takes the flow's inputs.

    Attributes:
        unsaid: Prompts for which there was no audio, until now.
    """

    def __init__(
        self,
        *,
        audio: CallAudio,
        catalogue: PromptCatalogue,
        default_language: str,
        post: Callable[[Input], None],
    ) -> None:
        self.unsaid: set[str] = set()
        self._audio = audio
        self._catalogue = catalogue
        self._default_language = default_language
        self._post = post

    async def play(self, action: Play) -> None:
        """Begins a play; one without any audio is finished at once."""
        if action.slow:
            # A slower copy may have to be made first, which takes a decoder and a moment.
            paths = await asyncio.to_thread(lambda: list(self._paths(action)))
        else:
            paths = list(self._paths(action))
        if not paths:
            # The call goes on as if it had been said.
            self._post(PromptFinished(play=action.play))
            return
        await self._audio.play(action.play, paths, loop=action.loop, barge_in=action.barge_in)

    def _paths(self, action: Play) -> Iterator[Path]:
        """The audio of a play; a shorter sentence is better than silence."""
        for key in action.prompts:
            try:
                yield self._catalogue.path(
                    key,
                    action.language,
                    default_language=self._default_language,
                    slow=action.slow,
                )
            except PromptMissing:
                self.unsaid.add(key)
                log.exception("prompt missing")
