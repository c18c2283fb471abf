"""Keys pressed on a telephone, out of RTP telephone events (RFC 4733).

Pure. A key press is a run of packets with one timestamp; every one of them says which key, so the
first that arrives is enough, and the loss of any others, the end included, does no harm.
"""

from collections import OrderedDict
from dataclasses import dataclass
from struct import Struct

from hotline.rtp import TIMESTAMP_MASK

# Event codes 0-15 (RFC 4733 section 3.2); others are tones and flashes that no menu asks for.
KEYS = "0123456789*#ABCD"

_EVENT = Struct("!BBH")
_END_BIT = 0x80

# The longest duration a packet can tell. A key held longer goes on as a new event that begins
# where this one ends (RFC 4733 section 2.5.1.3).
_LONGEST_DURATION = 0xFFFF

# Senders repeat the end of an event within some 100 ms. The same event anew after this long is
# another press by a sender that does not move its timestamps on (recorded packets, for one).
_REPEAT_AFTER_MS = 500

# How many presses are remembered, so that a packet overtaken by a later press stays a repetition.
_REMEMBERED = 8


@dataclass(slots=True)
class _Press:
    last_heard_ms: int
    ended: bool


class DigitReceiver:
    """Turns the telephone events of one leg into keys, each press once."""

    __slots__ = ("_presses",)

    def __init__(self) -> None:
        self._presses: OrderedDict[tuple[int, int, int], _Press] = OrderedDict()

    def receive(self, *, source: int, timestamp: int, payload: bytes, now_ms: int) -> str | None:
        """What one telephone-event packet tells.

        Args:
            source: The packet's synchronisation source.
            timestamp: The packet's timestamp: when the press began.
            payload: The packet's payload; anything that is no event is ignored.
            now_ms: A clock that only goes forward.

        Returns:
            The key, if this packet is the first to tell of its press; else None.
        """
        if len(payload) < _EVENT.size:
            return None
        event, flags, _ = _EVENT.unpack_from(payload)
        if event >= len(KEYS):
            return None
        ended = bool(flags & _END_BIT)
        name = (source, timestamp, event)
        known = self._presses.get(name)
        is_new = known is None or (
            known.ended and not ended and now_ms - known.last_heard_ms >= _REPEAT_AFTER_MS
        )
        is_continued = known is None and self._continues(source, timestamp, event)
        if known is None or is_new:
            self._remember(name, _Press(last_heard_ms=now_ms, ended=ended))
        else:
            known.last_heard_ms = now_ms
            known.ended = known.ended or ended
        return KEYS[event] if is_new and not is_continued else None

    def _continues(self, source: int, timestamp: int, event: int) -> bool:
        """Whether an unheard-of event is the next part of a key held for more than 8 s."""
        previous = (source, (timestamp - _LONGEST_DURATION) & TIMESTAMP_MASK, event)
        press = self._presses.get(previous)
        return press is not None and not press.ended

    def _remember(self, name: tuple[int, int, int], press: _Press) -> None:
        self._presses[name] = press
        self._presses.move_to_end(name)
        if len(self._presses) > _REMEMBERED:
            self._presses.popitem(last=False)
