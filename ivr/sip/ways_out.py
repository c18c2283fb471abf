"""How a call can be dialled from a trunk line: by its trunks, or at a phone that registers here."""

from collections.abc import Awaitable, Callable, Sequence

from ivr.sip.line import LineFull, NoTrunk
from ivr.sip.report import Route
from ivr.sip.sippy_phones import PHONE_PREFIX, PhoneDesk
from ivr.sip.trunk_addresses import TrunkAddresses
from ivr.sip.trunk_desk import TrunkDesk, routes_for

_RETRY_SECONDS = 10


class WaysOut:
    """Finds the routes of a call that is to be dialled.

    Args:
        desks: The trunks.
        addresses: Where they are.
        phones: Those that register here, None if none may.
        in_thread: Has a function called in sippy's thread and waits until it was.
    """

    def __init__(
        self,
        desks: Sequence[TrunkDesk],
        *,
        addresses: TrunkAddresses,
        phones: PhoneDesk | None,
        in_thread: Callable[[Callable[[], object]], Awaitable[None]],
    ) -> None:
        self._desks = desks
        self._addresses = addresses
        self._phones = phones
        self._in_thread = in_thread

    async def find(self, target: str, *, from_number: str, ring_seconds: float) -> list[Route]:
        """The routes to a number or a phone, the best first.

        Args:
            target: A number; ``phone:`` and a user name for a phone that registers here.
            from_number: The number to show, where the trunk has none of its own.
            ring_seconds: How long it may take until somebody answers.

        Raises:
            NoTrunk: No outbound trunk is set, or no name of one can be resolved; or the phone is
                not registered.
            LineFull: All trunks are full.
        """
        if target.startswith(PHONE_PREFIX):
            username = target.removeprefix(PHONE_PREFIX)
            return await self._to_phone(
                username, from_number=from_number, ring_seconds=ring_seconds
            )
        return await self._by_trunk(target, from_number=from_number, ring_seconds=ring_seconds)

    async def _by_trunk(self, number: str, *, from_number: str, ring_seconds: float) -> list[Route]:
        if not self._has_address:
            await self._addresses.find()
        if not self._has_address:
            raise NoTrunk(
                "Nothing can be dialled: set HOTLINE_TRUNK_OUTBOUND, or outbound in the trunk "
                "file, to the host:port of a trunk whose name this machine can resolve."
            )
        routes = routes_for(self._desks, number, from_number=from_number, ring_seconds=ring_seconds)
        if not routes:
            raise LineFull("All trunks are busy.", retry_after_seconds=_RETRY_SECONDS)
        return routes

    async def _to_phone(
        self, username: str, *, from_number: str, ring_seconds: float
    ) -> list[Route]:
        routes: list[Route] = []
        phones = self._phones

        def look() -> None:
            if phones is not None:
                routes.extend(
                    phones.routes(username, from_number=from_number, ring_seconds=ring_seconds)
                )

        await self._in_thread(look)
        if not routes:
            raise NoTrunk("The lawyer's phone is not registered here at the moment.")
        return routes

    @property
    def _has_address(self) -> bool:
        return any(desk.address is not None for desk in self._desks)
