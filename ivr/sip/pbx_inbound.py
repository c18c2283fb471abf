"""A call that came from the PBX, as the line's thread sees it."""

from collections.abc import Callable

from ivr.sip.line import EndReason
from ivr.sip.pbx_dialog import ALLOWED_METHODS, Dialog
from ivr.sip.pbx_leg import PbxLeg, Phase
from ivr.sip.pbx_office import Office
from ivr.sip.pbx_transaction import ServerTransaction
from ivr.sip.sdp import Offer, write_answer, write_offer


class InboundPbxLeg(PbxLeg):
    """A call that came in.

    Args:
        office: The line.
        server: Its INVITE.
        offer: What the caller offered, None if nothing.
        tag: Ours.
        on_end: Called once, when the call is over.
    """

    def __init__(
        self,
        office: Office,
        server: ServerTransaction,
        offer: Offer | None,
        *,
        tag: str,
        on_end: Callable[[PbxLeg], None],
    ) -> None:
        super().__init__(office, owns_call_id=False, on_end=on_end)
        self.dialog = Dialog.of_caller(server.request, tag)
        self._server = server
        self._tag = tag
        self._offer = offer
        self._media = offer.media if offer else None

    def ring(self) -> None:
        """Sends 180."""
        if self._phase is Phase.SETUP:
            self._server.respond(180, tag=self._tag, headers=self._headers())

    def answer(self, host: str, port: int) -> None:
        """Sends 200 with our audio at this address."""
        if self._phase is not Phase.SETUP:
            return
        self._phase = Phase.ANSWERED
        self._local = self._own_media(host, port)
        if self._offer is None:
            self._awaits_answer = True
            body = write_offer(self._local)
        else:
            body = write_answer(self._offer, self._local)
        self._expect_confirmation(self._server)
        headers = self._headers() | self._session.accept(self._server.request)
        self._server.respond(200, tag=self._tag, headers=headers, body=self._describe(body))

    def reject(self, status: int, retry_after_seconds: int | None) -> None:
        """Sends a refusal."""
        if self._phase is Phase.SETUP:
            headers = {}
            if retry_after_seconds is not None:
                headers["retry-after"] = str(retry_after_seconds)
            self._server.respond(status, tag=self._tag, headers=headers)
            self._end(EndReason.REJECTED)

    def cancel(self) -> None:
        """The caller gave up before the answer; nothing happens after it."""
        if self._phase is Phase.SETUP:
            self.leave()

    def leave(self) -> None:
        """Ends the call because the peer said goodbye, by CANCEL or by BYE."""
        if self._phase is Phase.SETUP:
            # RFC 3261 sections 9.2 and 15.1.2: the INVITE must have an end of its own.
            self._server.respond(487, tag=self._tag)
        super().leave()

    def _give_up_setup(self) -> None:
        self._server.respond(480, tag=self._tag)
        self._end(EndReason.WE_HUNG_UP)

    def _headers(self) -> dict[str, str]:
        return {"contact": self._office.contact, "allow": ALLOWED_METHODS}
