"""What waits for a side: frames, and things to do once those before them are heard."""

from collections import deque

from asr.engine import FRAME_MS
from asr.fork import Frame
from asr.orders import Item, Order, Switch

# Ten seconds behind is not live any more.
INBOX_FRAMES = 10_000 // FRAME_MS
# From here on work is saved: larger pieces, fewer partial words.
_LATE_FRAMES = 1500 // FRAME_MS


class Inbox:
    """Filled by the event loop and emptied by one thread of the pool at a time."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()

    def __len__(self) -> int:
        """How many things wait."""
        return len(self._items)

    @property
    def is_full(self) -> bool:
        """Whether its side is too far behind."""
        return len(self._items) >= INBOX_FRAMES

    @property
    def is_late(self) -> bool:
        """Whether its side should save work."""
        return len(self._items) > _LATE_FRAMES

    @property
    def waiting_ms(self) -> int:
        """How much audio waits."""
        return len(self._items) * FRAME_MS

    def put(self, item: Item) -> None:
        """Adds something behind all the rest."""
        self._items.append(item)

    def put_back(self, item: Order | Switch) -> None:
        """Lets something that was taken be the next again."""
        self._items.appendleft(item)

    def take(self) -> Item | None:
        """The next thing; None when nothing waits."""
        try:
            return self._items.popleft()
        except IndexError:
            return None

    def take_frames(self) -> list[Frame]:
        """Takes every frame; what was chosen or is over stays so."""
        waiting = list(self._items)
        self._items.clear()
        self._items.extend(item for item in waiting if not isinstance(item, Frame))
        return [item for item in waiting if isinstance(item, Frame)]
