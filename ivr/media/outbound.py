"""What goes out on one leg: what its owner hears, written into the leg's packet each tick.

A leg that simply hears one other needs nothing of this: its lane copies the frames of all such legs
at once.
"""

import secrets
from collections.abc import Callable, Iterator

import numpy as np

from hotline.errors import InvalidInput
from hotline.rtp import HEADER_BYTES, build_header
from ivr.media.bank import Bank
from ivr.media.control import Codec
from ivr.media.digit_sender import MOST_DIGITS, DigitSender
from ivr.media.g711 import SILENCE, translation
from ivr.media.mixer import Mix, Solo
from ivr.media.prompt_player import Playback


class Outbound:
    """The outbound stream of one leg.

    Args:
        bank: The table that the leg's row is in.
        row: The leg's row.
        codec: The law of what is sent.
        telephone_event: The payload type of keys; None if the peer takes them as tones only.
        on_finished: Called when a playback ends, and whether something ended it before its time.
        on_change: Called when `copies`, `plays` or `fills` may have changed.

    Attributes:
        row: The leg's row.
        is_sending: Whether the peer wants to hear us.
        playback: What is played to the leg; None for nothing.
    """

    def __init__(
        self,
        bank: Bank,
        row: int,
        *,
        codec: Codec,
        telephone_event: int | None,
        on_finished: Callable[[Playback, bool], None],
        on_change: Callable[[], None],
    ) -> None:
        self.row = row
        self.is_sending = True
        self.playback: Playback | None = None
        self._bank = bank
        self._on_finished = on_finished
        self._on_change = on_change
        self._listening: Solo | Mix | None = None
        self._digits: DigitSender | None = None
        self._event_type = telephone_event
        self._payload = memoryview(bank.packets[row])[HEADER_BYTES:]
        # Random beginnings make the stream harder to forge (RFC 3550 section 5.1).
        bank.sequences[row] = secrets.randbits(16)
        bank.timestamps[row] = secrets.randbits(32)
        self._begin(codec, source=secrets.randbits(32))

    def _begin(self, codec: Codec, *, source: int) -> None:
        self._codec = codec
        self._source = source
        self._silence = SILENCE[codec]
        # The lane writes sequence and timestamp. No marker ever: we do not suppress silence
        # (RFC 3551 section 4.1).
        header = build_header(payload_type=codec, sequence=0, timestamp=0, source=source)
        self._bank.packets[self.row, :HEADER_BYTES] = np.frombuffer(header, np.uint8)
        self._payload[:] = self._silence

    def update(self, *, codec: Codec, telephone_event: int | None, is_sending: bool) -> None:
        """Takes over what a re-INVITE changed."""
        self.is_sending = is_sending
        self._event_type = telephone_event
        if not is_sending:
            self._digits = None
        if codec is not self._codec:
            if self.playback is not None:
                self.playback.translate(translation(self._codec, codec, 1.0))
            self._begin(codec, source=self._source)
        self._on_change()

    def listen(self, listening: Solo | Mix | None) -> None:
        """Says what the leg hears when nothing is played to it; None for silence."""
        self._listening = listening
        self._payload[:] = self._silence
        self._on_change()

    def play(self, playback: Playback) -> None:
        """Gives the leg something to hear; it begins when its frames are there."""
        self.stop_playing()
        self.playback = playback
        self._on_change()

    def stop_playing(self) -> None:
        """Ends what is played, if anything is."""
        if self.playback is not None:
            self._finish(self.playback, interrupted=True)

    def drop(self, playback: Playback) -> None:
        """Forgets a playback without a word, if it is the present one: it cannot be read."""
        if self.playback is playback:
            self._quieten()

    def send_digits(self, digits: str) -> None:
        """Presses keys, after those that are still being pressed.

        Args:
            digits: Checked by `check_digits`.

        Raises:
            InvalidInput: Too many wait already.
        """
        if self._digits is None:
            self._digits = DigitSender(digits)
            self._payload[:] = self._silence
        elif self._digits.waiting + len(digits) > MOST_DIGITS:
            raise InvalidInput("Too many digits wait to be sent.")
        else:
            self._digits.add(digits)
        self._on_change()

    @property
    def sends_events(self) -> bool:
        """Whether `event` makes packets now."""
        return self._digits is not None and self._event_type is not None

    def event(self) -> bytes | None:
        """The packet of a key in place of the voice packet that is ready; None between two keys."""
        digits, packet_type = self._digits, self._event_type
        if digits is None or packet_type is None:
            return None
        bank, row = self._bank, self.row
        packet = digits.event(
            payload_type=packet_type,
            sequence=int(bank.sequences[row]),
            timestamp=int(bank.timestamps[row]),
            source=self._source,
        )
        self._end_digits(digits)
        return packet

    def _end_digits(self, digits: DigitSender) -> None:
        if digits.is_over:
            self._digits = None
            self._payload[:] = self._silence
            self._on_change()

    @property
    def copies(self) -> int | None:
        """The row whose frames are sent as they are; None if `fill` must make them, or silence."""
        listening = self._listening
        is_free = self.playback is None and self._digits is None
        if is_free and isinstance(listening, Solo) and listening.table is None:
            return listening.voice.row
        return None

    @property
    def plays(self) -> Iterator[bytes] | None:
        """Whose frames are sent as they are; `fill` is due when they end."""
        playback = self.playback
        if playback is None or self._digits is not None:
            return None
        return playback.coming

    @property
    def fills(self) -> bool:
        """Whether `fill` has to be called each tick."""
        if self._digits is not None:
            return self._event_type is None
        is_silent = self.playback is None and self._listening is None
        return not is_silent and self.copies is None and self.plays is None

    def fill(self) -> None:
        """Writes the 20 ms that the leg hears now into its packet."""
        listening, playback = self._listening, self.playback
        if self._digits is not None:
            self._press(self._digits)
        elif playback is not None:
            frame = playback.take()
            if frame is not None:
                self._payload[:] = frame
            else:
                self._lack(playback)
        elif listening is not None:
            self._payload[:] = listening.frame()

    def _press(self, digits: DigitSender) -> None:
        self._payload[:] = digits.tone(self._codec)
        self._end_digits(digits)

    def _lack(self, playback: Playback) -> None:
        """There is nothing to play: it is being loaded, or has ended."""
        self._payload[:] = self._silence
        if not playback.is_waiting:
            self._finish(playback, interrupted=False)

    def _finish(self, playback: Playback, *, interrupted: bool) -> None:
        self._quieten()
        self._on_finished(playback, interrupted)

    def _quieten(self) -> None:
        self.playback = None
        self._payload[:] = self._silence
        self._on_change()
