"""A leg that we dial: what the line tells of it, as a future and two callbacks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ivr.sip.line import EndReason, Line, LineCall, LineError, RemoteMedia

log = logging.getLogger(__name__)


class DialledListener:
    """Hears a telephone that we dial beside the caller's.

    Args:
        on_media: Takes where the telephone wants its audio, at the answer and whenever it moves.
        on_end: Takes why an answered call is over.
        on_digit: Takes keys that come by signalling.
        on_early: Takes where the network sends audio from before the answer.
    """

    def __init__(
        self,
        *,
        on_media: Callable[[RemoteMedia], None],
        on_end: Callable[[EndReason], None],
        on_digit: Callable[[str], None] | None = None,
        on_early: Callable[[RemoteMedia], None] | None = None,
    ) -> None:
        self._on_media = on_media
        self._on_end = on_end
        self._on_digit = on_digit
        self._on_early = on_early
        self._is_answered = False
        self.settled: asyncio.Future[EndReason | None] = asyncio.get_running_loop().create_future()

    def call_ringing(self) -> None:
        """The telephone rings; whoever waits hears our own ring tone."""

    def early_media(self, media: RemoteMedia) -> None:
        """The network rings by itself, or says why it does not."""
        if self._on_early is not None:
            self._on_early(media)

    def call_answered(self, media: RemoteMedia) -> None:
        """Somebody picked up."""
        self._is_answered = True
        self._on_media(media)
        self._settle(None)

    def media_changed(self, media: RemoteMedia) -> None:
        """The telephone moved its audio or holds us."""
        self._on_media(media)

    def digit_pressed(self, digit: str) -> None:
        """A key came by signalling."""
        if self._on_digit is not None:
            self._on_digit(digit)

    def call_ended(self, reason: EndReason) -> None:
        """The telephone is gone, or was never reached."""
        self._settle(reason)
        if self._is_answered:
            self._on_end(reason)

    def _settle(self, reason: EndReason | None) -> None:
        if not self.settled.done():
            self.settled.set_result(reason)


@dataclass(frozen=True, slots=True)
class Dialling:
    """How this process dials: through which line, shown as whom, heard where."""

    line: Line
    caller_id: str
    media_host: str

    async def dial(
        self,
        target: str,
        *,
        open_port: Callable[[], Awaitable[int]],
        listener: DialledListener,
        take: Callable[[LineCall], None],
        timeout_seconds: float,
    ) -> EndReason | None:
        """Dials and waits for what comes of it.

        Args:
            target: A number or ``phone:<user>``; personal data.
            open_port: Opens the leg at the engine.
            listener: Who is told.
            take: Gets the call as soon as there is one, to hang it up.
            timeout_seconds: How long it may ring.

        Returns:
            None when somebody answered, else why not.
        """
        try:
            port = await open_port()
            call = await self.line.dial(
                target,
                from_number=self.caller_id,
                host=self.media_host,
                port=port,
                listener=listener,
                timeout_seconds=timeout_seconds,
            )
        except LineError:
            log.exception("a third party could not be dialled")
            return EndReason.UNREACHABLE
        except Exception:
            log.exception("dialling a third party failed unexpectedly")
            return EndReason.FAILED
        take(call)
        return await listener.settled
