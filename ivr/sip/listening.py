"""The UDP socket that a line listens on."""

import socket

from ivr.sip.line import PortTaken

# 64 kB at the default; a burst of 200 INVITEs with IMS headers is more.
_RECEIVE_BUFFER_BYTES = 1 << 20


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
