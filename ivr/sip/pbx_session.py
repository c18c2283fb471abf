"""Session timers towards the PBX (RFC 4028): either side refreshes, as the PBX wishes.

Calls that we make ask for no timer, but take part in one that the PBX begins.
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from ivr.sip.body import find_description
from ivr.sip.pbx_dialog import ALLOWED_METHODS, Dialog
from ivr.sip.pbx_message import Message, respond, uri_of
from ivr.sip.pbx_office import Office
from ivr.sip.session_keeper import SessionKeeper, TimerWords
from ivr.sip.session_timer import SessionPolicy, answer_timer

SUPPORTED = "timer"
# RFC 3261 section 17.1.2.2: 64 times T1, after which a request counts as answered with 408.
_PATIENCE_SECONDS = 32.0


class RefreshedLeg(Protocol):
    """What a session timer asks of its call."""

    dialog: Dialog | None

    @property
    def is_up(self) -> bool:
        """Whether the call goes on."""

    def repeat_description(self) -> str:
        """The session as we described it last."""

    def conclude(self, answer: str | None) -> None:
        """Hears the answer to a repeated session."""

    def session_lost(self) -> None:
        """Gives up a call whose peer is gone."""


class PbxSession:
    """One call's session timer, and its refreshes (`ivr.sip.session_keeper.RefreshedDialog`).

    Args:
        office: The line.
        leg: The call.
        owns_call_id: Whether it is a call that we make.

    Attributes:
        keeper: The timer.
        has_invite_out: Whether an INVITE of ours is unanswered, so that the PBX has to wait with
            an offer of its own (RFC 3261 section 14.2).
    """

    def __init__(self, office: Office, leg: RefreshedLeg, *, owns_call_id: bool) -> None:
        self._office = office
        self._leg = leg
        self.has_invite_out = False
        self.keeper = SessionKeeper[Message](
            self,
            office.session_policy,
            owns_call_id=owns_call_id,
            supported=SUPPORTED,
            read=timer_words,
            clock=lambda: office.now,
            start_timer=lambda function, seconds: office.after(seconds, function),
        )

    def accept(self, request: Message) -> dict[str, str]:
        """Takes an INVITE or UPDATE for a refresh; returns the headers of its 2xx.

        Raises:
            IntervalTooSmall: The request is to be refused with 422.
        """
        self.keeper.accept(request)
        return self.keeper.answer()

    # What the keeper asks for.

    def isConnected(self) -> bool:
        """Whether the call is up."""
        return self._leg.is_up

    def refresh(
        self, method: str, headers: dict[str, str], on_answer: Callable[[Message], None]
    ) -> None:
        """Sends UPDATE without a session, or INVITE with the session as it is."""
        if self._leg.dialog is None:
            return
        own = {"contact": self._office.contact, "allow": ALLOWED_METHODS}
        request = self._leg.dialog.ask(
            method, via=self._office.via(), headers=tuple((headers | own).items())
        )
        if method == "INVITE":
            self.has_invite_out = True
            request = request.carrying(self._leg.repeat_description())
        self._ask(request, on_answer, may_prove=True)

    def _ask(
        self, request: Message, on_answer: Callable[[Message], None], *, may_prove: bool
    ) -> None:
        hear = partial(self._hear, request, on_answer, may_prove)
        self._office.ask(
            request,
            hear=hear,
            miss=lambda: hear(respond(request, 408)),
            patience_seconds=_PATIENCE_SECONDS,
        )

    def _hear(
        self,
        request: Message,
        on_answer: Callable[[Message], None],
        may_prove: bool,
        response: Message,
    ) -> None:
        status, dialog = response.status or 0, self._leg.dialog
        if status < 200 or dialog is None:
            return
        if status < 300 and request.method == "INVITE":
            ack = dialog.ask("ACK", via=self._office.via())
            # By then another request of ours may have gone out.
            self._office.tell(ack.having("cseq", f"{request.number} ACK"))
        again = self._office.authorize(request, response) if may_prove else None
        if again is not None and self._leg.is_up:
            dialog.number = again.number
            self._ask(again, on_answer, may_prove=False)
            return
        self.has_invite_out = False
        on_answer(response)

    def prove(self, resp: Message) -> bool:  # noqa: ARG002  # what the keeper asks sippy's dialogs
        """Never: a proof was shown already, or there is none."""
        return False

    def refreshed(self, resp: Message) -> None:
        """Takes over what the PBX's 2xx to a refresh says."""
        target = uri_of(resp.first("contact"))
        if self._leg.dialog is not None and target:
            self._leg.dialog.target = target
        if resp.cseq_method == "INVITE":
            self._leg.conclude(find_description(resp.first("content-type"), resp.body))

    def session_lost(self) -> None:
        """The PBX knows nothing of the call any more."""
        self._leg.session_lost()


def timer_words(message: Message) -> TimerWords:
    """What a request or response says of session timers."""
    return TimerWords(
        status=message.status or 0,
        expires=message.first("session-expires") or None,
        minimum=message.first("min-se") or None,
        supported=", ".join((*message.every("supported"), *message.every("require"))),
        allow=", ".join(message.every("allow")) or None,
    )


def unsupported(request: Message) -> str:
    """What a request requires and we do not know, empty if nothing (RFC 3261 section 8.2.2.3)."""
    return ", ".join(tag for tag in request.every("require") if tag.lower() != SUPPORTED)


def check_interval(request: Message, policy: SessionPolicy) -> None:
    """Looks at a request's session interval.

    Raises:
        IntervalTooSmall: The request is to be refused with 422.
    """
    answer_timer(timer_words(request).wish, minimum_seconds=policy.minimum_seconds)
