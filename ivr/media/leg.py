"""One leg: a voice that comes in, and what its owner hears."""

from collections.abc import Callable
from dataclasses import dataclass
from socket import socket

from ivr.media.control import Address, Codec, Digit, LegHeard, LegSilent, MediaEvent, PromptFinished
from ivr.media.inbound import Inbound
from ivr.media.outbound import Outbound
from ivr.media.peer import Peer
from ivr.media.prompt_player import Playback
from ivr.media.rtp import FRAME_MS


@dataclass(slots=True)
class Counts:
    """What legs have seen since they were opened."""

    packets_received: int = 0
    packets_sent: int = 0
    packets_refused: int = 0
    frames_missing: int = 0

    def add(self, other: "Counts") -> None:
        """Adds another leg's counts to these."""
        self.packets_received += other.packets_received
        self.packets_sent += other.packets_sent
        self.packets_refused += other.packets_refused
        self.frames_missing += other.frames_missing


class Leg:
    """A leg's socket and its two streams; says what happens to it in the words of `control`.

    Attributes:
        name: The id that ivr gave it.
        socket: Its socket; whoever opened it closes it.
        inbound: The stream of its voice.
        outbound: The stream of what it hears.
    """

    __slots__ = ("_peer", "_report", "_timeout_seconds", "inbound", "name", "outbound", "socket")

    def __init__(
        self,
        name: str,
        opened: socket,
        *,
        codec: Codec,
        telephone_event: int | None,
        remote: Address | None,
        timeout_seconds: float,
        report: Callable[[MediaEvent], None],
    ) -> None:
        self.name = name
        self.socket = opened
        self._report = report
        self._timeout_seconds = timeout_seconds
        self._peer = Peer(opened, remote, frozenset(Codec))
        self.inbound = Inbound(
            self._peer,
            codec=codec,
            telephone_event=telephone_event,
            timeout_ticks=max(1, round(timeout_seconds * 1000 / FRAME_MS)),
            on_silence=self._say_silent,
            on_heard=self._say_heard,
            on_digit=self._take_digit,
        )
        self.outbound = Outbound(self._peer, codec=codec, on_finished=self._say_finished)

    @property
    def codec(self) -> Codec:
        """The law spoken both ways."""
        return self.inbound.codec

    @property
    def port(self) -> int:
        """The local UDP port."""
        return int(self.socket.getsockname()[1])

    def update(
        self,
        *,
        codec: Codec,
        telephone_event: int | None,
        remote: Address | None,
        is_sending: bool,
    ) -> None:
        """Takes over what a re-INVITE changed."""
        self.inbound.update(codec=codec, telephone_event=telephone_event)
        self.outbound.update(codec=codec, is_sending=is_sending)
        self._peer.signal(remote)

    def skip(self, ticks: int) -> None:
        """Lets time pass in which the machine stood still."""
        self.outbound.skip(ticks)
        if self.inbound.fork is not None:
            self.inbound.fork.skip(ticks)

    def fail(self) -> None:
        """Nothing will come from this leg any more; for ivr that is a silence like others."""
        self._say_silent()

    def counts(self) -> Counts:
        """What the leg has seen until now."""
        return Counts(
            packets_received=self.inbound.received,
            packets_sent=self.outbound.sent,
            packets_refused=self.inbound.refused + self._peer.refused,
            frames_missing=self.inbound.missing,
        )

    def _take_digit(self, digit: str) -> None:
        playback = self.outbound.playback
        if playback is not None and playback.barge_in:
            self.outbound.stop_playing()
        self._report(Digit(leg=self.name, digit=digit))

    def _say_heard(self) -> None:
        self._report(LegHeard(leg=self.name))

    def _say_silent(self) -> None:
        self._report(LegSilent(leg=self.name, seconds=self._timeout_seconds))

    def _say_finished(self, playback: Playback, interrupted: bool) -> None:
        self._report(PromptFinished(leg=self.name, play=playback.play, interrupted=interrupted))
