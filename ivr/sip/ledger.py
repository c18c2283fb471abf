"""The books of a line: which calls are up, by which trunk, and whether one more may come."""

import logging
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from ivr.sip.admission import Admission, TokenBucket
from ivr.sip.trunk_desk import TrunkDesk

log = logging.getLogger(__name__)

_LOG_SECONDS = 10.0

C = TypeVar("C", bound=Hashable)


class Ledger(Generic[C]):
    """Counts calls.

    Args:
        admission: How many may be up on all trunks, and how fast they may come.
        clock: Seconds that only go forward.
    """

    def __init__(self, admission: Admission, *, clock: Callable[[], float]) -> None:
        self._admission = admission
        self._calls: dict[C, TrunkDesk | None] = {}
        self._unlogged = 0
        self._log = TokenBucket(per_second=1 / _LOG_SECONDS, burst=1, clock=clock)

    @property
    def calls(self) -> tuple[C, ...]:
        """Those that are being set up or up."""
        return tuple(self._calls)

    def book(self, call: C, desk: TrunkDesk | None) -> None:
        """Counts a call for its trunk; one that we make may move on to another.

        Args:
            call: New, or booked before.
            desk: Its trunk, None as long as it has none.
        """
        self.forget(call)
        self._calls[call] = desk
        if desk is not None:
            desk.calls += 1

    def try_book(self, call: C, desk: TrunkDesk | None) -> bool:
        """As `book`, unless the line or the trunk has no room for a call that we make.

        Returns:
            Whether it was booked; if not, it is counted where it was before.
        """
        others = len(self._calls) - (call in self._calls)
        has_room = not self._admission.is_full(others)
        if desk is not None and self._calls.get(call) is not desk:
            has_room = has_room and not desk.is_full
        if has_room:
            self.book(call, desk)
        return has_room

    def forget(self, call: C) -> None:
        """Takes a call that is over off the books."""
        desk = self._calls.pop(call, None)
        if desk is not None:
            desk.calls -= 1

    def turn_away(self, desk: TrunkDesk | None) -> int | None:
        """As `refuse`, but a call that would be welcome is not counted yet."""
        retry_seconds = desk.admission.expect(desk.calls) if desk else None
        if retry_seconds is None:
            retry_seconds = self._admission.expect(len(self._calls))
        if retry_seconds is not None:
            self._note(desk)
        return retry_seconds

    def refuse(self, desk: TrunkDesk | None) -> int | None:
        """Whether a new inbound call must be refused, by its trunk's caps or the line's.

        Returns:
            Seconds after which it may try again, None if it is welcome.
        """
        retry_seconds = desk.admission.refuse(desk.calls) if desk else None
        if retry_seconds is None:
            retry_seconds = self._admission.refuse(len(self._calls))
        if retry_seconds is not None:
            self._note(desk)
        return retry_seconds

    def _note(self, desk: TrunkDesk | None) -> None:
        """Warns, but not of each call of a flood: that would fill the disk."""
        self._unlogged += 1
        if self._log.take():
            trunk = desk.trunk.name if desk else None
            log.warning(
                "calls refused: too many",
                extra={"trunk": trunk, "calls": len(self._calls), "refused": self._unlogged},
            )
            self._unlogged = 0
