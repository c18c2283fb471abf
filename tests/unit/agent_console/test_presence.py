import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from time import monotonic

import pytest
from sqlmodel import Session

from agent_console.presence import Presence
from hotline.agents import service as agents
from hotline.agents.rules import LawyerState, Reason
from hotline.database import Database
from hotline.house import House
from hotline.queueing.offers import make_offer
from hotline.tables import Lawyer, Offer, QueueEntry
from tests.unit.hotline.factories import create_waiting


class FlakyDatabase(Database):
    """A database that fails at the next writes, or at the next questions."""

    failures = 0
    failed_questions = 0

    @contextmanager
    def reading(self) -> Iterator[Session]:
        if self.failed_questions:
            self.failed_questions -= 1
            raise OSError("away")
        with super().reading() as session:
            yield session

    @contextmanager
    def session(self) -> Iterator[Session]:
        if self.failures:
            self.failures -= 1
            raise OSError("away")
        with super().session() as session:
            yield session


@contextmanager
def flaky_database(house: House) -> Iterator[FlakyDatabase]:
    flaky = FlakyDatabase(house.database.url)
    yield flaky
    flaky.close()


def retrying(house: House, flaky: FlakyDatabase, *, return_seconds: float = 60) -> Presence:
    """Asks and tells the flaky database again at once."""
    return Presence(replace(house, database=flaky), return_seconds=return_seconds, retry_seconds=0)


@pytest.fixture
def presence(house: House) -> Presence:
    return Presence(house, return_seconds=60)


@asynccontextmanager
async def running(presence: Presence) -> AsyncIterator[None]:
    task = asyncio.create_task(presence.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def is_here(house: House, lawyer_id: str) -> bool:
    with house.database.reading() as session:
        return session.get_one(Lawyer, lawyer_id).disconnected_at is None


async def until(condition: Callable[[], bool]) -> None:
    """Looks again whenever other tasks and threads have had their turn."""
    deadline = monotonic() + 60
    for _ in iter(int, 1):
        if await asyncio.to_thread(condition):
            return
        assert monotonic() < deadline, "it did not come to be"


async def settle(presence: Presence, house: House, ids: dict[str, str]) -> None:
    """Li's page is there, and the database knows it: what was told after it is written."""
    presence.came(ids["li"])
    presence.came(ids["wang"])
    presence.went(ids["wang"])
    await until(lambda: not is_here(house, ids["wang"]))


def make_lost(house: House, lawyer_id: str) -> None:
    """The page showed no offer in time, and stayed connected."""
    with house.database.session() as session:
        lawyer = agents.find(session, lawyer_id)
        reason = Reason.UNACKNOWLEDGED.value
        agents.change(session, house, lawyer, LawyerState.LOST, by="system", reason=reason)


def state_of(house: House, lawyer_id: str) -> str:
    with house.database.reading() as session:
        return agents.find(session, lawyer_id).state


class TestPresence:
    @pytest.mark.parametrize("has_gone", [False, True])
    async def test_came__beside_a_frozen_page_or_in_its_place_brings_the_lawyer_back(
        self, house: House, ids: dict[str, str], presence: Presence, has_gone: bool
    ) -> None:
        async with running(presence):
            await settle(presence, house, ids)
            await asyncio.to_thread(make_lost, house, ids["li"])
            if has_gone:
                presence.went(ids["li"])
            presence.came(ids["li"])

            await until(lambda: state_of(house, ids["li"]) == LawyerState.AVAILABLE)

    async def test_came__is_told_again_where_the_database_did_not_take_it(
        self, house: House, ids: dict[str, str]
    ) -> None:
        with flaky_database(house) as flaky:
            presence = retrying(house, flaky)
            async with running(presence):
                await settle(presence, house, ids)
                await asyncio.to_thread(make_lost, house, ids["li"])
                flaky.failures = 1
                presence.came(ids["li"])

                await until(lambda: state_of(house, ids["li"]) == LawyerState.AVAILABLE)

    async def test_went__who_rings_there_goes_on_at_once(
        self, house: House, ids: dict[str, str], presence: Presence
    ) -> None:
        with house.database.session() as session:
            entry = create_waiting(session, house)
            offer = make_offer(session, house, entry, agents.find(session, ids["li"]), fence=1)
        async with running(presence):
            presence.came(ids["li"])
            presence.went(ids["li"])
            await until(lambda: not is_here(house, ids["li"]))

        with house.database.reading() as session:
            assert session.get_one(Offer, offer.id).reason == "lawyer_gone"
            assert session.get_one(QueueEntry, entry.id).state == "waiting"

    async def test_went__is_told_after_the_last_page_only(
        self, house: House, ids: dict[str, str], presence: Presence
    ) -> None:
        async with running(presence):
            presence.came(ids["li"])
            presence.came(ids["li"])
            presence.went(ids["li"])
            presence.came(ids["wang"])
            presence.went(ids["wang"])
            await until(lambda: not is_here(house, ids["wang"]))

            assert is_here(house, ids["li"])

    async def test_run__ends_with_everyone_gone(
        self, house: House, ids: dict[str, str], presence: Presence
    ) -> None:
        async with running(presence):
            presence.came(ids["wang"])
            presence.went(ids["wang"])
            presence.came(ids["li"])
            await until(lambda: not is_here(house, ids["wang"]))

        assert not is_here(house, ids["li"])

    async def test_run__those_who_stayed_away_after_a_restart_are_gone(
        self, house: House, ids: dict[str, str]
    ) -> None:
        presence = Presence(house, return_seconds=0)
        presence.came(ids["wang"])
        async with running(presence):
            await until(lambda: not is_here(house, ids["li"]))

            assert is_here(house, ids["wang"])

    async def test_run__asks_again_who_was_here_before(
        self, house: House, ids: dict[str, str]
    ) -> None:
        with flaky_database(house) as flaky:
            flaky.failed_questions = 1
            async with running(retrying(house, flaky, return_seconds=0)):
                await until(lambda: not is_here(house, ids["li"]))

        assert flaky.failed_questions == 0

    async def test_run__tells_anew_when_it_is_run_again(
        self, house: House, ids: dict[str, str], presence: Presence
    ) -> None:
        async with running(presence):
            await settle(presence, house, ids)
        presence.went(ids["li"])
        assert not is_here(house, ids["li"])

        async with running(presence):
            presence.came(ids["li"])
            await until(lambda: is_here(house, ids["li"]))

    async def test_run__tells_again_what_the_database_did_not_take(
        self, house: House, ids: dict[str, str]
    ) -> None:
        with flaky_database(house) as flaky:
            flaky.failures = 1
            presence = retrying(house, flaky)
            async with running(presence):
                presence.came(ids["li"])
                presence.went(ids["li"])
                await until(lambda: not is_here(house, ids["li"]))

        assert flaky.failures == 0

    async def test_run__what_was_written_is_taken_back_whenever_the_end_comes(
        self, house: House, ids: dict[str, str], presence: Presence
    ) -> None:
        for turns in range(12):
            task = asyncio.create_task(presence.run())
            presence.came(ids["li"])
            await until(lambda: is_here(house, ids["li"]))
            # The end comes some turns of the loop after the row: before, when and after it is known
            # here that the row was written.
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            presence.went(ids["li"])

            assert not is_here(house, ids["li"])
