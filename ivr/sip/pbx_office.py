"""What a call needs of the PBX line; no I/O."""

from collections.abc import Callable
from typing import Protocol

from ivr.sip.pbx_message import Message
from ivr.sip.pbx_transaction import ClientTransaction, Pending
from ivr.sip.session_timer import SessionPolicy


class Office(Protocol):
    """What a call needs of the line.

    Attributes:
        session_policy: What it wants of session timers.
    """

    session_policy: SessionPolicy

    @property
    def local_host(self) -> str:
        """The IP address that the PBX reaches this machine at."""

    @property
    def contact(self) -> str:
        """Our Contact."""

    @property
    def now(self) -> float:
        """Seconds that only go forward, those of `after`."""

    def via(self) -> str:
        """A Via of ours with a fresh branch."""

    def invitation(self, number: str, description: str) -> Message:
        """An INVITE for a new call."""

    def authorize(self, request: Message, response: Message) -> Message | None:
        """The request again, with the password shown; None if that was asked for in vain."""

    def ask(
        self,
        request: Message,
        *,
        hear: Callable[[Message], None],
        miss: Callable[[], None],
        patience_seconds: float,
    ) -> ClientTransaction:
        """Sends a request to the PBX, as `Transactions.ask` does."""

    def tell(self, request: Message) -> None:
        """Sends a request that nothing answers: ACK."""

    def after(self, seconds: float, function: Callable[..., object], *args: object) -> Pending:
        """Has `function` called after a while."""
