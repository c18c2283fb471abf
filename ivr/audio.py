"""One call's audio: its legs at the engine, who hears whom, the recording, the fork to speech."""

import logging
from collections.abc import Sequence
from pathlib import Path

from ivr.media.client import MediaEngine
from ivr.media.control import Codec, LegQuality
from ivr.sip.line import RemoteMedia

log = logging.getLogger(__name__)


class CallAudio:
    """The caller's leg and at most one lawyer's leg of one call.

    Everything here is idempotent, because the flow undoes what it began without knowing how far it
    got.

    Attributes:
        quality: How the caller's voice came in; known when the caller's leg has been closed.
    """

    def __init__(self, engine: MediaEngine, call_id: str) -> None:
        self._engine = engine
        self._caller_leg = f"{call_id}:caller"
        self._lawyer_leg: str | None = None
        self._recording: str | None = None
        self._caller_open = False
        self.quality: LegQuality | None = None
        self._forked: dict[str, int] = {}

    @property
    def caller_leg(self) -> str:
        """Name of the caller's leg at the engine."""
        return self._caller_leg

    @property
    def lawyer_leg(self) -> str | None:
        """Name of the present lawyer's leg at the engine."""
        return self._lawyer_leg

    async def open_caller(self, media: RemoteMedia | None) -> int:
        """Opens the caller's leg; returns its local port.

        Raises:
            NoPortFree: Every port is taken.
            EngineGone: The engine has died.
        """
        port = await self._engine.open_leg(
            self._caller_leg,
            codec=media.codec if media else Codec.PCMA,
            telephone_event=media.telephone_event if media else None,
            remote=(media.host, media.port) if media and media.direction.listens else None,
        )
        self._caller_open = True
        return port

    async def change_caller(self, media: RemoteMedia) -> None:
        """The caller's phone moved its audio, or holds us."""
        await self._engine.update_leg(
            self._caller_leg,
            codec=media.codec,
            telephone_event=media.telephone_event,
            remote=(media.host, media.port),
            sending=media.direction.listens,
        )

    async def open_lawyer(self, leg: str) -> int:
        """Opens a lawyer's leg in place of any earlier one; returns its local port."""
        await self.close_lawyer()
        port = await self._engine.open_leg(leg, codec=Codec.PCMA, telephone_event=None, remote=None)
        self._lawyer_leg = leg
        return port

    async def close_lawyer(self) -> None:
        """Closes the lawyer's leg, if there is one."""
        leg, self._lawyer_leg = self._lawyer_leg, None
        if leg is not None:
            await self.stop_fork(leg)
            await self._engine.close_leg(leg)

    async def play(self, play: int, paths: Sequence[Path], *, loop: bool, barge_in: bool) -> None:
        """Plays files to the caller."""
        await self._engine.play(
            self._caller_leg, play=play, paths=paths, loop=loop, barge_in=barge_in
        )

    async def stop_playing(self) -> None:
        """Ends what the caller hears."""
        await self._engine.stop_playing(self._caller_leg)

    async def bridge(self, *, gain: float = 1.0) -> None:
        """Connects caller and lawyer both ways; 0 takes them apart."""
        if self._lawyer_leg is None:
            return
        pairs = ((self._caller_leg, self._lawyer_leg), (self._lawyer_leg, self._caller_leg))
        await self._engine.set_gains([(source, target, gain) for source, target in pairs])
        if gain and self._recording is not None:
            await self._engine.set_recording_leg(
                self._recording, left=self._caller_leg, right=self._lawyer_leg
            )

    async def start_recording(self, recording: str, path: Path) -> None:
        """Begins the recording: caller left, lawyer right."""
        await self._engine.start_recording(
            recording, path=path, left=self._caller_leg, right=self._lawyer_leg
        )
        self._recording = recording

    async def stop_recording(self) -> None:
        """Ends the recording; the engine says when the file is closed."""
        recording, self._recording = self._recording, None
        if recording is not None:
            await self._engine.stop_recording(recording)

    async def start_fork(self, leg: str, stream: int) -> None:
        """Sends a side to speech recognition."""
        self._forked[leg] = stream
        await self._engine.start_fork(leg, stream=stream, recording=self._recording)

    async def stop_fork(self, leg: str) -> int | None:
        """Ends a side's fork; returns its stream, None if there was none."""
        stream = self._forked.pop(leg, None)
        if stream is not None:
            await self._engine.stop_fork(leg)
        return stream

    def is_forked(self, leg: str) -> bool:
        """Whether the side goes to speech recognition."""
        return leg in self._forked

    async def close(self) -> None:
        """Closes everything that is open."""
        await self.stop_recording()
        await self.close_lawyer()
        if self._caller_open:
            self._caller_open = False
            await self.stop_fork(self._caller_leg)
            self.quality = await self._engine.quality(self._caller_leg)
            await self._engine.close_leg(self._caller_leg)
