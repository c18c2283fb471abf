"""The recordings that run: how they begin, fail and end."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ivr.media.bank import Bank
from ivr.media.errors import NoSuchRecording, RecordingImpossible
from ivr.media.interleaver import Interleaver
from ivr.media.mixer import Voice
from ivr.media.pace import lane_for
from ivr.media.recorder import Recording
from ivr.media.tape import Tape
from ivr.media.telling import Answer, Done, MediaEvent, RecordingStopped, Refused
from ivr.media.wav_writer import WavWriter

Reply = Callable[[Answer], None]


class RecordingDesk:
    """Keeps the recordings; like all but the writer itself, in the engine's own thread.

    Args:
        bank: The table of the legs' frames.
        tapes: Where their voices gather, tick by tick.
        nobody: The voice of a channel without a leg.
        writer: Who brings them to disk.
        report: Takes `RecordingStopped`.
    """

    def __init__(
        self,
        *,
        bank: Bank,
        tapes: Sequence[Tape],
        nobody: Voice,
        writer: WavWriter,
        report: Callable[[MediaEvent], None],
    ) -> None:
        self._bank = bank
        self._tapes = tapes
        self._nobody = nobody
        self._writer = writer
        self._interleaver = Interleaver()
        self._report = report
        self._recordings: dict[str, Recording] = {}

    def __len__(self) -> int:
        """How many recordings run."""
        return len(self._recordings)

    def get(self, name: str) -> Recording:
        """The running recording of a name.

        Raises:
            NoSuchRecording: There is none.
        """
        try:
            return self._recordings[name]
        except KeyError:
            raise NoSuchRecording(f"No recording {name} runs.") from None

    def start(
        self, name: str, path: Path, *, left: Voice | None, right: Voice | None, reply: Reply
    ) -> None:
        """Begins a recording at once, and replies when its file is there.

        Raises:
            RecordingImpossible: A recording of this name runs already, or too many do.
        """
        if name in self._recordings:
            raise RecordingImpossible(f"The recording {name} runs already.")
        free = [tape for tape in self._tapes if not tape.is_full]
        if not free:
            raise RecordingImpossible("There are more recordings than legs could speak on.")
        recording = Recording(
            name,
            bank=self._bank,
            tape=free[lane_for([len(tape) for tape in free])],
            writer=self._writer,
            interleaver=self._interleaver,
            nobody=self._nobody,
            on_failure=self._fail,
        )
        self._recordings[name] = recording
        self._writer.open(name, path, done=partial(self._opened, recording, reply))
        recording.set_voices(left, right)

    def stop(self, name: str) -> None:
        """Ends a recording; `RecordingStopped` follows when its file is closed.

        Raises:
            NoSuchRecording: It does not run.
        """
        recording = self.get(name)
        recording.hand_over()
        # Handing over may have ended it already.
        if name in self._recordings:
            self._remove(recording)
            self._writer.close(name, done=partial(self._closed, recording))

    def stop_all(self) -> None:
        """Ends every recording."""
        for name in tuple(self._recordings):
            self.stop(name)

    def settle(self, voice: Voice) -> None:
        """Writes what a voice said until now, because its law is about to change."""
        for recording in tuple(self._recordings.values()):
            if recording.records(voice):
                recording.hand_over()

    def renew(self, voice: Voice) -> None:
        """Goes on with a voice in its present law."""
        for recording in tuple(self._recordings.values()):
            if recording.records(voice):
                recording.renew()

    def drop_voice(self, voice: Voice) -> None:
        """Goes on with silence where a voice was recorded."""
        for recording in tuple(self._recordings.values()):
            recording.drop_voice(voice)

    def _opened(self, recording: Recording, reply: Reply, problem: OSError | None) -> None:
        if problem is None:
            reply(Done())
            return
        self._abandon(recording)
        message = f"The file of recording {recording.name} cannot be made: {problem.strerror}."
        reply(Refused(error=RecordingImpossible.__name__, message=message))

    def _closed(self, recording: Recording, problem: OSError | None) -> None:
        error = None if problem is None else f"The last of it may be missing: {problem.strerror}."
        self._say_stopped(recording, error)

    def _fail(self, recording: Recording, error: str) -> None:
        if self._recordings.get(recording.name) is recording:
            self._abandon(recording)
            self._say_stopped(recording, error)

    def _abandon(self, recording: Recording) -> None:
        self._remove(recording)
        self._writer.close(recording.name, done=lambda _: None)

    def _remove(self, recording: Recording) -> None:
        self._recordings.pop(recording.name, None)
        recording.end()

    def _say_stopped(self, recording: Recording, error: str | None) -> None:
        seconds = recording.seconds
        self._report(RecordingStopped(recording=recording.name, seconds=seconds, error=error))
