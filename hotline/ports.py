"""Ports and addresses of this machine: whether they are free, and which one is."""

import errno
import socket
from dataclasses import dataclass

from hotline.errors import NotConfigured


@dataclass(frozen=True, slots=True)
class Wanted:
    """A port that a process will listen on.

    Attributes:
        what: What it is for, as people call it: "web", "SIP".
        kind: SOCK_STREAM for TCP, SOCK_DGRAM for UDP.
        host: The address to listen on.
        port: The port; 0 is always free.
        remedy: How to choose another.
    """

    what: str
    kind: socket.SocketKind
    host: str
    port: int
    remedy: str

    @property
    def name(self) -> str:
        """Such as ``UDP port 5060 on 127.0.0.1 (SIP)``."""
        protocol = "TCP" if self.kind == socket.SOCK_STREAM else "UDP"
        return f"{protocol} port {self.port} on {self.host} ({self.what})"


def check(wanted: Wanted) -> None:
    """Finds out whether the port could be listened on now.

    Raises:
        NotConfigured: It could not; the sentence says why and what to do.
    """
    try:
        _bind(wanted.host, wanted.port, wanted.kind)
    except OSError as error:
        raise NotConfigured(_explain(wanted, error)) from error


def is_free(host: str, port: int, kind: socket.SocketKind) -> bool:
    """Whether the port could be listened on now."""
    try:
        _bind(host, port, kind)
    except OSError:
        return False
    return True


def free_port(host: str, kind: socket.SocketKind) -> int:
    """A port that nobody listens on at this moment.

    Raises:
        NotConfigured: The address is not this machine's.
    """
    wanted = Wanted("any", kind, host, 0, "choose another address")
    try:
        return _bind(host, 0, kind)
    except OSError as error:
        raise NotConfigured(_explain(wanted, error)) from error


def _bind(host: str, port: int, kind: socket.SocketKind) -> int:
    family, _, _, _, address = socket.getaddrinfo(host or None, port, type=kind)[0]
    with socket.socket(family, kind) as trial:
        if kind == socket.SOCK_STREAM:
            # As servers do: connections that are closing do not count.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(address)
        if kind == socket.SOCK_STREAM:
            trial.listen(1)
        chosen: int = trial.getsockname()[1]
        return chosen


def _explain(wanted: Wanted, error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return (
            f"{wanted.host} is not an address of this machine ({wanted.what}); "
            "use 127.0.0.1 for this machine alone or 0.0.0.0 for every network it is in."
        )
    if error.errno == errno.EADDRINUSE:
        return f"{wanted.name} is used by another program; stop that, or {wanted.remedy}."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{wanted.name} may not be used by this user; {wanted.remedy} above 1023."
    return f"{wanted.name} cannot be used ({error.strerror}); {wanted.remedy}."
