"""The standing of a call with the PBX (RFC 3261 section 12), without I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.sip.pbx_message import Message, tag_of, uri_of

ALLOWED_METHODS = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO"


@dataclass(slots=True)
class Dialog:
    """What both sides agree on about one call.

    Attributes:
        call_id: Value of Call-ID.
        local: Our From, tag included.
        remote: The peer's, tag included once it is known.
        target: The request URI of our requests: the peer's Contact.
        routes: Values of Route on our requests, nearest first.
        number: CSeq of our last request.
        peer_number: CSeq of the peer's last request, None before the first.
    """

    call_id: str
    local: str
    remote: str
    target: str
    routes: tuple[str, ...]
    number: int
    peer_number: int | None = None

    @classmethod
    def of_caller(cls, invite: Message, tag: str) -> "Dialog":
        """The dialog that an INVITE of the peer opens, once we answer with this tag."""
        return cls(
            call_id=invite.call_id,
            local=f"{invite.first('to')};tag={tag}",
            remote=invite.first("from"),
            target=uri_of(invite.first("contact")),
            routes=invite.every("record-route"),
            number=0,
            peer_number=invite.number,
        )

    @classmethod
    def of_callee(cls, invite: Message, response: Message) -> "Dialog":
        """The dialog that a response to our INVITE opens."""
        return cls(
            call_id=invite.call_id,
            local=invite.first("from"),
            remote=response.first("to"),
            target=uri_of(response.first("contact")) or invite.uri,
            routes=response.every("record-route")[::-1],
            number=invite.number,
        )

    @property
    def local_tag(self) -> str:
        """Our tag."""
        return tag_of(self.local)

    @property
    def remote_tag(self) -> str:
        """The peer's tag."""
        return tag_of(self.remote)

    def includes(self, request: Message) -> bool:
        """Whether a request of the peer belongs here."""
        return (
            request.call_id == self.call_id
            and request.to_tag == self.local_tag
            and request.from_tag == self.remote_tag
        )

    def takes(self, request: Message) -> bool:
        """Whether a request comes in order; notes its number and the peer's new Contact."""
        if self.peer_number is not None and request.number <= self.peer_number:
            return False
        self.peer_number = request.number
        target = uri_of(request.first("contact"))
        if target and request.method in ("INVITE", "UPDATE"):
            self.target = target
        return True

    def ask(self, method: str, *, via: str, headers: Sequence[tuple[str, str]] = ()) -> Message:
        """A request of ours; an ACK has the number of the INVITE."""
        if method != "ACK":
            self.number += 1
        route = [("route", each) for each in self.routes]
        return Message(
            method=method,
            uri=self.target,
            status=None,
            headers=(
                ("via", via),
                ("max-forwards", "70"),
                *route,
                ("from", self.local),
                ("to", self.remote),
                ("call-id", self.call_id),
                ("cseq", f"{self.number} {method}"),
                *headers,
            ),
        )
