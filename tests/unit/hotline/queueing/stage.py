"""Where stories about the queue are told: a whole database in memory, as good as new each time.

The engine stays, and with it the statements that it has compiled, so that a story costs no more
than its own deeds. One connection serves one session after the other, as a story has them.
"""

import sqlite3
from pathlib import Path
from typing import Any

from hotline.clock import FakeClock
from hotline.database import Database
from hotline.house import House
from hotline.privacy import open_vault
from hotline.settings import load_settings
from tests.conftest import SilentBus


class Stage:
    """A database for story after story."""

    def __init__(self, directory: Path) -> None:
        settings = load_settings(directory)
        self._settings = settings.model_copy(update={"trunk_outbound": "127.0.0.1:5080"})
        self._vault = open_vault(settings.key_file)
        self._database = Database("sqlite://")
        self._database.migrate()
        self._empty = sqlite3.connect(":memory:")
        self._connection = self._only_connection()
        self._connection.backup(self._empty)

    def _only_connection(self) -> sqlite3.Connection:
        """What SQLAlchemy gives to every session of this thread."""
        borrowed = self._database.engine.raw_connection()
        connection = borrowed.driver_connection
        borrowed.close()
        assert isinstance(connection, sqlite3.Connection)
        return connection

    def new_house(self, clock: FakeClock) -> House:
        """A house in which nothing has happened."""
        self._empty.backup(self._connection)
        return House(
            settings=self._settings,
            database=self._database,
            vault=self._vault,
            bus=SilentBus(),
            clock=clock,
        )

    def rows(self, statement: str) -> list[Any]:
        """What is written, read past SQLAlchemy: a look after each step must cost next to nothing.

        Rows are tuples of what SQLite keeps: text, numbers and None.
        """
        return self._connection.execute(statement).fetchall()

    def close(self) -> None:
        """Forgets everything."""
        self._database.close()
        self._empty.close()
