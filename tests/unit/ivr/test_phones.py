"""The line hears which phones may register."""

import time

import pytest

from hotline.agents import phones
from hotline.clock import FakeClock
from hotline.house import House
from ivr.phones import allowed_phones, remember_bindings, remembered_bindings
from ivr.sip.bindings import Binding
from ivr.sip.digest import Algorithm, hash_password
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
