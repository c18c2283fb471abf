"""A call that we make through the PBX, as the line's thread sees it."""

import logging
from collections.abc import Callable

from ivr.sip.line import EndReason, RemoteMedia
from ivr.sip.pbx_dialog import Dialog
from ivr.sip.pbx_leg import PbxLeg, Phase, description_of
from ivr.sip.pbx_message import Message, cancellation
from ivr.sip.pbx_office import Office
from ivr.sip.pbx_transaction import ClientTransaction, Pending
from ivr.sip.refusal import reason_of_refusal
from ivr.sip.report import Answered, EarlyMedia, Ringing
from ivr.sip.sdp import read_answer, write_offer
from ivr.sip.sdp_sections import UnacceptableOffer

log = logging.getLogger(__name__)

# Silence of the PBX for this long means that it is not there: five INVITEs have gone out.
_NO_REPLY_SECONDS = 10.0
# How long the PBX may take to confirm a CANCEL with 487, or to admit that it had answered.
_CANCEL_SECONDS = 32.0


class OutboundPbxLeg(PbxLeg):
    """A call that we make."""

    def __init__(self, office: Office, *, on_end: Callable[[PbxLeg], None]) -> None:
        super().__init__(office, owns_call_id=True, on_end=on_end)
        self._invite: ClientTransaction | None = None
        self._has_progress = False
        self._rings = False
        self._is_cancelled = False
        self._ring_timeout: Pending | None = None

    def dial(self, number: str, *, host: str, port: int, ring_seconds: float) -> Message:
        """Sends INVITE, with our audio at this address, and gives it back."""
        self._local = self._own_media(host, port)
        self._ring_timeout = self._office.after(ring_seconds, self._stop_ringing)
        invite = self._office.invitation(number, self._describe(write_offer(self._local)))
        self._send(invite)
        return invite

    def fail(self) -> None:
        """Ends a call that could not even be sent."""
        self._end(EndReason.FAILED)

    def _send(self, invite: Message) -> None:
        self._invite = self._office.ask(
            invite, hear=self._hear, miss=self._miss, patience_seconds=_NO_REPLY_SECONDS
        )

    def _hear(self, response: Message) -> None:
        status = response.status or 0
        if status < 200:
            self._progress(response)
        elif status < 300:
            self._connect(response)
        elif self._phase is Phase.SETUP and not self._goes_again(response):
            self._end(reason_of_refusal(status), status=status)

    def _goes_again(self, response: Message) -> bool:
        again = None
        if self._invite is not None and not self._is_cancelled:
            again = self._office.authorize(self._invite.request, response)
        if again is not None:
            self._send(again)
        return again is not None

    def _miss(self) -> None:
        if self._phase is Phase.SETUP:
            self._end(EndReason.UNREACHABLE)

    def _progress(self, response: Message) -> None:
        self._has_progress = True
        if self._is_cancelled:
            # RFC 3261 section 9.1: a CANCEL has to wait for the first sign of life.
            self._send_cancel()
        if self._phase is not Phase.SETUP:
            return
        if response.status in (180, 183) and not self._rings:
            self._rings = True
            self.report(Ringing())
        media = _media_of(response)
        if media is not None and media != self._media:
            self._media = media
            self.report(EarlyMedia(media))

    def _connect(self, response: Message) -> None:
        if self._invite is None:
            return
        dialog = Dialog.of_callee(self._invite.request, response)
        self._office.tell(dialog.ask("ACK", via=self._office.via()))
        if self._phase is not Phase.SETUP:
            self._refuse_late(dialog)
            return
        self.dialog = dialog
        # A 200 without a session confirms the one of the early media.
        media = _media_of(response) if response.body else self._media
        if media is None:
            log.info("call ended: no common media")
            self._say_goodbye()
            self._end(EndReason.FAILED)
            return
        self._phase = Phase.UP
        self._media = media
        self._session.keeper.conclude(response)
        self.report(Answered(media))

    def _refuse_late(self, dialog: Dialog) -> None:
        """Another phone answered too, or one answered after our CANCEL; or a 200 came again."""
        if self.dialog is None:
            self.dialog = dialog
            self._say_goodbye()
        elif self.dialog.remote_tag != dialog.remote_tag:
            self._ask(dialog.ask("BYE", via=self._office.via()))

    def _stop_ringing(self) -> None:
        if self._phase is Phase.SETUP:
            self._cancel()
            answered = EndReason.NO_ANSWER if self._has_progress else EndReason.UNREACHABLE
            self._end(answered)

    def _give_up_setup(self) -> None:
        self._cancel()
        self._end(EndReason.CANCELLED)

    def _cancel(self) -> None:
        self._is_cancelled = True
        if self._has_progress:
            self._send_cancel()

    def _send_cancel(self) -> None:
        if self._invite is None or self._invite.is_over:
            return
        self._office.ask(
            cancellation(self._invite.request),
            hear=lambda _: None,
            miss=lambda: None,
            patience_seconds=_CANCEL_SECONDS,
        )
        self._is_cancelled = False

    def _end(self, reason: EndReason, *, status: int | None = None) -> None:
        if self._ring_timeout is not None:
            self._ring_timeout.cancel()
        super()._end(reason, status=status)


def _media_of(response: Message) -> RemoteMedia | None:
    try:
        return read_answer(description_of(response) or "")
    except UnacceptableOffer:
        return None
