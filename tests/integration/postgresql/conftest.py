"""A house on a real PostgreSQL in place of the one on SQLite."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from hotline.clock import FakeClock
from hotline.database import Database
from hotline.house import House
from hotline.privacy import open_vault
from hotline.settings import Settings
from tests.conftest import SilentBus
from tests.postgresql import Server, create_database, running_server


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    """One server for all tests of this folder."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="package")
def migrated_url(server: Server) -> str:
    """A database with empty tables, for all tests in turn."""
    url = create_database(server, "hotline")
    database = Database(url)
    database.migrate()
    database.close()
    return url


@pytest.fixture
def url(migrated_url: str) -> Iterator[str]:
    """A database with empty tables for one test."""
    yield migrated_url
    names = ", ".join(f'"{name}"' for name in SQLModel.metadata.tables)
    engine = create_engine(migrated_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    engine.dispose()


@pytest.fixture
def empty_url(server: Server) -> str:
    """A database without tables."""
    return create_database(server, "empty")


@pytest.fixture
def open_house(url: str, settings: Settings, clock: FakeClock) -> Iterator[Callable[[], House]]:
    """Opens houses on the same database, as several processes do."""
    settings.data_dir.mkdir(parents=True)
    houses: list[House] = []

    def open_one() -> House:
        house = House(
            settings=settings,
            database=Database(url),
            vault=open_vault(settings.key_file),
            bus=SilentBus(),
            clock=clock,
        )
        houses.append(house)
        return house

    yield open_one
    for house in houses:
        house.close()


@pytest.fixture
def house(open_house: Callable[[], House]) -> House:
    """Takes the place of the house on SQLite."""
    return open_house()
