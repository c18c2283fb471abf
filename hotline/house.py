"""The house: what every process of this installation shares, put together in one place."""

from dataclasses import dataclass

from sqlmodel import Session

from hotline.bus import Bus
from hotline.clock import Clock, SystemClock
from hotline.database import Database
from hotline.errors import NotConfigured
from hotline.events import EventType, record
from hotline.privacy import Vault, open_vault
from hotline.settings import Settings


@dataclass(frozen=True, slots=True)
class House:
    """Settings, database, vault, bus and clock of one process."""

    settings: Settings
    database: Database
    vault: Vault
    bus: Bus
    clock: Clock

    def record(self, session: Session, type_: EventType, **data: object) -> None:
        """Writes an event in this session's transaction (see hotline.events)."""
        record(session, self.bus, self.clock, type_, **data)

    def close(self) -> None:
        """Gives every connection back."""
        self.bus.close()
        self.database.close()


def open_house(settings: Settings, *, clock: Clock | None = None) -> House:
    """Opens what the settings name; the database must have been migrated before it is used.

    Raises:
        NotConfigured: The data directory or the key cannot be used.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotConfigured(
            f"The data directory {settings.data_dir} cannot be made; choose another with "
            "HOTLINE_DATA_DIR or --data-dir, or give this user the right to write there."
        ) from error
    return House(
        settings=settings,
        database=Database(settings.database_url_used),
        vault=open_vault(settings.key_file),
        bus=Bus(settings.redis_url_used),
        clock=clock or SystemClock(),
    )
