"""Where which phone is, and for how long, without I/O.

This is the memory of the registrar (RFC 3261 section 10.3).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

Address = tuple[str, int]

# One on the desk, one in the pocket, one at home; a phone that changes its port at each start
# leaves old ones behind until they expire.
_MOST_PER_PHONE = 4


@dataclass(frozen=True, slots=True)
class Binding:
    """One place where a phone can be called.

    Attributes:
        uri: Its Contact: the request URI of calls to it.
        address: Where its REGISTER really came from; calls go there (RFC 3581's idea: a phone
            behind a NAT is reached through the hole it made itself).
        call_id: Of its REGISTERs.
        number: CSeq of the last of them.
        expires_at: On the clock of the bindings.
    """

    uri: str
    address: Address
    call_id: str
    number: int
    expires_at: float


class Bindings:
    """The bindings of all phones; bounded by their number.

    Args:
        clock: Seconds that only go forward.
    """

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._by_name: dict[str, list[Binding]] = {}

    def of(self, username: str) -> list[Binding]:
        """The bindings that have not expired, the newest first."""
        now = self._clock()
        living = [each for each in self._by_name.get(username, []) if each.expires_at > now]
        if living:
            self._by_name[username] = living
        else:
            self._by_name.pop(username, None)
        return living

    @property
    def usernames(self) -> frozenset[str]:
        """Whose phones can be called."""
        return frozenset(name for name, _ in self.all)

    @property
    def all(self) -> list[tuple[str, Binding]]:
        """Every binding with its user name, the newest of each first."""
        # Read by other threads too, so nothing is tidied up here.
        now = self._clock()
        return [
            (name, each)
            for name, bindings in tuple(self._by_name.items())
            for each in tuple(bindings)
            if each.expires_at > now
        ]

    def is_outdated(
        self, username: str, uris: Collection[str], *, call_id: str, number: int
    ) -> bool:
        """Whether a request about these Contacts came after a later one of the same phone.

        Args:
            username: Whose.
            uris: Contacts; empty for all of them.
            call_id: Of the request.
            number: Its CSeq.
        """
        return any(
            each.call_id == call_id and number <= each.number
            for each in self.of(username)
            if not uris or each.uri in uris
        )

    def put(self, username: str, added: Sequence[Binding], removed: Collection[str]) -> None:
        """Adds or renews bindings, and takes some away, all at once."""
        renewed = {each.uri for each in added} | set(removed)
        kept = [each for each in self.of(username) if each.uri not in renewed]
        self._by_name[username] = [*added, *kept][:_MOST_PER_PHONE]
        self.of(username)

    def clear(self, username: str) -> None:
        """Takes all bindings of a phone away."""
        self._by_name.pop(username, None)

    def keep_only(self, usernames: Collection[str]) -> None:
        """Takes away the bindings of everybody else."""
        for name in set(self._by_name) - set(usernames):
            self.clear(name)
