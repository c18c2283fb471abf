import socket

import pytest

from ivr.media.errors import NoPortFree
from ivr.media.ports import PortPool
from tests.integration.media_phone import free_ports


def test_open__rtp_is_even_and_rtcp_the_one_above() -> None:
    pool = PortPool(host="127.0.0.1", ports=free_ports(3))

    pairs = [pool.open() for _ in range(3)]

    assert len(pool) == 3
    assert all(pair.port % 2 == 0 for pair in pairs)
    assert all(pair.control.getsockname()[1] == pair.port + 1 for pair in pairs)
    with pytest.raises(NoPortFree):
        pool.open()
    for pair in pairs:
        pool.give_back(pair)


def test_open__goes_round_before_a_port_comes_again() -> None:
    pool = PortPool(host="127.0.0.1", ports=free_ports(3))
    seen = []
    for _ in range(6):
        pair = pool.open()
        seen.append(pair.port)
        pool.give_back(pair)

    assert len(set(seen[:3])) == 3
    assert seen[:3] == seen[3:]


def test_open__passes_over_a_pair_of_which_another_program_has_one() -> None:
    ports = free_ports(2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", ports[0] + 1))
        pool = PortPool(host="127.0.0.1", ports=ports)

        pair = pool.open()

        assert pair.port == ports[2]
        pair.close()


def test_len__a_last_even_port_without_its_odd_one_is_none() -> None:
    assert len(PortPool(host="127.0.0.1", ports=range(40_000, 40_003))) == 1
