"""One leg: a voice that comes in, and what its owner hears."""

from collections.abc import Callable
from dataclasses import dataclass

from hotline.rtp import FRAME_MS, SAMPLE_RATE_HZ
from ivr.media import quality
from ivr.media.bank import Bank
from ivr.media.control import Address, Codec
from ivr.media.control_stream import ControlStream
from ivr.media.fork import Fork
from ivr.media.inbound import Inbound
from ivr.media.outbound import Outbound
from ivr.media.peer import Peer
from ivr.media.ports import PortPair
from ivr.media.prompt_player import Playback
from ivr.media.telling import Digit, LegHeard, LegQuality, LegSilent, MediaEvent, PromptFinished


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


def _nobody_minds() -> None:
    """Nothing: the leg is not served yet."""


class Leg:
    """A leg's sockets and its two streams; says what happens to it in the words of `control`.

    Args:
        name: The id that ivr gave it.
        ports: Its sockets; whoever opened them closes them.
        bank: The table of all legs.
        row: A row of it, for this leg alone.
        codec: The law spoken both ways.
        telephone_event: The payload type of keys, or None.
        remote: Where the peer's SDP wants its audio.
        control_port: Where it wants reports; None for one port above.
        source: The synchronisation source that alone is the peer's; None if any may be.
        timeout_seconds: After how long without RTP the leg is reported silent.
        report: Takes events.

    Attributes:
        inbound: The stream of its voice.
        outbound: The stream of what it hears.
        on_change: Called when what is to be done in a tick may have changed.
    """

    def __init__(
        self,
        name: str,
        ports: PortPair,
        *,
        bank: Bank,
        row: int,
        codec: Codec,
        telephone_event: int | None,
        remote: Address | None,
        control_port: int | None = None,
        source: int | None = None,
        timeout_seconds: float,
        report: Callable[[MediaEvent], None],
    ) -> None:
        self.name = name
        self.row = row
        self.ports = ports
        self.on_change: Callable[[], None] = _nobody_minds
        self._bank = bank
        self._datagram = memoryview(bank.datagrams[row])
        self._packet = memoryview(bank.packets[row])
        self._report = report
        self._timeout_seconds = timeout_seconds
        self._wants_tones: bool | None = None
        self._is_heard = False
        self._peer = Peer(ports.voice, remote, source=source, on_change=self._change)
        self._control = ControlStream(
            ports.control, bank=bank, row=row, destination=self._control_destination
        )
        self._control.port = control_port
        self.inbound = Inbound(
            bank,
            row,
            self._peer,
            codec=codec,
            telephone_event=telephone_event,
            source=source,
            timeout_ticks=max(1, round(timeout_seconds * 1000 / FRAME_MS)),
            on_silence=self._say_silent,
            on_heard=self._say_heard,
            on_digit=self.take_digit,
        )
        self.outbound = Outbound(
            bank,
            row,
            codec=codec,
            telephone_event=telephone_event,
            on_finished=self._say_finished,
            on_change=self._change,
        )

    @property
    def codec(self) -> Codec:
        """The law spoken both ways."""
        return self.inbound.codec

    @property
    def port(self) -> int:
        """The local UDP port."""
        return self.ports.port

    def way_in(self) -> tuple[Callable[[memoryview], int], memoryview]:
        """What receives a datagram, and where to."""
        return self._peer.receive, self._datagram

    def way_out(self) -> tuple[Callable[[memoryview], object], memoryview, int]:
        """What sends a packet, the packet, and the leg's row."""
        send = self._send_event if self.outbound.sends_events else self._peer.send
        return send, self._packet, self.row

    def _send_event(self, packet: memoryview) -> object:
        event = self.outbound.event()
        return self._peer.send(packet if event is None else memoryview(event))

    def update(
        self,
        *,
        codec: Codec,
        telephone_event: int | None,
        remote: Address | None,
        is_sending: bool,
        control_port: int | None = None,
    ) -> None:
        """Takes over what a re-INVITE changed."""
        self.inbound.update(codec=codec, telephone_event=telephone_event)
        self._bank.tones.reset(self.row)
        self.outbound.update(codec=codec, telephone_event=telephone_event, is_sending=is_sending)
        self._peer.signal(remote)
        self._control.port = control_port

    def set_fork(self, fork: Fork | None) -> None:
        """Says where the voice goes besides."""
        self.inbound.fork = fork
        self.on_change()

    def fork_frame(self, *, is_there: bool) -> None:
        """Sends the last 20 ms to the fork."""
        fork, inbound = self.inbound.fork, self.inbound
        if fork is not None:
            is_heard = is_there or inbound.is_mending
            fork.send(inbound.frame if is_heard else None, self.codec, is_made_up=not is_there)

    def fail(self) -> None:
        """Nothing will come from this leg any more; for ivr that is a silence like others."""
        self._say_silent()

    def counts(self) -> Counts:
        """What the leg has seen until now."""
        return Counts(
            packets_received=int(self._bank.received[self.row]),
            packets_sent=int(self._bank.sent[self.row]),
            packets_refused=self.inbound.refused + self._peer.refused,
            frames_missing=int(self._bank.missing[self.row]),
        )

    def _control_destination(self) -> Address | None:
        """A peer that named no address, like our own gateway, has not said that it hears RTCP."""
        return self._peer.destination if self._peer.is_signalled else None

    def detect_tones(self, on: bool | None) -> None:
        """Listens for keys in the sound, or not, or (None) where they may be meant."""
        self._wants_tones = on
        self.on_change()

    def set_heard(self, is_heard: bool) -> None:
        """Says whether anybody hears the leg: who talks presses no keys for us."""
        self._is_heard = is_heard
        self.on_change()

    @property
    def listens_for_tones(self) -> bool:
        """Whether keys are looked for in the leg's sound."""
        if self._wants_tones is not None:
            return self._wants_tones
        may_press = self.inbound.event_type is None and self._peer.is_signalled
        return may_press and not self._is_heard

    def tidy(self, head: int) -> None:
        """Lets nothing pile up, and reports to the peer; called every two seconds."""
        self.inbound.tidy(head)
        self._control.look()

    def close(self) -> None:
        """Says good-bye to the peer."""
        self._control.close()

    def dissolve(self) -> None:
        """Lets go of its parts, which hold on to it; the leg is of no use afterwards.

        The engine collects no cycles: without this every leg would stay in memory for ever (5.7 KB
        each, measured 2026-11-22).
        """
        self._peer.dissolve()
        del self._peer, self._control, self.inbound, self.outbound

    def quality(self) -> LegQuality:
        """How well its voice has come in until now."""
        reception, row = self._bank.reception, self.row
        received, lost, late = (
            reception.received(row),
            reception.lost(row),
            self._bank.jitter.late(row),
        )
        missed = (lost + late) / max(1, received + lost)
        # One frame is being spoken, some wait for their moment, and the way takes half the trip.
        delay_ms = float(FRAME_MS * (1 + self._bank.jitter.delay_frames(row)))
        rtt_ms = self._control.rtt_ms
        delay_ms += (rtt_ms or 0.0) / 2
        score = quality.opinion_score(quality.rating(loss=missed, delay_ms=delay_ms))
        return LegQuality(
            leg=self.name,
            received=received,
            lost=lost,
            late=late,
            jitter_ms=round(float(reception.jitter[row]) * 1000 / SAMPLE_RATE_HZ, 1),
            rtt_ms=None if rtt_ms is None else round(rtt_ms, 1),
            mos=round(score, 2),
        )

    def _change(self) -> None:
        self.on_change()

    def take_digit(self, digit: str) -> None:
        """A key of the peer: may end what is played."""
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
