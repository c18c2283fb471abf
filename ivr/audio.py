"""One call's audio: its legs at the engine, who hears whom, the recording, the fork to speech."""

import logging
from collections.abc import Sequence
from pathlib import Path

from hotline.errors import HotlineError
from ivr.call_hearing import CallHearing
from ivr.call_recording import CallRecording
from ivr.flow.mixing import CALLER, LAWYER, Hearing
from ivr.media.client import MediaEngine
from ivr.media.control import Codec
from ivr.media.telling import LegQuality
from ivr.sip.line import Direction, RemoteMedia

log = logging.getLogger(__name__)


class CallOverError(Exception):
    """The call's audio has been closed; nothing is opened any more."""


class CallAudio:
    """The caller's leg, at most one lawyer's leg and the legs of parties of one call.

    Everything here is idempotent, because the flow undoes what it began without knowing how far it
    got. A leg counts as open from the moment it is asked for: whatever ends the call meanwhile
    closes it, and the engine, which does one thing after the other, has it by then.

    Attributes:
        quality: How the caller's voice came in; known when the caller's leg has been closed.
    """

    def __init__(self, engine: MediaEngine, call_id: str) -> None:
        self._engine = engine
        self._caller_leg = f"{call_id}:caller"
        self._recording = CallRecording(engine, self._caller_leg)
        self._lawyer_leg: str | None = None
        self._party_legs: set[str] = set()
        self._caller_open = False
        self._is_closed = False
        # Legs whose telephones ring still, or have told us that they hold.
        self._quiet: set[str] = set()
        self.quality: LegQuality | None = None
        self._forked: dict[str, int] = {}
        self._hearing = CallHearing(engine)

    @property
    def engine_process(self) -> int:
        """The process that all the call's audio is in."""
        return self._engine.process_id

    @property
    def caller_leg(self) -> str:
        """Name of the caller's leg at the engine."""
        return self._caller_leg

    @property
    def lawyer_leg(self) -> str | None:
        """Name of the present lawyer's leg at the engine."""
        return self._lawyer_leg

    @property
    def is_paused(self) -> bool:
        """Whether the recording holds silence for now."""
        return self._recording.is_paused

    def has_party(self, leg: str) -> bool:
        """Whether a party's leg of this name is open."""
        return leg in self._party_legs

    def may_be_silent(self, leg: str) -> bool:
        """Whether no audio has to come: the leg's telephone rings still, or holds us.

        A telephone that holds may send music or nothing, whatever it has announced.
        """
        return leg in self._quiet

    # Legs.

    async def open_caller(self, media: RemoteMedia | None) -> int:
        """Opens the caller's leg; returns its local port.

        Raises:
            NoPortFree: Every port is taken.
            EngineGone: The engine has died.
            CallOverError: The call has ended meanwhile.
        """
        self._check()
        self._caller_open = True
        try:
            port = await self._engine.open_leg(
                self._caller_leg,
                codec=media.codec if media else Codec.PCMA,
                telephone_event=media.telephone_event if media else None,
                remote=(media.host, media.port) if media and media.direction.listens else None,
                control_port=media.control_port if media else None,
            )
        except HotlineError:
            self._caller_open = False
            raise
        if media is None or media.direction is not Direction.SENDRECV:
            self._quiet.add(self._caller_leg)
        return port

    async def change_caller(self, media: RemoteMedia, *, is_early: bool = False) -> None:
        """The caller's phone answered, moved its audio, or holds us.

        Args:
            media: Where it wants its audio.
            is_early: It rings still, and its network is heard.
        """
        await self._change(self._caller_leg, media, is_early=is_early)

    async def change_leg(self, leg: str, media: RemoteMedia, *, is_early: bool = False) -> None:
        """The same of the telephone of a party or of the lawyer."""
        if leg in self._party_legs or leg == self._lawyer_leg:
            await self._change(leg, media, is_early=is_early)

    async def _change(self, leg: str, media: RemoteMedia, *, is_early: bool) -> None:
        owes_audio = media.direction is Direction.SENDRECV and not is_early
        if not owes_audio:
            self._quiet.add(leg)
        await self._engine.update_leg(
            leg,
            codec=media.codec,
            telephone_event=media.telephone_event,
            remote=(media.host, media.port),
            sending=media.direction.listens,
            control_port=media.control_port,
        )
        if owes_audio:
            # Only now: the engine counts the silence from here.
            self._quiet.discard(leg)

    async def open_lawyer(self, leg: str, *, source: int | None = None) -> int:
        """Opens a lawyer's leg in place of any earlier one; returns its local port.

        Args:
            leg: A new id for it.
            source: The synchronisation source of the gateway; None for a telephone.

        Raises:
            NoPortFree, EngineGone, CallOverError: As `open_caller`.
        """
        await self.close_lawyer()
        self._check()
        self._lawyer_leg = leg
        try:
            return await self._open(leg, source)
        except HotlineError:
            self._lawyer_leg = None
            raise

    async def close_lawyer(self) -> None:
        """Closes the lawyer's leg, if there is one."""
        leg, self._lawyer_leg = self._lawyer_leg, None
        if leg is not None:
            await self._close(leg)

    async def open_party(self, leg: str, *, source: int | None = None) -> int:
        """The same for a party."""
        self._check()
        self._party_legs.add(leg)
        try:
            return await self._open(leg, source)
        except HotlineError:
            self._party_legs.discard(leg)
            raise

    def _check(self) -> None:
        if self._is_closed:
            raise CallOverError

    async def _open(self, leg: str, source: int | None) -> int:
        port = await self._engine.open_leg(
            leg, codec=Codec.PCMA, telephone_event=None, remote=None, source=source
        )
        if source is None:
            self._quiet.add(leg)
        return port

    async def close_party(self, leg: str) -> None:
        """Closes a party's leg, if it is open."""
        if leg in self._party_legs:
            self._party_legs.remove(leg)
            await self._close(leg)

    async def promote(self, leg: str) -> None:
        """A party's leg is the lawyer's from now on; the one before is closed."""
        await self.close_lawyer()
        self._party_legs.discard(leg)
        self._lawyer_leg = leg

    async def _close(self, leg: str) -> None:
        self._hearing.forget(leg)
        self._quiet.discard(leg)
        self._recording.forget(leg)
        await self.stop_fork(leg)
        await self._engine.close_leg(leg)

    # What is heard.

    async def play(self, play: int, paths: Sequence[Path], *, loop: bool, barge_in: bool) -> None:
        """Plays files to the caller."""
        await self._engine.play(
            self._caller_leg, play=play, paths=paths, loop=loop, barge_in=barge_in
        )

    async def stop_playing(self) -> None:
        """Ends what the caller hears."""
        await self._engine.stop_playing(self._caller_leg)

    async def play_to_lawyer(self, paths: Sequence[Path]) -> None:
        """Plays files to the lawyer again and again."""
        if self._lawyer_leg is not None:
            await self._engine.play(self._lawyer_leg, play=0, paths=paths, loop=True)

    async def signal_lawyer(self, tone: str | None) -> None:
        """Lets the lawyer hear a tone; None ends whatever is played to the lawyer."""
        if self._lawyer_leg is None:
            return
        if tone is None:
            await self._engine.stop_playing(self._lawyer_leg)
        else:
            await self._engine.play_tone(self._lawyer_leg, tone)

    async def mix(self, hearing: Hearing) -> None:
        """Lets everybody hear whom they shall hear; a leg that is not open is left out."""
        await self._hearing.mix(hearing, self._leg)
        await self._record_what_is_heard()

    async def hear_early(self, speaker: str, listener: str) -> None:
        """Lets whoever waits hear the network's own ringing and words before an answer."""
        if not await self._hearing.begin_early(speaker, listener, self._leg):
            return
        await self._record_what_is_heard()
        if listener == LAWYER:
            await self.signal_lawyer(None)
        else:
            await self.stop_playing()

    async def end_early(self, speaker: str) -> None:
        """The telephone was answered, or is given up: the flow alone says who hears it."""
        if await self._hearing.end_early(speaker, self._leg):
            await self._record_what_is_heard()

    def _leg(self, name: str) -> str | None:
        if name == CALLER:
            return self._caller_leg if self._caller_open else None
        if name == LAWYER:
            return self._lawyer_leg
        return name if name in self._party_legs else None

    async def send_digits(self, leg: str | None, digits: str) -> None:
        """Presses keys towards a party, or towards the caller (None)."""
        await self._engine.send_digits(leg or self._caller_leg, digits)

    # Recording.

    async def start_recording(
        self, recording: str, path: Path, *, is_message: bool = False
    ) -> None:
        """Begins the recording: the caller left, whoever the caller hears right.

        Args:
            recording: Its id.
            path: Its file.
            is_message: The caller speaks to nobody but the recording.
        """
        await self._recording.start(recording, path, is_message=is_message)
        await self._record_what_is_heard()

    async def _record_what_is_heard(self) -> None:
        await self._recording.follow(self._hearing.heard, lawyer_leg=self._lawyer_leg)

    async def pause_recording(self, *, paused: bool) -> None:
        """Writes silence for now, or voices again."""
        await self._recording.pause(paused=paused)

    async def stop_recording(self) -> None:
        """Ends the recording; the engine says when the file is closed."""
        await self._recording.stop()

    # Speech.

    async def start_fork(self, leg: str, stream: int) -> None:
        """Sends a side to speech recognition."""
        self._forked[leg] = stream
        await self._engine.start_fork(leg, stream=stream, recording=self._recording.id)

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
        """Closes everything that is open, for good."""
        self._is_closed = True
        await self.stop_recording()
        await self.close_lawyer()
        for leg in tuple(self._party_legs):
            await self.close_party(leg)
        if self._caller_open:
            self._caller_open = False
            await self.stop_fork(self._caller_leg)
            self.quality = await self._engine.quality(self._caller_leg)
            await self._engine.close_leg(self._caller_leg)
