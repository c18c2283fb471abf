"""The line hears which phones may register."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence

import pytest

from hotline.agents import phones
from hotline.clock import FakeClock
from hotline.house import House
from ivr.phones import (
    Bindings,
    allowed_phones,
    keep_admitting,
    remember_bindings,
    remembered_bindings,
)
from ivr.sip.bindings import Binding
from ivr.sip.digest import Algorithm, hash_password
from ivr.sip.registrar import PhoneSecrets
from tests.unit.hotline.factories import create_user


def test_allowed_phones__carry_what_digest_needs(house: House) -> None:
    with house.database.session() as session:
        lawyer = create_user(session, house)
        create_user(session, house, name="without")
        username = lawyer.username
        password = phones.renew_password(session, house, lawyer)

    allowed = allowed_phones(house)

    assert list(allowed) == [username]
    for algorithm in Algorithm:
        assert allowed[username].of(algorithm) == hash_password(
            algorithm, username=username, realm=phones.REALM, password=password
        )


def binding(uri: str, *, seconds: float = 600.0) -> tuple[str, Binding]:
    expires_at = time.monotonic() + seconds
    return "wang", Binding(uri, ("10.0.0.7", 5062), "call", 7, expires_at)


def test_remember__phones_are_where_they_were_after_a_restart(
    house: House, clock: FakeClock
) -> None:
    given = [binding("sip:new@10.0.0.7"), binding("sip:old@10.0.0.7", seconds=30.0)]
    remember_bindings(house, "node", given)
    clock.advance(seconds=60)

    ((username, found),) = remembered_bindings(house, "node")

    assert (username, found.uri, found.address) == ("wang", "sip:new@10.0.0.7", ("10.0.0.7", 5062))
    assert (found.call_id, found.number) == ("call", 7)
    assert found.expires_at - time.monotonic() == pytest.approx(540.0, abs=5.0)


def test_remember__replaces_what_this_node_remembered_and_no_other(house: House) -> None:
    remember_bindings(house, "one", [binding("sip:a@10.0.0.7")])
    remember_bindings(house, "two", [binding("sip:b@10.0.0.7")])
    remember_bindings(house, "one", [])

    assert remembered_bindings(house, "one") == []
    assert len(remembered_bindings(house, "two")) == 1


class FakeLine:
    """A line that remembers whom it admits; a test says when it has looked often enough."""

    def __init__(self, *, looks: int) -> None:
        self.phone_bindings: Bindings = []
        self.admitted: list[tuple[list[str], Bindings]] = []
        self.has_looked = asyncio.Event()
        self.on_admit: Callable[[], None] = lambda: None
        self._looks = looks

    def admit_phones(
        self,
        credentials: Mapping[str, PhoneSecrets],
        remembered: Sequence[tuple[str, Binding]] = (),
    ) -> None:
        """Remembers."""
        self.admitted.append((list(credentials), list(remembered)))
        self.on_admit()
        if len(self.admitted) == self._looks:
            self.has_looked.set()


async def admit(house: House, line: FakeLine) -> None:
    """Keeps admitting until the line has looked often enough."""
    task = asyncio.create_task(keep_admitting(house, line, node="node", every_seconds=0.0))
    async with asyncio.timeout(60):
        await line.has_looked.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def add_lawyer(house: House, name: str) -> None:
    with house.database.session() as session:
        phones.renew_password(session, house, create_user(session, house, name=name))


class TestKeepAdmitting:
    async def test_keep__what_was_remembered_is_said_once_and_new_phones_each_time(
        self, house: House
    ) -> None:
        known = binding("sip:wang@10.0.0.7")
        remember_bindings(house, "node", [known])
        add_lawyer(house, "first")
        line = FakeLine(looks=3)
        line.on_admit = lambda: add_lawyer(house, "later") if len(line.admitted) == 1 else None

        await admit(house, line)

        names = [len(credentials) for credentials, _ in line.admitted]
        remembered = [[username for username, _ in bindings] for _, bindings in line.admitted]
        assert names == [1, 2, 2]
        assert remembered == [["wang"], [], []]

    async def test_keep__where_phones_are_is_written_down_when_it_changes(
        self, house: House
    ) -> None:
        line = FakeLine(looks=4)
        line.on_admit = lambda: setattr(
            line, "phone_bindings", [binding("sip:wang@10.0.0.8")] if len(line.admitted) > 1 else []
        )

        await admit(house, line)

        ((username, found),) = remembered_bindings(house, "node")
        assert (username, found.uri) == ("wang", "sip:wang@10.0.0.8")

    async def test_keep__what_was_remembered_outlives_a_failure(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        remember_bindings(house, "node", [binding("sip:wang@10.0.0.7")])
        line = FakeLine(looks=2)

        def fail_at_first() -> None:
            if len(line.admitted) == 1:
                raise ConnectionError("database is away")

        line.on_admit = fail_at_first

        await admit(house, line)

        assert [record.message for record in caplog.records] == ["phones could not be looked up"]
        assert [len(bindings) for _, bindings in line.admitted[:2]] == [1, 1]
        assert len(remembered_bindings(house, "node")) == 1
