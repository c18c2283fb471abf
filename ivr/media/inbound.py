"""What comes in on one leg, apart from the usual.

Packets of 20 ms in the expected law are taken in by the lane, for all legs together. Here is the
rest: packets of another length or law, keys, what is no RTP, and silence.
"""

import time
from collections.abc import Callable

import numpy as np

from hotline import rtp
from hotline.rtp import FRAME_MS, FRAME_SAMPLES, TIMESTAMP_MASK
from ivr.media.bank import PACKET_BYTES, Bank
from ivr.media.conceal import HISTORY_FRAMES, Concealment, merge
from ivr.media.control import Codec
from ivr.media.dtmf import DigitReceiver
from ivr.media.fork import Fork
from ivr.media.g711 import SILENCE, translation
from ivr.media.peer import Peer
from ivr.media.reframer import Reframer

_VERSION_BITS = 0x8000

# One leg's share of a tick when somebody floods its port; the kernel drops what does not fit.
_MOST_DATAGRAMS = 8

# All that the kernel may hold for a socket at its default buffer size, and some more.
_MOST_WAITING = 512

# A peer may come back from a new address after so long a silence (a browser that reconnects).
RELEASE_AFTER_TICKS = 500 // FRAME_MS

# A stream that has said nothing for so long may be followed by another of the same peer, as when a
# telephone exchange connects somebody else.
_TAKE_OVER_AFTER_TICKS = 3

# Comfort noise (RFC 3389): the peer is there and silent.
_COMFORT_NOISE = 13


class Inbound:
    """The inbound stream of one leg.

    Args:
        bank: The table that the leg's row is in.
        row: The leg's row.
        peer: Where packets come from.
        codec: The law of the frames; the peer may send the other law all the same.
        telephone_event: The payload type of keys, or None if the peer cannot send them.
        source: The synchronisation source that alone is the peer's; None if any may be.
        timeout_ticks: How many ticks without a packet make a silence.
        on_silence: Called once in each silence, after `timeout_ticks`; once more after an `update`.
        on_heard: Called with the first packet, and with the first after a silence.
        on_digit: Called once for each key pressed.

    Attributes:
        codec: The law of the frames.
        event_type: The payload type of keys, or None.
        fork: Where the voice goes besides, for speech recognition.
        refused: Datagrams of the peer that were not usable.
        timeout_ticks: As given.
    """

    def __init__(
        self,
        bank: Bank,
        row: int,
        peer: Peer,
        *,
        codec: Codec,
        telephone_event: int | None,
        source: int | None,
        timeout_ticks: int,
        on_silence: Callable[[], None],
        on_heard: Callable[[], None],
        on_digit: Callable[[str], None],
    ) -> None:
        self.row = row
        self.timeout_ticks = timeout_ticks
        self.fork: Fork | None = None
        self.refused = 0
        self._bank = bank
        self._peer = peer
        self._source = source
        self._on_silence = on_silence
        self._on_heard = on_heard
        self._on_digit = on_digit
        self._view = memoryview(bank.datagrams[row])
        self._reframer = Reframer()
        self._digits = DigitReceiver()
        self._gap: Concealment | None = None
        # Whether another synchronisation source may go on at once: something was negotiated anew.
        self._may_change = True
        self._set_codec(codec, telephone_event)

    def update(self, *, codec: Codec, telephone_event: int | None) -> None:
        """Takes over what a re-INVITE changed; only a new codec interrupts the voice.

        A silence is counted anew from here: a telephone that rang or held us owes audio from now.
        """
        self._may_change = True
        self._bank.silent_ticks[self.row] = 1
        if codec is not self.codec:
            self._bank.jitter.reset(self.row)
        if codec is not self.codec or telephone_event != self.event_type:
            self._set_codec(codec, telephone_event)

    def _set_codec(self, codec: Codec, telephone_event: int | None) -> None:
        self.codec = codec
        self._gap = None
        self.event_type = telephone_event
        keys = () if telephone_event is None else (telephone_event,)
        self._peer.payload_types = frozenset((*Codec, _COMFORT_NOISE, *keys))
        self._bank.silence[self.row] = SILENCE[codec][0]
        self._bank.frames[self.row] = SILENCE[codec][0]
        self._bank.usual_head[self.row] = _VERSION_BITS | codec

    @property
    def frame(self) -> bytes:
        """The last 20 ms."""
        frame: bytes = self._bank.frames[self.row].tobytes()
        return frame

    def take_unusual(self, size: int, head: int) -> None:
        """Takes in a datagram that lies in the leg's row, and what waits behind it.

        It may have been no voice, or less than a tick of it.

        Args:
            size: Its size in bytes; 0 for a stranger's.
            head: The head of the leg's time line.
        """
        came = self._take(size, head)
        if not (self.take_more(head) or came):
            self._bank.silent_ticks[self.row] += 1
            self.note_silence()

    def take_more(self, head: int, *, most: int = _MOST_DATAGRAMS) -> bool:
        """Reads on; says whether anything of the peer came."""
        came = False
        for _ in range(most):
            try:
                size = self._peer.receive(self._view)
            except OSError:
                break
            came = self._take(size, head) or came
        return came

    def tidy(self, head: int) -> None:
        """Takes in all that waits; called every two seconds."""
        self.take_more(head, most=_MOST_WAITING)

    def drain(self, head: int) -> None:
        """Drops the voice that waits, and nothing else: the machine stood still, it is old."""
        for _ in range(_MOST_WAITING):
            try:
                size = self._peer.receive(self._view)
            except OSError:
                return
            if size != PACKET_BYTES:
                self._take(size, head)

    def begin_gap(self, head: int) -> None:
        """The voice breaks off at the head: makes up how it would have gone on."""
        history = self._bank.jitter.history(head, self.row, HISTORY_FRAMES)
        self._gap = Concealment(history, self.codec)

    @property
    def is_mending(self) -> bool:
        """Whether the present frame is made up."""
        return self._gap is not None

    def mend(self, *, is_there: bool) -> None:
        """Makes the present frame up, or lets it begin softly if it is there again."""
        gap = self._gap
        if gap is None:
            return
        made = gap.blend(self.frame) if is_there else gap.next()
        if is_there or made is None:
            self._gap = None
        if made is not None:
            self._bank.frames[self.row] = np.frombuffer(made, np.uint8)

    def squeeze(self, head: int) -> None:
        """Plays the voice a tick earlier from now on, if it can be done without being heard."""
        jitter = self._bank.jitter
        pair = jitter.next_two(self.row, head)
        if pair is not None:
            jitter.squeeze(self.row, head, merge(*pair, self.codec))

    def note_silence(self) -> None:
        """Does what is to be done when so many ticks have been silent as have been now."""
        silent = self._bank.silent_ticks[self.row]
        if silent == RELEASE_AFTER_TICKS:
            self._peer.release(int(self._bank.reception.sources[self.row]))
        if silent == self.timeout_ticks:
            self._bank.is_talking[self.row] = False
            self._on_silence()

    def note_voice(self) -> None:
        """A packet of the peer has come after a silence, or the first of all."""
        self._bank.silent_ticks[self.row] = 0
        if not self._bank.is_talking[self.row]:
            self._bank.is_talking[self.row] = True
            self._on_heard()

    def _take(self, size: int, head: int) -> bool:
        """Takes in the datagram in the row; says whether it was the peer's."""
        packet = rtp.parse(self._view[:size])
        if packet is None or packet.payload_type not in self._peer.payload_types:
            self.refused += size > 0
            return False
        if not self._believes(packet):
            self.refused += 1
            return False
        self._bank.received[self.row] += 1
        self._note(packet)
        self.note_voice()
        if packet.payload_type == self.event_type:
            self._take_event(packet)
        elif packet.payload_type != _COMFORT_NOISE:
            self._take_voice(packet, head)
        return True

    def _believes(self, packet: rtp.Packet) -> bool:
        """Whether a packet goes on with the stream, or may begin a new one."""
        if self._source is not None and packet.source != self._source:
            return False
        is_silent = self._bank.silent_ticks[self.row] >= _TAKE_OVER_AFTER_TICKS
        if not self._bank.reception.accepts(
            self.row,
            sequence=packet.sequence,
            source=packet.source,
            may_change=self._may_change or bool(is_silent),
        ):
            return False
        self._may_change = False
        return True

    def _note(self, packet: rtp.Packet) -> None:
        """Takes account of a packet; a key's timestamp stands still and tells no jitter."""
        since = (self._bank.now - packet.timestamp) & TIMESTAMP_MASK
        transit = since - (since >> 31 << 32)
        self._bank.reception.note(
            self.row,
            sequence=packet.sequence,
            source=packet.source,
            transit=None if packet.payload_type == self.event_type else transit,
        )

    def _take_voice(self, packet: rtp.Packet, head: int) -> None:
        payload = packet.payload
        if packet.payload_type != self.codec:
            # Who offered both laws may change between them at any time (RFC 3264 section 8.3.2).
            payload = payload.translate(translation(Codec(packet.payload_type), self.codec, 1.0))
        jitter = self._bank.jitter
        if len(payload) == FRAME_SAMPLES:
            jitter.put(self.row, packet.timestamp, payload, head)
            return
        for timestamp, frame in self._reframer.cut(packet.timestamp, payload):
            jitter.put(self.row, timestamp, frame, head)

    def _take_event(self, packet: rtp.Packet) -> None:
        digit = self._digits.receive(
            source=packet.source,
            timestamp=packet.timestamp,
            payload=packet.payload,
            now_ms=time.monotonic_ns() // 1_000_000,
        )
        if digit is not None:
            self._on_digit(digit)
