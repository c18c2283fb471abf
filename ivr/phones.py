"""Telling the line which lawyers' SIP phones may register, and remembering where they are.

A phone refreshes its registration once an hour; without a memory none could be called for so long
after a restart of this process.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from sqlmodel import Session, col, delete, select

from hotline.agents.phones import phone_hashes
from hotline.house import House
from hotline.tables import PhoneBinding
from ivr.sip.bindings import Binding
from ivr.sip.registrar import PhoneSecrets

log = logging.getLogger(__name__)

# How long a new password, or a lawyer who was disabled, may take to have its effect.
LOOK_SECONDS = 15.0

Bindings = list[tuple[str, Binding]]


class PhoneLine(Protocol):
    """A line that lawyers' phones may register with."""

    @property
    def phone_bindings(self) -> Bindings:
        """Where the phones are."""

    def admit_phones(
        self, credentials: Mapping[str, PhoneSecrets], remembered: Bindings = ...
    ) -> None:
        """Replaces the phones that may register."""


async def keep_admitting(
    house: House, line: PhoneLine, *, node: str, every_seconds: float = LOOK_SECONDS
) -> None:
    """Tells the line from now on, until cancelled, and writes down where the phones are.

    Args:
        house: The process's house.
        line: A line that was started.
        node: Name of this process among those that share the database.
        every_seconds: How long a change may take to have its effect.
    """
    remembered: Bindings | None = None
    while True:
        try:
            if remembered is None:
                found = await asyncio.to_thread(remembered_bindings, house, node)
                line.admit_phones(await asyncio.to_thread(allowed_phones, house), found)
                # Only now: until the line knows them, its own list must not take their place.
                remembered = found
            else:
                line.admit_phones(await asyncio.to_thread(allowed_phones, house))
                if line.phone_bindings != remembered:
                    remembered = line.phone_bindings
                    await asyncio.to_thread(remember_bindings, house, node, remembered)
        except Exception:
            # The phones that are known stay known while the database is away.
            log.exception("phones could not be looked up")
        await asyncio.sleep(every_seconds)


def allowed_phones(house: House) -> dict[str, PhoneSecrets]:
    """The phones that may register, by user name."""
    with house.database.reading() as session:
        return {
            username: PhoneSecrets(md5=hashes.md5, sha256=hashes.sha256)
            for username, hashes in phone_hashes(session, house).items()
        }


def remember_bindings(house: House, node: str, bindings: Bindings) -> None:
    """Writes down where the phones are."""
    now, monotonic = house.clock.now(), time.monotonic()
    with house.database.session() as session:
        _forget(session, node)
        for username, binding in bindings:
            session.add(
                PhoneBinding(
                    node=node,
                    username=username,
                    uri=binding.uri,
                    host=binding.address[0],
                    port=binding.address[1],
                    sip_call_id=binding.call_id,
                    number=binding.number,
                    expires_at=now + timedelta(seconds=binding.expires_at - monotonic),
                )
            )


def remembered_bindings(house: House, node: str) -> Bindings:
    """Where the phones were that have not expired since."""
    now, monotonic = house.clock.now(), time.monotonic()
    query = select(PhoneBinding).where(PhoneBinding.node == node).order_by(col(PhoneBinding.id))
    with house.database.reading() as session:
        return [
            (
                row.username,
                Binding(
                    uri=row.uri,
                    address=(row.host, row.port),
                    call_id=row.sip_call_id,
                    number=row.number,
                    expires_at=monotonic + (row.expires_at - now).total_seconds(),
                ),
            )
            for row in session.exec(query)
            if row.expires_at > now
        ]


def _forget(session: Session, node: str) -> None:
    session.exec(delete(PhoneBinding).where(col(PhoneBinding.node) == node))
