"""Who hears whom in one call: what the flow wants, brought to the engine's gain matrix."""

from collections.abc import Callable

from ivr.flow.mixing import Hearing
from ivr.media.client import MediaEngine

LegOf = Callable[[str], str | None]
"""Finds the leg of the caller, the lawyer or a party; None while it is not open."""


class CallHearing:
    """What is wanted by name, and what is heard by leg.

    Args:
        engine: Where the call's legs are.

    Attributes:
        heard: Which leg is heard by which now: (leg, leg).
    """

    def __init__(self, engine: MediaEngine) -> None:
        self._engine = engine
        self._wanted: Hearing = frozenset()
        self._early: Hearing = frozenset()
        self.heard: set[tuple[str, str]] = set()

    async def mix(self, wanted: Hearing, leg_of: LegOf) -> None:
        """Lets everybody hear whom they shall hear; a leg that is not open is left out."""
        self._wanted = wanted
        await self._apply(leg_of)

    async def begin_early(self, speaker: str, listener: str, leg_of: LegOf) -> bool:
        """Lets whoever waits hear a network before its answer; says whether that is new."""
        if leg_of(listener) is None or (speaker, listener) in self._early:
            return False
        self._early |= {(speaker, listener)}
        await self._apply(leg_of)
        return True

    async def end_early(self, speaker: str, leg_of: LegOf) -> bool:
        """Lets nobody hear a network before its answer any more; says whether anybody did."""
        early = frozenset(pair for pair in self._early if pair[0] != speaker)
        if early == self._early:
            return False
        self._early = early
        await self._apply(leg_of)
        return True

    def forget(self, leg: str) -> None:
        """Forgets a leg that the engine is about to close, and the gains with it."""
        self.heard = {pair for pair in self.heard if leg not in pair}
        self._early = frozenset(pair for pair in self._early if pair[0] != leg)

    async def _apply(self, leg_of: LegOf) -> None:
        wanted = {
            (source, target)
            for speaker, listener in self._wanted | self._early
            if (source := leg_of(speaker)) and (target := leg_of(listener))
        }
        changes = [(*pair, 0.0) for pair in sorted(self.heard - wanted)]
        changes += [(*pair, 1.0) for pair in sorted(wanted - self.heard)]
        if changes:
            await self._engine.set_gains(changes)
        self.heard = wanted
