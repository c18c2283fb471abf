"""Reliable provisional responses of one of sippy's dialogs (RFC 3262); sippy itself has none.

Everything here runs in sippy's thread.
"""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sippy.CCEvents import CCEventRing
from sippy.Time.Timeout import Timeout

from ivr.sip.reliable import (
    Acknowledgement,
    ReliableReceipts,
    read_acknowledgement,
    read_number,
    repeat_seconds,
)
from ivr.sip.session_timer import has_option
from ivr.sip.sippy_message import ALLOWED_METHODS, SUPPORTED, header_text, make_headers

log = logging.getLogger(__name__)


class RingingDialog(Protocol):
    """What reliable ringing asks of its dialog."""

    rCSeq: int | None
    lContact: Any

    def recvEvent(self, event: Any) -> None:
        """Takes a call-control event."""

    def sendUasResponse(self, *args: Any, **kwargs: Any) -> None:
        """Sends a response to the INVITE."""

    def session_lost(self) -> None:
        """The peer never acknowledged."""


class EarlyDialog(Protocol):
    """What an acknowledgement asks of its dialog."""

    rUri: Any
    rTarget: Any
    rAddr: Any
    routes: Any

    def genRequest(self, method: str, *, extra_headers: list[Any]) -> Any:
        """A request inside the call."""

    def newTransaction(self, req: Any) -> Any:
        """Sends it."""

    def refresh_target(self, message: Any) -> None:
        """Takes over the peer's Contact."""

    def pin_target(self) -> None:
        """Keeps requests of this call on the trunk that it goes by."""


@contextmanager
def _early(dialog: EarlyDialog, resp: Any) -> Iterator[None]:
    """Within it, requests belong to the early dialog of a provisional response."""
    # Another branch may answer first, so nothing of this one stays.
    kept = dialog.rUri, dialog.rTarget, dialog.routes, dialog.rAddr
    dialog.rUri = dialog.rUri.getCopy()
    dialog.rUri.setTag(resp.getHFBody("to").getTag())
    dialog.routes = list(reversed(resp.getHFBodys("record-route")))
    dialog.refresh_target(resp)
    if dialog.routes:
        dialog.rAddr = dialog.routes[0].getTAddr()
        dialog.pin_target()
    try:
        yield
    finally:
        dialog.rUri, dialog.rTarget, dialog.routes, dialog.rAddr = kept


def acknowledge_ringing(dialog: EarlyDialog, resp: Any, receipts: ReliableReceipts) -> None:
    """Sends PRACK if a provisional response to our INVITE wants one (RFC 3262 section 4)."""
    number = read_number(header_text(resp, "rseq") or "")
    tag = resp.getHFBody("to").getTag()
    if (
        number is None
        or tag is None
        or not has_option(header_text(resp, "require") or "", "100rel")
    ):
        return
    if not receipts.take(tag, number):
        return
    sequence, method = resp.getHFBody("cseq").getCSeq()
    rack = Acknowledgement(number, sequence, method)
    with _early(dialog, resp):
        prack = dialog.genRequest("PRACK", extra_headers=make_headers({"rack": str(rack)}))
        dialog.newTransaction(prack)


class ReliableRinging:
    """Says "it rings" until the caller acknowledges it.

    One response at a time, as RFC 3262 section 3 wants it; ours need no more.
    """

    def __init__(self, dialog: RingingDialog) -> None:
        self._dialog = dialog
        self._expected: Acknowledgement | None = None
        self._headers: list[Any] = []
        self._pauses: list[float] = []
        self._timer: Any = None

    def ring(self) -> None:
        """Sends 180, once; it is repeated until `acknowledge` or `stop`."""
        if self._expected is not None or self._dialog.rCSeq is None:
            return
        # RFC 3262 section 3: begins anywhere in the lower half of the numbers.
        number = 1 + secrets.randbelow(2**31 - 1)
        self._expected = Acknowledgement(number, self._dialog.rCSeq, "INVITE")
        self._headers = make_headers(
            {
                "require": "100rel",
                "rseq": str(number),
                "allow": ALLOWED_METHODS,
                "supported": SUPPORTED,
            }
        )
        event = CCEventRing((180, "Ringing", None))
        event.extra_headers = self._headers
        self._dialog.recvEvent(event)
        self._pauses = repeat_seconds()
        self._wait()

    def acknowledge(self, req: Any) -> bool:
        """Hears a PRACK; whether it fits (else it gets 481)."""
        found = read_acknowledgement(header_text(req, "rack") or "")
        if found is None or found != self._expected:
            return False
        self.stop()
        return True

    def stop(self) -> None:
        """Repeats no more: it was acknowledged, or a final response is out."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        self._timer = Timeout(self._repeat, self._pauses[0])

    def _repeat(self) -> None:
        self._timer = None
        self._pauses.pop(0)
        if not self._pauses:
            log.info("ringing never acknowledged")
            self._dialog.session_lost()
            return
        contacts = (self._dialog.lContact,)
        self._dialog.sendUasResponse(180, "Ringing", None, contacts, extra_headers=self._headers)
        self._wait()
