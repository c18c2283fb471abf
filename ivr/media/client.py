"""What ivr asks of its media engine, as methods."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ivr.media.control import (
    Address,
    CloseLeg,
    Codec,
    DetectTones,
    OpenLeg,
    Play,
    PlayTone,
    ReportQuality,
    ReportStatistics,
    SendDigits,
    SetGains,
    StopPlaying,
    UpdateLeg,
)
from ivr.media.errors import MessageUnreadable
from ivr.media.link import EngineLink
from ivr.media.recording_client import RecordingClient
from ivr.media.telling import Done, EngineStatistics, LegQuality, MediaEvent
from ivr.media.tones import Tone


class MediaEngine(RecordingClient):
    """A media engine in a process of its own. Make one with `MediaEngine.start`.

    Every method raises `EngineGone` when the process has ended or does not answer. Events are
    handed to `on_event` on the event loop, in the order in which they happened. What it records and
    sends to speech recognition is asked as of any `RecordingClient`.
    """

    def __init__(self, link: EngineLink) -> None:
        super().__init__(link)
        self._legs: set[str] = set()

    @classmethod
    async def start(
        cls,
        *,
        host: str,
        ports: range,
        on_event: Callable[[MediaEvent], None],
        asr_address: Address | None,
        rtp_timeout_seconds: float = 30.0,
    ) -> "MediaEngine":
        """Starts an engine, and returns when it takes commands.

        Args:
            host: The local address RTP is received on, numeric IPv4.
            ports: UDP ports for legs; the even ones are used, one a leg.
            on_event: Takes everything that happens; must not block.
            asr_address: Where the speech fork goes; None if there is none.
            rtp_timeout_seconds: After how long without RTP a leg is reported silent.

        Raises:
            EngineGone: It did not come up.
        """
        link = await EngineLink.start(
            host=host,
            ports=ports,
            on_event=on_event,
            asr_address=asr_address,
            rtp_timeout_seconds=rtp_timeout_seconds,
        )
        return cls(link)

    @property
    def process_id(self) -> int:
        """The engine's process."""
        return self._link.process_id

    @property
    def legs(self) -> int:
        """How many legs are open, or about to be."""
        return len(self._legs)

    # Legs.

    async def open_leg(
        self,
        leg: str,
        *,
        codec: Codec,
        telephone_event: int | None,
        remote: Address | None,
        control_port: int | None = None,
        source: int | None = None,
    ) -> int:
        """Opens a leg.

        Args:
            leg: A new id for it.
            codec: The law spoken both ways.
            telephone_event: The payload type of keys (RFC 4733), None if not negotiated.
            remote: Where the peer's SDP wants its audio; None as long as nothing shall be sent. The
                leg sends to where the peer's packets come from as soon as some have come.
            control_port: Where it wants reports; None for one port above.
            source: The synchronisation source that alone is the peer's (32 bits): a secret of both
                ends keeps strangers out of a leg whose peer has no SDP. None if any may be.

        Returns:
            Its local UDP port, an even number.

        Raises:
            NoPortFree: All ports are taken.
        """
        is_new = leg not in self._legs
        self._legs.add(leg)
        try:
            opening = OpenLeg(leg, codec, telephone_event, remote, control_port, source)
            answer = await self._link.ask(opening)
            if not isinstance(answer, Done) or answer.value is None:
                raise MessageUnreadable("The engine did not tell the port of the leg.")
        except BaseException:
            if is_new:
                self._legs.discard(leg)
            raise
        return answer.value

    async def update_leg(
        self,
        leg: str,
        *,
        codec: Codec,
        telephone_event: int | None,
        remote: Address | None,
        sending: bool = True,
        control_port: int | None = None,
    ) -> None:
        """Takes over what a re-INVITE changed.

        Args:
            leg: An open leg.
            codec: As in `open_leg`.
            telephone_event: As in `open_leg`.
            remote: As in `open_leg`; an unchanged address keeps what was learned of the peer.
            sending: False while the peer does not want to hear us (it put us on hold).
            control_port: As in `open_leg`.

        Raises:
            NoSuchLeg: It is not open.
        """
        change = UpdateLeg(leg, codec, telephone_event, remote, sending, control_port)
        await self._link.ask(change)

    async def close_leg(self, leg: str) -> None:
        """Closes a leg, without further events of it; recordings go on with silence.

        Raises:
            NoSuchLeg: It is not open.
        """
        self._legs.discard(leg)
        await self._link.ask(CloseLeg(leg))

    async def quality(self, leg: str) -> LegQuality:
        """How well a leg's voice has come in until now; its last moment is before `close_leg`.

        Raises:
            NoSuchLeg: It is not open.
        """
        answer = await self._link.ask(ReportQuality(leg))
        if not isinstance(answer, LegQuality):
            raise MessageUnreadable("The engine did not tell the quality of the leg.")
        return answer

    async def send_digits(self, leg: str, digits: str) -> None:
        """Presses keys towards the peer, 0.2 s each; returns before they are all pressed.

        They go as telephone events where those were negotiated (RFC 4733), else as tones. What is
        played to the leg waits meanwhile. Putting us on hold drops what is left.

        Args:
            leg: An open leg.
            digits: One to 32 of 0-9 * # A-D.

        Raises:
            NoSuchLeg: It is not open.
            InvalidInput: They are no digits, or too many wait already; none is pressed.
        """
        await self._link.ask(SendDigits(leg, digits))

    async def set_gains(self, gains: Sequence[tuple[str, str, float]]) -> None:
        """Changes who hears whom: (from leg, to leg, gain); all of them or, if refused, none.

        Args:
            gains: The gain is between 0 and 4; 1 leaves the voice as it is, 0 takes it away.

        Raises:
            NoSuchLeg: A leg that is to hear or to be heard is not open.
        """
        await self._link.ask(SetGains(tuple(gains)))

    async def detect_tones(self, leg: str, on: bool | None) -> None:
        """Says whether to listen for keys in a leg's sound.

        Args:
            leg: An open leg.
            on: None, as every leg begins: while telephone events are not negotiated, an SDP has
                named the peer's address, and nobody hears the leg.

        Raises:
            NoSuchLeg: It is not open.
        """
        await self._link.ask(DetectTones(leg, on))

    # Prompts.

    async def play(
        self,
        leg: str,
        *,
        play: int,
        paths: Sequence[Path],
        loop: bool = False,
        barge_in: bool = False,
    ) -> None:
        """Plays files one after the other; returns when they begin.

        What the leg would hear otherwise it does not hear meanwhile. A newer play ends an older
        one, which is then reported as interrupted.

        Args:
            leg: An open leg.
            play: A number of the caller's choice that comes back with `PromptFinished`.
            paths: 8 kHz mono 16-bit WAV files.
            loop: Begin again at the end, until something else ends it.
            barge_in: A key ends it: `PromptFinished` (interrupted), then `Digit`.

        Raises:
            NoSuchLeg: It is not open.
            PromptUnreadable: A file is missing or of another kind; nothing is played, and no
                `PromptFinished` follows.
        """
        names = tuple(str(path) for path in paths)
        await self._link.ask(Play(leg, play, names, loop, barge_in))

    async def play_tone(self, leg: str, tone: Tone | str, *, play: int = 0) -> None:
        """Plays ring-back, busy tone or a beep, as `play` plays a prompt.

        Args:
            leg: An open leg.
            tone: Ring-back and busy go on until something else ends them; a beep is heard once.
            play: As in `play`.

        Raises:
            NoSuchLeg: It is not open.
            InvalidInput: There is no such tone.
        """
        await self._link.ask(PlayTone(leg, play, str(tone)))

    async def stop_playing(self, leg: str) -> None:
        """Ends what is played to a leg, if anything is.

        Raises:
            NoSuchLeg: It is not open.
        """
        await self._link.ask(StopPlaying(leg))

    # The engine itself.

    async def statistics(self) -> EngineStatistics:
        """How the engine is doing."""
        answer = await self._link.ask(ReportStatistics())
        if not isinstance(answer, EngineStatistics):
            raise MessageUnreadable("The engine did not tell its statistics.")
        return answer

    async def stop(self) -> None:
        """Ends the engine: closes its recordings, whose events still come; safe to do again."""
        await self._link.stop()
