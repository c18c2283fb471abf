"""Addresses that answers carry."""

from urllib.parse import quote

from starlette.requests import HTTPConnection

from hotline.settings import Settings
from hotline.web.guard import host_name


def audio_address(connection: HTTPConnection, settings: Settings, *, leg: str, token: str) -> str:
    """Where the browser's audio of a leg goes.

    The gateway is a process and a port of its own; its host is the one the page came by, unless
    the operator named another.
    """
    is_secure = settings.is_tls or connection.url.scheme in ("https", "wss")
    scheme = "wss" if is_secure else "ws"
    host = settings.public_host or host_name(connection.headers.get("host", "")) or settings.host
    return f"{scheme}://{host}:{settings.audio_port_used}/ws/audio/{leg}?token={quote(token)}"
