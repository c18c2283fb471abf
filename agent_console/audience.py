"""Who is told of an event, and what was read for each of them. Pure."""

from dataclasses import dataclass

_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Audience:
    """Everyone with one of the roles, and some people by id."""

    roles: frozenset[str] = _NOBODY
    users: frozenset[str] = _NOBODY

    def includes(self, user_id: str, roles: frozenset[str]) -> bool:
        """Whether this person is addressed."""
        return user_id in self.users or not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Told:
    """One event, ready to be sent: the text for each audience; the first that fits counts."""

    seq: int
    texts: tuple[tuple[Audience, str], ...]

    def text_for(self, user_id: str, roles: frozenset[str]) -> str | None:
        """What this person is told; None when it is not for them."""
        for audience, text in self.texts:
            if audience.includes(user_id, roles):
                return text
        return None
