"""Keys that we press: RTP telephone events (RFC 4733), or tones where the peer takes none. Pure.

A key takes ten ticks: five in which it is held, three that tell its end again and again, because
each may be lost (section 2.5.1.4), and two of rest, so that a receiver tells two keys apart.
"""

from collections import deque
from functools import lru_cache
from struct import Struct

from hotline.errors import InvalidInput
from hotline.rtp import FRAME_MS, FRAME_SAMPLES, build_header
from ivr.media import tones
from ivr.media.control import Codec
from ivr.media.dtmf import KEYS
from ivr.media.g711 import SILENCE, encode

_HELD_TICKS = 5
_ENDING_TICKS = 3
_RESTING_TICKS = 2
_KEY_TICKS = _HELD_TICKS + _ENDING_TICKS + _RESTING_TICKS

# More is no menu's answer but a mistake: 32 keys take 6 s.
MOST_DIGITS = 32

_EVENT = Struct("!BBH")
_END_BIT = 0x80

# What the tone would be, in -dBm0 (RFC 4733 section 2.3.3).
_VOLUME = 10


def check_digits(digits: str) -> None:
    """Refuses what is no row of keys.

    Raises:
        InvalidInput: There is nothing to press, too much, or a key that telephones lack.
    """
    if not 0 < len(digits) <= MOST_DIGITS or not set(digits) <= set(KEYS):
        raise InvalidInput(f"Digits are 1 to {MOST_DIGITS} of {KEYS}.")


class DigitSender:
    """The keys that one leg has still to press.

    Args:
        digits: Checked by `check_digits`.
    """

    __slots__ = ("_began_at", "_digits", "_tick")

    def __init__(self, digits: str) -> None:
        self._digits = deque(digits)
        self._tick = 0
        self._began_at = 0

    def add(self, digits: str) -> None:
        """Presses more keys after the others."""
        self._digits.extend(digits)

    @property
    def waiting(self) -> int:
        """How many keys are still to be pressed, the present one included."""
        return len(self._digits)

    @property
    def is_over(self) -> bool:
        """Whether every key has been pressed."""
        return not self._digits

    def tone(self, codec: Codec) -> bytes:
        """The next 20 ms as tones."""
        tick = self._tick
        frames = _key_frames(self._digits[0], codec)
        self._next()
        return frames[tick] if tick < len(frames) else SILENCE[codec]

    def event(
        self, *, payload_type: int, sequence: int, timestamp: int, source: int
    ) -> bytes | None:
        """The packet of the next 20 ms; None while the voice goes on, between two keys.

        Args:
            payload_type: What was negotiated for telephone events.
            sequence: The stream's next sequence number.
            timestamp: What a voice packet would carry now.
            source: The stream's synchronisation source.
        """
        tick, digit = self._tick, self._digits[0]
        self._next()
        if tick >= _HELD_TICKS + _ENDING_TICKS:
            return None
        if tick == 0:
            self._began_at = timestamp
        flags = _VOLUME | (_END_BIT if tick >= _HELD_TICKS else 0)
        duration = FRAME_SAMPLES * min(tick + 1, _HELD_TICKS)
        header = build_header(
            payload_type=payload_type,
            sequence=sequence,
            timestamp=self._began_at,
            source=source,
            marker=tick == 0,
        )
        return header + _EVENT.pack(KEYS.index(digit), flags, duration)

    def _next(self) -> None:
        self._tick += 1
        if self._tick == _KEY_TICKS:
            self._tick = 0
            self._digits.popleft()


@lru_cache(maxsize=64)
def _key_frames(digit: str, codec: Codec) -> tuple[bytes, ...]:
    payload = encode(tones.key(digit, _HELD_TICKS * FRAME_MS / 1000), codec)
    return tuple(payload[at : at + FRAME_SAMPLES] for at in range(0, len(payload), FRAME_SAMPLES))
