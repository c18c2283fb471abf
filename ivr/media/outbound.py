"""What goes out on a leg: one packet every 20 ms, with what its owner hears.

`Outbound.send` runs fifty times a second for every leg, like `Inbound.take`.
"""

import secrets
from collections.abc import Callable
from struct import Struct

from ivr.media.control import Codec
from ivr.media.g711 import SILENCE, translation
from ivr.media.jitter import Frame
from ivr.media.mixer import Mix, Solo
from ivr.media.peer import Peer
from ivr.media.prompt_player import Playback
from ivr.media.rtp import FRAME_SAMPLES, SEQUENCE_MASK, TIMESTAMP_MASK

_header = Struct("!HHII").pack
_VERSION_BITS = 0x8000


class Outbound:
    """The outbound stream of one leg.

    Args:
        peer: Where packets go.
        codec: The law they are in.
        on_finished: Called when a playback ends, and whether something ended it before its time.

    Attributes:
        listening: What the leg hears when nothing is played to it; None for silence.
        playback: What is played to it; None for nothing.
        sent: Packets sent.
    """

    __slots__ = (
        *("_codec", "_head", "_is_sending", "_on_finished", "_peer", "_sequence", "_silence"),
        *("_source", "_timestamp", "listening", "playback", "sent"),
    )

    def __init__(
        self, peer: Peer, *, codec: Codec, on_finished: Callable[[Playback, bool], None]
    ) -> None:
        self._peer = peer
        self._on_finished = on_finished
        self._is_sending = True
        self.listening: Solo | Mix | None = None
        self.playback: Playback | None = None
        self.sent = 0
        # Random beginnings make the stream harder to forge (RFC 3550 section 5.1).
        self._source = secrets.randbits(32)
        self._timestamp = secrets.randbits(32)
        self._sequence = secrets.randbits(16)
        self._set_codec(codec)

    def _set_codec(self, codec: Codec) -> None:
        self._codec = codec
        self._silence: Frame = SILENCE[codec]
        # No marker ever: we do not suppress silence (RFC 3551 section 4.1).
        self._head = _VERSION_BITS | codec

    def update(self, *, codec: Codec, is_sending: bool) -> None:
        """Takes over what a re-INVITE changed."""
        if codec is not self._codec and self.playback is not None:
            self.playback.translate(translation(self._codec, codec, 1.0))
        self._is_sending = is_sending
        self._set_codec(codec)

    def play(self, playback: Playback) -> None:
        """Gives the leg something to hear; it begins when its frames are there."""
        self.stop_playing()
        self.playback = playback

    def stop_playing(self) -> None:
        """Ends what is played, if anything is."""
        playback = self.playback
        if playback is not None:
            self.playback = None
            self._on_finished(playback, True)

    def drop(self, playback: Playback) -> None:
        """Forgets a playback without a word, if it is the present one: it cannot be read."""
        if self.playback is playback:
            self.playback = None

    def send(self) -> None:
        """Sends the 20 ms that the leg hears now; called once a tick."""
        listening = self.listening
        if self.playback is not None:
            out = self._next_of(self.playback)
        elif listening is None:
            out = self._silence
        elif isinstance(listening, Solo):
            out = listening.voice.frame
            if listening.table is not None:
                out = out.translate(listening.table)
        else:
            out = listening.frame()
        self._timestamp = timestamp = (self._timestamp + FRAME_SAMPLES) & TIMESTAMP_MASK
        if not self._is_sending:
            return
        self._sequence = sequence = (self._sequence + 1) & SEQUENCE_MASK
        try:
            self._peer.send(_header(self._head, sequence, timestamp, self._source) + out)
            self.sent += 1
        except OSError:
            # Lost, as packets may be; the inbound side tells when the peer has gone.
            return

    def skip(self, ticks: int) -> None:
        """Lets time pass that nothing was sent in, because the machine stood still."""
        self._timestamp = (self._timestamp + ticks * FRAME_SAMPLES) & TIMESTAMP_MASK

    def _next_of(self, playback: Playback) -> Frame:
        """The next frame of what is played; silence while it is loaded and when it has ended."""
        frame = playback.take()
        if frame is not None:
            return frame
        if not playback.is_waiting:
            self.playback = None
            self._on_finished(playback, False)
        return self._silence
