"""Who SIP is spoken with."""

from ipaddress import ip_network

import pytest

from ivr.sip.sippy_port import Trunks

TRUNKS = ("10.1.0.0/16", "192.0.2.7/32", "2001:db8::/64")


@pytest.fixture
def trunks() -> Trunks:
    return Trunks([ip_network(network) for network in TRUNKS])


@pytest.mark.parametrize("host", ["10.1.2.3", "192.0.2.7", "2001:db8::5", "[2001:db8::5]"])
def test_include__address_in_a_network_is_a_trunk(trunks: Trunks, host: str) -> None:
    assert trunks.include(host)


@pytest.mark.parametrize(
    "host", ["10.2.0.1", "192.0.2.8", "2001:db8:1::5", "trunk.example", "", "10.1.2.3.4"]
)
def test_include__everybody_else_is_not(trunks: Trunks, host: str) -> None:
    assert not trunks.include(host)


def test_include__names_are_remembered_within_bounds(trunks: Trunks) -> None:
    for number in range(10_000):
        trunks.include(f"host-{number}")

    assert trunks.include("10.1.2.3")
    assert not trunks.include("host-1")


def test_add__address_becomes_a_trunk_even_if_it_was_none_before(trunks: Trunks) -> None:
    before = trunks.include("198.51.100.1")

    trunks.add("198.51.100.1")

    assert (before, trunks.include("198.51.100.1")) == (False, True)


def test_owner__smallest_network_says_which_trunk() -> None:
    trunks = Trunks([ip_network("10.0.0.0/8")], [ip_network("10.1.0.0/16")], [])

    trunks.add("10.1.0.9", 2)

    assert [trunks.owner(host) for host in ("10.2.0.1", "10.1.0.1", "10.1.0.9", "192.0.2.1")] == [
        *(0, 1, 2),
        None,
    ]
