"""Telling the line which lawyers' SIP phones may register."""

import asyncio
import logging

from hotline.agents.phones import phone_hashes
from hotline.house import House
from ivr.sip.registrar import PhoneSecrets
from ivr.sip.trunk_line import TrunkLine

log = logging.getLogger(__name__)

# How long a new password, or a lawyer who was disabled, may take to have its effect.
LOOK_SECONDS = 15.0


async def keep_admitting(house: House, line: TrunkLine) -> None:
    """Tells the line from now on, until cancelled."""
    while True:
        try:
            line.admit_phones(await asyncio.to_thread(allowed_phones, house))
        except Exception:
            # The phones that are known stay known while the database is away.
            log.exception("phones could not be looked up")
        await asyncio.sleep(LOOK_SECONDS)


def allowed_phones(house: House) -> dict[str, PhoneSecrets]:
    """The phones that may register, by user name."""
    with house.database.reading() as session:
        return {
            username: PhoneSecrets(md5=hashes.md5, sha256=hashes.sha256)
            for username, hashes in phone_hashes(session, house).items()
        }
