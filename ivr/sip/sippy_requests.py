"""What requests inside a call are answered with (all in sippy's thread)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sippy.MsgBody import MsgBody
from sippy.SipHeader import SipHeader

from ivr.sip.info import DIGIT_TYPES, read_info
from ivr.sip.sdp_sections import UnacceptableOffer
from ivr.sip.session_timer import IntervalTooSmall
from ivr.sip.sippy_message import ALLOWED_METHODS, header_text, make_headers, read_description

if TYPE_CHECKING:
    from ivr.sip.sippy_dialog import Dialog

# RFC 3261 section 21.5.1 and RFC 3311 section 5.2: "too early" answers name a short while.
_RETRY_SECONDS = "2"
# RFC 3261 section 21.4.13 and RFC 6086 section 4.2.2: what we would take instead.
_INFO_REPLIES: dict[int, tuple[str, dict[str, str]]] = {
    200: ("OK", {}),
    415: ("Unsupported Media Type", {"accept": ", ".join(DIGIT_TYPES)}),
    469: ("Bad Info Package", {"recv-info": ""}),
}


def answer_update(dialog: "Dialog", req: Any) -> Any:
    """The reply to UPDATE (RFC 3311), which also refreshes sessions (RFC 4028)."""
    offer = read_description(req)
    if offer is not None:
        if dialog.has_offer_out:
            return dialog.reply(req, 491, "Request Pending")
        if not dialog.isConnected() and dialog.origin == "caller":
            # The first offer is still unanswered.
            return dialog.reply(req, 500, "Too Early", {"retry-after": _RETRY_SECONDS})
    try:
        dialog.session.consider(req)
        description = None if offer is None else dialog.negotiator.renegotiate(offer)
    except UnacceptableOffer as error:
        return dialog.reply(req, 488, "Not Acceptable Here", error.headers)
    except IntervalTooSmall as error:
        return dialog.reply(req, 422, *_too_small(error))
    dialog.refresh_target(req)
    dialog.session.accept(req)
    headers = {"allow": ALLOWED_METHODS, **dialog.session.answer()}
    response = dialog.reply(req, 200, "OK", headers)
    response.appendHeader(SipHeader(name="contact", body=dialog.lContact))
    if description is not None:
        response.setBody(MsgBody(description))
    return response


def answer_invite(dialog: "Dialog", req: Any) -> None:
    """Answers an INVITE inside a call (RFC 3261 section 14.2)."""
    dialog.uasResp = dialog.reply(req, 100, "Trying")
    dialog.global_config["_sip_tm"].sendResponse(dialog.uasResp)
    if dialog.has_offer_out:
        dialog.sendUasResponse(491, "Request Pending")
        return
    try:
        dialog.session.consider(req)
        description = dialog.negotiator.renegotiate(read_description(req))
    except UnacceptableOffer as error:
        headers = make_headers(error.headers)
        dialog.sendUasResponse(488, "Not Acceptable Here", extra_headers=headers)
        return
    except IntervalTooSmall as error:
        phrase, least = _too_small(error)
        dialog.sendUasResponse(422, phrase, extra_headers=make_headers(least))
        return
    dialog.refresh_target(req)
    dialog.session.accept(req)
    agreed = {"allow": ALLOWED_METHODS, **dialog.session.answer()}
    contacts = (dialog.lContact,)
    dialog.sendUasResponse(
        200,
        "OK",
        MsgBody(description),
        contacts,
        extra_headers=make_headers(agreed),
        ack_wait=True,
    )


def answer_info(dialog: "Dialog", req: Any) -> Any:
    """The reply to INFO, which may carry a key."""
    body = req.getBody()
    answer = read_info(
        content_type=None if body is None else str(body.mtype),
        body="" if body is None else str(body),
        package=header_text(req, "info-package"),
    )
    if answer.digit is not None:
        dialog.negotiator.digit_signalled(answer.digit)
    return dialog.reply(req, answer.status, *_INFO_REPLIES[answer.status])


def answer_prack(dialog: "Dialog", req: Any) -> Any:
    """The reply to PRACK (RFC 3262)."""
    if not dialog.reliable.acknowledge(req):
        return dialog.reply(req, 481, "Nothing To Acknowledge")
    return dialog.reply(req, 200, "OK")


ANSWERS: dict[str, Callable[["Dialog", Any], Any]] = {
    "UPDATE": answer_update,
    "INFO": answer_info,
    "PRACK": answer_prack,
}
"""The requests that sippy leaves alone, by method."""


def _too_small(error: IntervalTooSmall) -> tuple[str, dict[str, str]]:
    return "Session Interval Too Small", {"min-se": str(error.minimum_seconds)}
