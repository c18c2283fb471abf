"""Whether ports are free, and the sentence when they are not."""

import socket

import pytest

from hotline import ports
from hotline.errors import NotConfigured

TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM


def wanted(kind: socket.SocketKind, port: int, host: str = "127.0.0.1") -> ports.Wanted:
    return ports.Wanted("web", kind, host, port, "choose another with --http-port")


@pytest.mark.parametrize("kind", [TCP, UDP])
def test_check__busy_port_names_itself_and_the_remedy(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as busy:
        busy.bind(("127.0.0.1", 0))
        if kind == TCP:
            busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(NotConfigured, match=f"{port} on 127.0.0.1 .* --http-port"):
            ports.check(wanted(kind, port))
        assert not ports.is_free("127.0.0.1", port, kind)
    ports.check(wanted(kind, port))


@pytest.mark.parametrize("host", ["192.0.2.77", "no.such.host.invalid"])
def test_check__foreign_address_says_what_to_use(host: str) -> None:
    with pytest.raises(NotConfigured, match="not an address of this machine"):
        ports.check(wanted(TCP, 8000, host))


@pytest.mark.parametrize("kind", [TCP, UDP])
def test_free_port__is_free(kind: socket.SocketKind) -> None:
    assert ports.is_free("127.0.0.1", ports.free_port("127.0.0.1", kind), kind)
