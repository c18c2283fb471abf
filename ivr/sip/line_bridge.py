"""The way from the thread of a line's signalling to the asyncio loop, and the calls of the line."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol

from ivr.sip.line import LineCall
from ivr.sip.report import Ended, Report

log = logging.getLogger(__name__)


class BridgedCall(LineCall, Protocol):
    """A call that takes the reports of its signalling."""

    def hear(self, report: Report) -> None:
        """Takes a report, on the asyncio loop."""


class LineBridge:
    """Carries calls and reports over, in order; neither side waits for the other.

    Attributes:
        calls: Those that are being set up or are up; belongs to the asyncio loop.
    """

    def __init__(self) -> None:
        self.calls: set[BridgedCall] = set()
        self._on_call: Callable[[LineCall], None] = _reject
        self._loop: asyncio.AbstractEventLoop

    def open(self, on_call: Callable[[LineCall], None]) -> None:
        """Names who takes inbound calls, on the loop that this is called on."""
        self._loop = asyncio.get_running_loop()
        self._on_call = on_call

    def dialled(self, call: BridgedCall) -> Callable[[Report], None]:
        """Notes an outbound call, on the loop; returns who hears its reports."""
        self.calls.add(call)
        return partial(self._report, call)

    # In the thread of the signalling.

    def arrived(self, call: BridgedCall) -> Callable[[Report], None]:
        """Brings an inbound call over; returns who hears its reports."""
        self.on_loop(self._welcome, call)
        return partial(self._report, call)

    def on_loop(self, function: Callable[..., object], *args: object) -> None:
        """Has `function` called on the loop, after everything that came before."""
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            # The loop was closed without `stop`: the process is going down.
            log.debug("a report came after the loop's end")

    def _report(self, call: BridgedCall, report: Report) -> None:
        self.on_loop(self._hear, call, report)

    # On the asyncio loop.

    def _welcome(self, call: BridgedCall) -> None:
        self.calls.add(call)
        try:
            self._on_call(call)
        except Exception:
            # The network can try another way; without an answer the caller would hear nothing.
            log.exception("nobody could take a call")
            call.reject(500)

    def _hear(self, call: BridgedCall, report: Report) -> None:
        if isinstance(report, Ended):
            self.calls.discard(call)
        call.hear(report)


def _reject(call: LineCall) -> None:
    call.reject(480)
