"""Which sides of a call speech recognition hears: those that are recorded, as long as they are."""

import asyncio

from ivr.audio import CallAudio
from ivr.flow.mixing import CALLER, LAWYER, understood
from ivr.flow.states import CallContext
from ivr.speech_desk import SpeechDesk


class Understanding:
    """Begins and ends the forks of one call's sides, each under a stream of its own."""

    def __init__(self, *, desk: SpeechDesk, audio: CallAudio) -> None:
        self._desk = desk
        self._audio = audio

    async def follow(self, call: CallContext) -> None:
        """Has each side understood as long as the other one hears it, as with the recording."""
        if not call.recording:
            return
        wanted = understood(call)
        sides = ((CALLER, self._audio.caller_leg), (LAWYER, self._audio.lawyer_leg))
        for speaker, leg in sides:
            if speaker not in wanted:
                await self._end(leg)
            elif leg is not None and not self._audio.is_forked(leg):
                await self._begin(leg, speaker, call.language)

    async def end_lawyer(self) -> None:
        """The lawyer of now has nothing more to say; another one may come."""
        await self._end(self._audio.lawyer_leg)

    async def end_all(self) -> None:
        """Nobody has anything more to say."""
        await self._end(self._audio.caller_leg)
        await self._end(self._audio.lawyer_leg)

    async def _begin(self, leg: str, speaker: str, language: str) -> None:
        stream = await asyncio.to_thread(
            self._desk.open_stream, leg=leg, speaker=speaker, language=language
        )
        await self._audio.start_fork(leg, stream)

    async def _end(self, leg: str | None) -> None:
        stream = await self._audio.stop_fork(leg) if leg is not None else None
        if stream is not None:
            await asyncio.to_thread(self._desk.close_stream, stream)
