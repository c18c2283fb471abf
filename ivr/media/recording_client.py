"""What ivr asks of a media engine's recordings and of its fork to speech, as methods."""

from collections.abc import Sequence
from pathlib import Path

from ivr.media.control import (
    PauseRecording,
    SetRecordingLeg,
    StartFork,
    StartRecording,
    StopFork,
    StopRecording,
)
from ivr.media.link import EngineLink


class RecordingClient:
    """The part of `MediaEngine` that keeps voices, or passes them on; raises what that raises."""

    def __init__(self, link: EngineLink) -> None:
        self._link = link

    # Recordings.

    async def start_recording(
        self, recording: str, *, path: Path, left: str | None, right: str | None
    ) -> None:
        """Begins a stereo recording; its clock starts now, the answer comes when its file exists.

        Args:
            recording: A new id for it.
            path: A file that does not exist yet; its directories are made.
            left: The leg whose voice is on the left channel; None for silence until there is one.
            right: The same for the right channel.

        Raises:
            NoSuchLeg: A leg is not open.
            RecordingImpossible: The file exists or cannot be made.
        """
        await self._link.ask(StartRecording(recording, str(path), left, right))

    async def set_recording_leg(
        self,
        recording: str,
        *,
        left: str | None,
        right: str | None,
        beside: Sequence[str] = (),
    ) -> None:
        """Says anew whose voices a running recording takes; None is silence.

        Args:
            recording: Its id.
            left: The leg on the left channel.
            right: The leg on the right channel.
            beside: Legs that are on the right channel as well.

        Raises:
            NoSuchLeg: A leg is not open.
            NoSuchRecording: It does not run.
        """
        await self._link.ask(SetRecordingLeg(recording, left, right, tuple(beside)))

    async def pause_recording(self, recording: str, paused: bool = True) -> None:
        """Writes silence on both sides, until it is asked to go on; the clock never stops.

        Raises:
            NoSuchRecording: It does not run.
        """
        await self._link.ask(PauseRecording(recording, paused))

    async def stop_recording(self, recording: str) -> None:
        """Ends a recording; `RecordingStopped` tells when its file is complete on disk.

        Raises:
            NoSuchRecording: It does not run.
        """
        await self._link.ask(StopRecording(recording))

    # Speech.

    async def start_fork(self, leg: str, *, stream: int, recording: str | None) -> None:
        """Sends a leg's voice to speech recognition too.

        Args:
            leg: An open leg.
            stream: The number of its row in `speech_streams`.
            recording: The running recording whose clock the positions follow; None counts from now.

        Raises:
            NoSuchLeg: It is not open.
            NoSuchRecording: It does not run.
        """
        await self._link.ask(StartFork(leg, stream, recording))

    async def stop_fork(self, leg: str) -> None:
        """Ends the fork of a leg, if there is one.

        Raises:
            NoSuchLeg: It is not open.
        """
        await self._link.ask(StopFork(leg))
