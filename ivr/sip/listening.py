"""The sockets that a line listens on."""

import socket
from contextlib import ExitStack

from ivr.sip.line import PortTaken

# 64 kB at the default; a burst of 200 INVITEs with IMS headers is more.
_RECEIVE_BUFFER_BYTES = 1 << 20
# Connections that nobody has taken yet; trunks are few.
_BACKLOG = 64
# The kernel knows which UDP ports are free, not which of them are free for TCP too.
_MOST_TRIES = 20


def listen_at(host: str, port: int) -> socket.socket:
    """A bound, non-blocking UDP socket.

    Raises:
        PortTaken: Another program has the port, or the address is not this machine's.
    """
    try:
        return open_socket(host, port)
    except OSError as error:
        raise PortTaken(
            f"SIP cannot listen on UDP {host}:{port} ({error.strerror}). "
            "Stop the program that has the port, or set HOTLINE_SIP_HOST and HOTLINE_SIP_PORT."
        ) from error


def listen_twice_at(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """A bound UDP socket and a listening TCP socket with the same number, both non-blocking.

    Raises:
        PortTaken: Another program has one of the two, or the address is not this machine's.
    """
    for tries_left in reversed(range(1 if port else _MOST_TRIES)):
        with ExitStack() as undo:
            datagrams = undo.enter_context(listen_at(host, port))
            number = datagrams.getsockname()[1]
            try:
                connections = _open_listener(host, number)
            except OSError as error:
                if tries_left:
                    continue
                raise PortTaken(
                    f"SIP cannot listen on TCP {host}:{number} ({error.strerror}). Stop the "
                    "program that has the port, or set HOTLINE_SIP_HOST and HOTLINE_SIP_PORT."
                ) from error
            undo.pop_all()
            return datagrams, connections
    raise AssertionError("the last try returns or raises")


def _open_listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    try:
        # Connections of an earlier life of the line linger for a minute.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def open_socket(host: str, port: int) -> socket.socket:
    """A bound, non-blocking UDP socket.

    Args:
        host: IP address, or the unspecified one for all of them.
        port: UDP port; 0 takes any free one.

    Raises:
        OSError: The address is not this machine's, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock
