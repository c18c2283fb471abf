"""What signalling asks of whoever decides about a call's media."""

from typing import Any, Protocol

from ivr.sip.sdp_sections import UnacceptableOffer


class Negotiator(Protocol):
    """Who decides about a dialog's media and hears what became of it."""

    def sip_event(self, event: Any, dialog: Any) -> None:
        """One of sippy's call-control events."""

    def renegotiate(self, offer: str | None) -> str:
        """Our description for a new offer, or a new offer of ours if there was none.

        Raises:
            UnacceptableOffer: The session stays as it was.
        """

    @property
    def awaits_answer(self) -> bool:
        """Whether an offer of ours is unanswered."""

    def repeat_description(self) -> str:
        """The session as we described it last, to be offered again."""

    def digit_signalled(self, digit: str) -> None:
        """A key came by INFO."""

    def confirm(self, answer: str | None) -> None:
        """Our 200 was acknowledged, with this description if ours was an offer."""

    def conclude(self, answer: str | None) -> None:
        """The peer's answer to a repeated offer."""

    def session_lost(self) -> None:
        """The peer is gone in the middle of the call, or never acknowledged that it rings."""


class _Nobody:
    """Stands where a dialog's owner was, once nothing can come of it."""

    awaits_answer = False

    def sip_event(self, event: Any, dialog: Any) -> None:
        """Nothing comes of it."""

    def renegotiate(self, offer: str | None) -> str:  # noqa: ARG002 - the Protocol's
        """Changes nothing."""
        raise UnacceptableOffer("The call is over.")

    def repeat_description(self) -> str:
        """There is none."""
        return ""

    def digit_signalled(self, digit: str) -> None:
        """Nothing comes of it."""

    def confirm(self, answer: str | None) -> None:
        """Nothing comes of it."""

    def conclude(self, answer: str | None) -> None:
        """Nothing comes of it."""

    def session_lost(self) -> None:
        """Nothing comes of it."""


NOBODY: Negotiator = _Nobody()
