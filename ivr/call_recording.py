"""One call's recording: whose voices are in it, and when it holds silence."""

from collections.abc import Collection
from pathlib import Path

from ivr.media.client import MediaEngine


class CallRecording:
    """At most one recording at a time; asked to end or to pause without one, it does nothing.

    Args:
        engine: Where the call's legs are.
        caller_leg: Name of the caller's leg there.

    Attributes:
        id: The recording that runs; None if none does.
        is_paused: Whether it holds silence for now.
    """

    def __init__(self, engine: MediaEngine, caller_leg: str) -> None:
        self.id: str | None = None
        self.is_paused = False
        self._engine = engine
        self._caller_leg = caller_leg
        self._recorded: tuple[str, ...] = ()
        self._is_message = False

    async def start(self, recording: str, path: Path, *, is_message: bool) -> None:
        """Begins it: with the caller's voice if it is a message, else `follow` says with whose."""
        left = self._caller_leg if is_message else None
        await self._engine.start_recording(recording, path=path, left=left, right=None)
        self.id = recording
        self._is_message = is_message
        self._recorded = ()

    async def follow(self, heard: Collection[tuple[str, str]], *, lawyer_leg: str | None) -> None:
        """Records the caller while anybody hears the caller, and right all whom the caller hears.

        What is said while the caller is on hold is between the lawyer and whoever is asked; nobody
        has told them that it is recorded. What the caller says meanwhile is said to nobody.

        Args:
            heard: Who is heard by whom now: (leg, leg).
            lawyer_leg: The present lawyer's, which comes first on the right.
        """
        if self.id is None or self._is_message:
            return
        is_heard = any(source == self._caller_leg for source, _ in heard)
        speakers = {source for source, target in heard if target == self._caller_leg}
        right = sorted(speakers, key=lambda leg: (leg != lawyer_leg, leg))
        recorded = (*((self._caller_leg,) if is_heard else ()), *right)
        if recorded == self._recorded:
            return
        await self._engine.set_recording_leg(
            self.id,
            left=self._caller_leg if is_heard else None,
            right=right[0] if right else None,
            beside=right[1:],
        )
        self._recorded = recorded

    def forget(self, leg: str) -> None:
        """A leg closes: the engine drops it, and one of the same name that comes is another."""
        self._recorded = tuple(each for each in self._recorded if each != leg)

    async def pause(self, *, paused: bool) -> None:
        """Writes silence for now, or voices again."""
        if self.id is not None:
            await self._engine.pause_recording(self.id, paused)
            self.is_paused = paused

    async def stop(self) -> None:
        """Ends it; the engine says when the file is closed."""
        recording, self.id = self.id, None
        self.is_paused = False
        if recording is not None:
            await self._engine.stop_recording(recording)
