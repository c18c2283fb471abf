"""What comes in on a leg: packets become one frame of voice every 20 ms, and keys.

`Inbound.take` runs fifty times a second for every leg. So the usual case, one packet of 20 ms from
the peer, goes straight through it, and everything else is a call away.
"""

import time
from collections.abc import Callable
from struct import Struct

from ivr.media import rtp
from ivr.media.control import Codec
from ivr.media.dtmf import DigitReceiver
from ivr.media.fork import Fork
from ivr.media.g711 import SILENCE, translation
from ivr.media.jitter import Frame, JitterBuffer, Reframer
from ivr.media.peer import Peer
from ivr.media.rtp import FRAME_MS, FRAME_SAMPLES, HEADER_BYTES

# Where every leg's datagrams are read to; each is looked at before the next is read. No RTP packet
# of telephony is longer than an Ethernet frame.
_DATAGRAM = bytearray(2048)
_DATAGRAM_VIEW = memoryview(_DATAGRAM)

# The usual packet: a plain header and 20 ms of G.711; of its header, the two bytes that say so
# and the timestamp are enough to place the frame.
_USUAL_BYTES = HEADER_BYTES + FRAME_SAMPLES
_usual = Struct("!HxxI").unpack_from
_VERSION_BITS = 0x8000

# One leg's share of a tick when somebody floods its port; the kernel drops what does not fit.
_MOST_DATAGRAMS = 8

# A peer may come back from a new address after so long a silence (a browser that reconnects).
_RELEASE_AFTER_TICKS = 500 // FRAME_MS

# Comfort noise (RFC 3389): the peer is there and silent.
_COMFORT_NOISE = 13


class Inbound:
    """The inbound stream of one leg.

    Args:
        peer: Where packets come from.
        codec: The law of `frame`; the peer may send the other law all the same.
        telephone_event: The payload type of keys, or None if the peer cannot send them.
        timeout_ticks: How many ticks without a packet make a silence.
        on_silence: Called once in each silence, after `timeout_ticks`.
        on_heard: Called with the first packet, and with the first after a silence.
        on_digit: Called once for each key pressed.

    Attributes:
        frame: The 20 ms that came in last; silence if nothing came.
        fork: Where the voice goes besides, for speech recognition.
        received: Packets of the peer.
        refused: Datagrams of the peer that were not usable.
        missing: Frames that a talking peer owed.
    """

    __slots__ = (
        *("_buffer", "_digits", "_event_type", "_is_silent", "_on_digit", "_on_heard"),
        *("_on_silence", "_peer", "_reframer", "_silence", "_silent_ticks", "_timeout_ticks"),
        *("_usual_head", "codec", "fork", "frame", "missing", "received", "refused"),
    )

    def __init__(
        self,
        peer: Peer,
        *,
        codec: Codec,
        telephone_event: int | None,
        timeout_ticks: int,
        on_silence: Callable[[], None],
        on_heard: Callable[[], None],
        on_digit: Callable[[str], None],
    ) -> None:
        self._peer = peer
        self._timeout_ticks = timeout_ticks
        self._on_silence = on_silence
        self._on_heard = on_heard
        self._on_digit = on_digit
        self._buffer = JitterBuffer()
        self._reframer = Reframer()
        self._digits = DigitReceiver()
        self._is_silent = True
        self._silent_ticks = 1
        self.fork: Fork | None = None
        self.received = self.refused = self.missing = 0
        self._set_codec(codec, telephone_event)

    def update(self, *, codec: Codec, telephone_event: int | None) -> None:
        """Takes over what a re-INVITE changed; only a new codec interrupts the voice."""
        if codec is not self.codec or telephone_event != self._event_type:
            self._set_codec(codec, telephone_event)

    def _set_codec(self, codec: Codec, telephone_event: int | None) -> None:
        self.codec = codec
        self._event_type = telephone_event
        self._buffer = JitterBuffer()
        self._silence: Frame = SILENCE[codec]
        self.frame: Frame = self._silence
        self._usual_head = _VERSION_BITS | codec
        keys = () if telephone_event is None else (telephone_event,)
        self._peer.payload_types = frozenset((*Codec, _COMFORT_NOISE, *keys))

    def take(self) -> None:
        """Takes in what has come, and makes `frame` the next 20 ms; called once a tick."""
        try:
            size = self._peer.receive(_DATAGRAM)
            head, timestamp = _usual(_DATAGRAM)
            if size == _USUAL_BYTES and head == self._usual_head:
                self.received += 1
                if self._silent_ticks:
                    self._end_silence()
                if not self._buffer.put(timestamp, _DATAGRAM[HEADER_BYTES:_USUAL_BYTES]):
                    self._take_more()
            else:
                self._take_unusually(size)
        except OSError:
            # Usually BlockingIOError; else the peer's machine says that nobody listens there.
            self._miss()
        frame = self._buffer.take()
        if frame is None:
            self.frame = self._silence
            self.missing += not self._is_silent
        else:
            self.frame = frame
        if self.fork is not None:
            self.fork.send(frame, self.codec)

    def tidy(self) -> None:
        """Takes in all that waits, and shortens it if it is too much; called once a second."""
        self._take_more()
        self._buffer.trim()

    def _take_unusually(self, size: int) -> None:
        """The tick's first datagram was not the usual one: looks for voice among more of them."""
        received = self.received
        self._take_datagram(size)
        self._take_more()
        if self.received == received:
            self._miss()

    def _take_more(self) -> None:
        for _ in range(_MOST_DATAGRAMS):
            try:
                size = self._peer.receive(_DATAGRAM)
            except OSError:
                return
            self._take_datagram(size)

    def _take_datagram(self, size: int) -> None:
        """Any datagram: with marker, of another length or law, a telephone event, or not RTP."""
        if size == 0:
            return
        packet = rtp.parse(_DATAGRAM_VIEW[:size])
        if packet is None or packet.payload_type not in self._peer.payload_types:
            self.refused += 1
            return
        self.received += 1
        if self._silent_ticks:
            self._end_silence()
        if packet.payload_type == self._event_type:
            self._take_event(packet)
        elif packet.payload_type != _COMFORT_NOISE:
            self._take_voice(packet)

    def _take_voice(self, packet: rtp.Packet) -> None:
        payload = packet.payload
        if packet.payload_type != self.codec:
            # Who offered both laws may change between them at any time (RFC 3264 section 8.3.2).
            payload = payload.translate(translation(Codec(packet.payload_type), self.codec, 1.0))
        if len(payload) == FRAME_SAMPLES:
            self._buffer.put(packet.timestamp, payload)
            return
        for timestamp, frame in self._reframer.cut(packet.timestamp, payload):
            self._buffer.put(timestamp, frame)

    def _take_event(self, packet: rtp.Packet) -> None:
        digit = self._digits.receive(
            source=packet.source,
            timestamp=packet.timestamp,
            payload=packet.payload,
            now_ms=time.monotonic_ns() // 1_000_000,
        )
        if digit is not None:
            self._on_digit(digit)

    def _end_silence(self) -> None:
        self._silent_ticks = 0
        if self._is_silent:
            self._is_silent = False
            self._on_heard()

    def _miss(self) -> None:
        """Nothing of the peer has come in this tick."""
        self._silent_ticks = silent = self._silent_ticks + 1
        if silent == _RELEASE_AFTER_TICKS:
            self._peer.release()
        if silent == self._timeout_ticks:
            self._is_silent = True
            self._on_silence()
