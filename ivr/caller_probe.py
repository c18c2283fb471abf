"""Finding out whether anybody speaks SIP at an address, before a call is made to it."""

import asyncio
import secrets
import socket

from hotline.errors import NotConfigured

_TRIES_SECONDS = (0.5, 1.0, 1.5)


async def resolve(host: str, port: int) -> tuple[str, int]:
    """The IP address behind a name.

    Raises:
        NotConfigured: There is no such host.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except OSError as error:
        raise NotConfigured(f"The host {host} is not known ({error.strerror}).") from error
    return str(found[0][4][0]), port


async def probe(target: tuple[str, int]) -> str:
    """Asks whether anybody speaks SIP at an address.

    Returns:
        The local IP address that the way there begins at.

    Raises:
        NotConfigured: Nobody does; the message says what to try.
    """
    family = socket.AF_INET6 if ":" in target[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        local: tuple[str, int] = ("", 0)
        try:
            sock.connect(target)
            local = sock.getsockname()[:2]
            await _exchange(sock, _options(target, local))
        except TimeoutError:
            raise NotConfigured(
                f"Nothing at {target[0]} UDP {target[1]} answers. Is that the hotline's address, "
                f"and is {local[0]} among its HOTLINE_TRUNKS?"
            ) from None
        except OSError as error:
            raise NotConfigured(
                f"Nobody listens at {target[0]} UDP {target[1]} ({error.strerror}). Start the "
                "hotline with `hotline up`, or name another address with --host and --port."
            ) from error
    return local[0]


async def _exchange(sock: socket.socket, request: bytes) -> None:
    """Repeats a request until anything comes back."""
    loop = asyncio.get_running_loop()
    for seconds in _TRIES_SECONDS:
        await loop.sock_sendall(sock, request)
        try:
            async with asyncio.timeout(seconds):
                await loop.sock_recv(sock, 4096)
            return
        except TimeoutError:
            continue
    raise TimeoutError


def _options(target: tuple[str, int], local: tuple[str, int]) -> bytes:
    there, here = (f"[{host}]" if ":" in host else host for host in (target[0], local[0]))
    tag = secrets.token_hex(8)
    lines = [
        f"OPTIONS sip:{there}:{target[1]} SIP/2.0",
        f"Via: SIP/2.0/UDP {here}:{local[1]};rport;branch=z9hG4bK{tag}",
        f"From: <sip:probe@{here}:{local[1]}>;tag={tag}",
        f"To: <sip:{there}:{target[1]}>",
        f"Call-ID: {tag}@{here}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:probe@{here}:{local[1]}>",
        "Max-Forwards: 70",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
