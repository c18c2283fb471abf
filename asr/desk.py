"""The desk: one thread that writes what was heard into the database and onto the bus.

Recognition never waits for either. Final words are tried again while the database is busy; partial
words are dropped when the desk is behind, since newer ones are coming.
"""

import logging
import queue
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from hotline.errors import HotlineError
from hotline.house import House

log = logging.getLogger(__name__)

Deed = Callable[[Session, House], object]

# A busy database frees itself within its own timeout of 5 s; after three tries something is wrong,
# and the after-call job finds the missing words in the recording.
_TRIES = 3
_PAUSE_SECONDS = 0.5
_PARTIALS_UP_TO = 50


class Desk:
    """Writes in the order in which it is asked to."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="asr-desk", daemon=True)
        self._thread.start()

    def write(self, deed: Deed) -> None:
        """Has a deed done in a transaction of its own, soon."""
        self._work.put(lambda: self._transact(deed))

    def tell(self, kind: str, data: dict[str, object]) -> None:
        """Sends something of the moment, unless the desk is behind."""
        if self._work.qsize() < _PARTIALS_UP_TO:
            self._work.put(lambda: self._house.bus.publish_live(kind, data))

    def close(self, *, timeout_seconds: float) -> None:
        """Writes what waits, as far as there is time."""
        self._work.put(None)
        self._thread.join(timeout_seconds)
        self._stopping.set()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            try:
                work()
            except Exception:
                log.exception("desk could not do its work")

    def _transact(self, deed: Deed) -> None:
        for attempt in range(1, _TRIES + 1):
            try:
                with self._house.database.session() as session:
                    deed(session, self._house)
            except HotlineError as error:
                # The row is gone, or the words cannot be stored: trying again helps nobody.
                log.warning("transcript not written", extra={"reason": type(error).__name__})
                return
            except SQLAlchemyError as error:
                log.warning(
                    "database is busy",
                    extra={"attempt": attempt, "reason": type(error).__name__},
                )
                self._stopping.wait(_PAUSE_SECONDS)
            else:
                return
        log.error("transcript lost, the after-call job will look for it")
