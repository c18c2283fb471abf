"""What `hotline up` needs of its machine: a directory of its own and free ports."""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from hotline import ports
from hotline.errors import NotConfigured
from hotline.settings import Settings

# A predecessor that was killed leaves its ports within milliseconds; nothing tells when.
_PORT_GRACE_SECONDS = 3.0
_PORT_LOOK_SECONDS = 0.1


def check_directory(settings: Settings) -> None:
    """Makes the data directory and writes to it for a try.

    Raises:
        NotConfigured: It cannot be made or written.
    """
    directory = settings.data_dir
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=directory, prefix=".try-"):
            pass
    except OSError as error:
        raise NotConfigured(
            f"The data directory {directory} cannot be written ({error.strerror}); give this user "
            "the right to, free some space, or choose another with --data-dir."
        ) from error


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Holds the data directory's lock, which ends with this process however it ends.

    Raises:
        NotConfigured: Another `hotline up` holds it.
    """
    path = settings.data_dir / "up.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read(20).strip() or "unknown"
            raise NotConfigured(
                f"The hotline is already running on {settings.data_dir} (process {holder}); stop "
                "it first, or choose another directory with --data-dir."
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def settle_ports(settings: Settings) -> Settings:
    """Settings with every port chosen.

    A port 0 becomes a free one. The audio and speech ports are between our own parts unless the
    operator set them, so they move aside for others.
    """
    chosen: dict[str, int] = {
        "http_port": settings.http_port or ports.free_port(settings.host, socket.SOCK_STREAM),
        "sip_port": settings.sip_port or ports.free_port(settings.sip_host, socket.SOCK_DGRAM),
    }
    audio = settings.audio_port or (chosen["http_port"] % 65535) + 1
    if not settings.audio_port and not ports.is_free(settings.host, audio, socket.SOCK_STREAM):
        audio = ports.free_port(settings.host, socket.SOCK_STREAM)
    chosen["audio_port"] = audio
    is_asr_given = settings.asr_port and "asr_port" in settings.model_fields_set
    if not is_asr_given and not ports.is_free("127.0.0.1", settings.asr_port, socket.SOCK_DGRAM):
        chosen["asr_port"] = ports.free_port("127.0.0.1", socket.SOCK_DGRAM)
    return settings.model_copy(update=chosen)


def wanted_ports(settings: Settings) -> tuple[ports.Wanted, ...]:
    """The ports that the processes will listen on."""
    stream, datagram = socket.SOCK_STREAM, socket.SOCK_DGRAM
    return (
        ports.Wanted(
            "web", stream, settings.host, settings.http_port, "choose another with --http-port"
        ),
        ports.Wanted(
            "browsers' audio",
            stream,
            settings.host,
            settings.audio_port_used,
            "choose another with HOTLINE_AUDIO_PORT",
        ),
        ports.Wanted(
            "SIP", datagram, settings.sip_host, settings.sip_port, "choose another with --sip-port"
        ),
        ports.Wanted(
            "speech",
            datagram,
            "127.0.0.1",
            settings.asr_port,
            "choose another with HOTLINE_ASR_PORT",
        ),
    )


def check_ports(settings: Settings) -> None:
    """Waits a moment for ports that a killed predecessor is about to leave.

    Raises:
        NotConfigured: A port stays busy, or cannot be used at all.
    """
    deadline = monotonic() + _PORT_GRACE_SECONDS
    for wanted in wanted_ports(settings):
        while not ports.is_free(wanted.host, wanted.port, wanted.kind) and monotonic() < deadline:
            sleep(_PORT_LOOK_SECONDS)
        ports.check(wanted)
