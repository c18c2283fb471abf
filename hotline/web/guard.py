"""The guard in front of every request: its id, its size, its headers, its last resort.

A plain ASGI layer, because it sees the bodies as they come and costs microseconds.
"""

import asyncio
import logging
import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hotline.settings import Settings
from hotline.web.problems import http_problem, problem
from hotline.web.signed_in import is_signed_in

log = logging.getLogger(__name__)

# A ticket has at most 40,000 characters of text, four bytes each; twice that leaves room.
LARGEST_BODY_BYTES = 512 * 1024

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_HOST = re.compile(r"[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\]")


class _TooLarge(HTTPException):
    """The body goes on past the limit.

    FastAPI turns whatever else is raised while it reads a body into a plain 400.
    """

    def __init__(self, largest_bytes: int) -> None:
        super().__init__(413, f"A body has at most {largest_bytes} bytes.")


class Guard:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request; web sockets and the lifespan pass by."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        is_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                self._add_headers(scope, headers, MutableHeaders(scope=message), request_id)
            await send(message)

        try:
            largest_bytes = await _largest_body(scope)
            _check_announced_size(headers, largest_bytes)
            await self._app(scope, _limited(receive, largest_bytes), send_with_headers)
        except _TooLarge as error:
            answer = http_problem(error, request_id=request_id)
            await answer(scope, receive, send_with_headers)
        except Exception:
            # The path may hold ids, never personal data; the query may, so it stays out.
            log.exception("request failed", extra={"request_id": request_id, "path": scope["path"]})
            if is_started:
                raise
            answer = problem(
                500,
                code="internal",
                detail="Something went wrong here; it has been written down under this request id.",
                request_id=request_id,
            )
            await answer(scope, receive, send_with_headers)

    def _add_headers(
        self, scope: Scope, asked: Headers, headers: MutableHeaders, request_id: str
    ) -> None:
        headers["X-Request-ID"] = request_id
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()"
        headers["Content-Security-Policy"] = content_policy(self._settings, asked.get("host", ""))
        if scope["path"].startswith("/api/") and "cache-control" not in headers:
            headers["Cache-Control"] = "no-store"


def content_policy(settings: Settings, host: str) -> str:
    """What pages may load and where they may connect to.

    The audio is served on a port of its own, which 'self' does not cover; some browsers do not
    take 'self' for web sockets either, so both are named.
    """
    name, port = _split_host(host)
    audio = settings.public_host or name
    sockets = f"ws://{name}{port} wss://{name}{port}" if name else ""
    if audio:
        at = f"{audio}:{settings.audio_port_used}"
        sockets += f" ws://{at} wss://{at}"
    return (
        "default-src 'self'; script-src 'self' blob:; worker-src 'self' blob:; "
        # Element Plus places its pop-ups with style attributes.
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        f"media-src 'self' blob:; connect-src 'self' {sockets}; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def host_name(host: str) -> str:
    """The name in a Host header without its port; empty when it is not a host name."""
    return _split_host(host)[0]


def _split_host(host: str) -> tuple[str, str]:
    match = _HOST.match(host)
    if match is None:
        return "", ""
    port = host[match.end() :]
    return match.group(), port if re.fullmatch(r":\d{1,5}", port) else ""


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


async def _largest_body(scope: Scope) -> int:
    """How long this request's body may be.

    The application's `state.uploads` names by their beginning the addresses that take files, with
    the most bytes; bodies are read before any route looks who sends them, so it is done here.
    """
    uploads: dict[str, int] = scope["app"].state.uploads
    for beginning, most_bytes in uploads.items():
        if scope["path"].startswith(beginning):
            is_known = await asyncio.to_thread(is_signed_in, HTTPConnection(scope))
            return most_bytes if is_known else LARGEST_BODY_BYTES
    return LARGEST_BODY_BYTES


def _check_announced_size(headers: Headers, largest_bytes: int) -> None:
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > largest_bytes:
        raise _TooLarge(largest_bytes)


def _limited(receive: Receive, largest_bytes: int) -> Receive:
    """Counts what comes in: a chunked body does not announce its size."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > largest_bytes:
                raise _TooLarge(largest_bytes)
        return message

    return counted
