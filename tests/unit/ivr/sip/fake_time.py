"""A clock and its timers, which go on when a test says so."""

from collections.abc import Callable


class FakeTimer:
    """Something that happens once, unless it is cancelled."""

    def __init__(self, at: float, function: Callable[[], None]) -> None:
        self.at = at
        self.function: Callable[[], None] | None = function

    def cancel(self) -> None:
        """Makes it never happen, and keeps nothing alive."""
        self.function = None


class FakeTime:
    """Starts timers, and makes happen what is due."""

    def __init__(self) -> None:
        self.now = 50.0
        self._timers: list[FakeTimer] = []

    def clock(self) -> float:
        """Seconds since some moment."""
        return self.now

    def start(self, function: Callable[[], None], seconds: float) -> FakeTimer:
        """Has `function` called after so many seconds."""
        timer = FakeTimer(self.now + seconds, function)
        self._timers.append(timer)
        return timer

    def pass_by(self, seconds: float) -> None:
        """Lets time pass."""
        end = self.now + seconds
        while due := [timer for timer in self._waiting() if timer.at <= end]:
            timer = min(due, key=lambda each: each.at)
            self.now = max(self.now, timer.at)
            function, timer.function = timer.function, None
            if function is not None:
                function()
        self.now = end

    @property
    def running(self) -> int:
        """How many timers may still do something."""
        return len(self._waiting())

    def _waiting(self) -> list[FakeTimer]:
        self._timers = [timer for timer in self._timers if timer.function is not None]
        return self._timers
