"""One trunk at work: how much it carries, whether it is there, whether we are registered.

No I/O here; `ivr.sip.sippy_keeper` asks the trunk. It belongs to sippy's thread; other threads only
look.
"""

import random
import secrets
from collections.abc import Callable, Sequence
from operator import attrgetter

from ivr.sip.admission import Admission
from ivr.sip.heartbeat import Health, Heartbeat
from ivr.sip.line import TrunkStatus
from ivr.sip.registration import Registration, RegistrationState
from ivr.sip.report import Route
from ivr.sip.trunks import Trunk

Address = tuple[str, int]

_CNONCE_BYTES = 8
# Trunks that are there come first, and those that never said anything before the silent ones.
_PREFERENCE = (Health.UP, Health.UNKNOWN, Health.DEGRADED, Health.DOWN)


class TrunkDesk:
    """One trunk at work.

    Args:
        trunk: As the operator describes it.
        clock: Seconds that only go forward.

    Attributes:
        trunk: As the operator describes it.
        admission: Its own caps.
        heartbeat: Whether it is there; None if nobody asks.
        registration: What its registrar thinks of us; None if there is none.
        address: Its IP address and UDP port, once its name was resolved.
        registrar: The same of its registrar.
        calls: Calls by it that are being set up or up.
    """

    def __init__(self, trunk: Trunk, *, clock: Callable[[], float]) -> None:
        self.trunk = trunk
        self.admission = Admission(
            max_calls=trunk.max_calls, calls_per_second=trunk.calls_per_second, clock=clock
        )
        self.heartbeat: Heartbeat | None = None
        if trunk.outbound is not None and trunk.heartbeat_seconds > 0:
            self.heartbeat = Heartbeat(trunk.heartbeat_seconds, random.random)
        self.registration: Registration | None = None
        if trunk.registrar is not None:
            self.registration = Registration(
                uri=f"sip:{trunk.registrar.domain}",
                credentials=trunk.credentials,
                expires_seconds=trunk.registrar.expires_seconds,
                make_cnonce=lambda: secrets.token_hex(_CNONCE_BYTES),
            )
        self.address: Address | None = None
        self.registrar: Address | None = None
        self.calls = 0

    @property
    def health(self) -> Health:
        """Whether the trunk is there."""
        return self.heartbeat.health if self.heartbeat else Health.UNKNOWN

    @property
    def is_full(self) -> bool:
        """Whether it carries as many calls as it may."""
        return self.admission.is_full(self.calls)

    @property
    def rank(self) -> int:
        """The lower, the rather a call is dialled through it."""
        registration = self.registration.state if self.registration else None
        is_ready = registration in (None, RegistrationState.REGISTERED)
        return _PREFERENCE.index(self.health) + (0 if is_ready else len(_PREFERENCE))

    def hear_from(self, host: str) -> None:
        """A request came from this address of the trunk; where it is dialled, it is there."""
        if self.heartbeat is not None and self.address is not None and self.address[0] == host:
            self.heartbeat.heard()

    def status(self) -> TrunkStatus:
        """What it is like now."""
        return TrunkStatus(
            name=self.trunk.name,
            health=self.health.value,
            registration=self.registration.state.value if self.registration else None,
            calls=self.calls,
            max_calls=self.trunk.max_calls,
        )


def routes_for(
    desks: Sequence[TrunkDesk], number: str, *, from_number: str, ring_seconds: float
) -> list[Route]:
    """The ways to dial a number: the trunks in the operator's order, those in trouble last.

    Args:
        desks: All trunks; those that are full, inbound only or without an address are left out.
        number: Whom to call.
        from_number: The number to show where the trunk has none of its own.
        ring_seconds: How long it may take until somebody answers, in all.
    """
    usable = [desk for desk in desks if desk.address is not None and not desk.is_full]
    return [
        Route(
            number=desk.trunk.dialled(number),
            domain=desk.trunk.domain,
            trunk=desk.address,
            from_number=desk.trunk.shown_number or from_number,
            ring_seconds=ring_seconds,
            # A registrar knows its users by its own domain (RFC 3261 section 10.2.1).
            own_domain=desk.trunk.registrar.domain if desk.trunk.registrar else "",
            credentials=desk.trunk.credentials,
            desk=desk,
        )
        for desk in sorted(usable, key=attrgetter("rank"))
        if desk.address is not None
    ]
