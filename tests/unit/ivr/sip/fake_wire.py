"""Sending and waiting without a network and without time."""

from collections.abc import Callable
from functools import partial

from ivr.sip.pbx_message import Message, read_message


class FakePending:
    """Something that happens when a test says so."""

    def __init__(self, due_at: float, function: Callable[[], object]) -> None:
        self.due_at = due_at
        self.function: Callable[[], object] | None = function

    def cancel(self) -> None:
        """Makes it never happen."""
        self.function = None


class FakeWire:
    """Remembers what was sent; `pass_time` makes happen what is due (`pbx_transaction.Wire`)."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sent: list[tuple[float, Message]] = []
        self.targets: list[tuple[str, int]] = []
        self._pending: list[FakePending] = []

    def send(self, data: bytes, address: tuple[str, int]) -> None:
        """Remembers."""
        self.sent.append((self.now, read_message(data)))
        self.targets.append(address)

    def after(self, seconds: float, function: Callable[..., object], *args: object) -> FakePending:
        """Remembers."""
        pending = FakePending(self.now + seconds, partial(function, *args))
        self._pending.append(pending)
        return pending

    def pass_time(self, seconds: float) -> None:
        """Lets time pass."""
        end = self.now + seconds
        while True:
            due = [each for each in self._pending if each.due_at <= end]
            if not due:
                break
            first = min(due, key=lambda each: each.due_at)
            self._pending.remove(first)
            self.now = first.due_at
            if first.function is not None:
                first.function()
        self.now = end

    @property
    def waiting(self) -> int:
        """How much may still happen."""
        return sum(each.function is not None for each in self._pending)
