"""The console's face: the web socket of the pages, and the pages themselves."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, WebSocket
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocketDisconnect

from agent_console import protocol
from agent_console.client import Client, Member, close
from agent_console.deeds import Deeds
from agent_console.hub import Hub
from agent_console.protocol import CloseCode, ProtocolError
from agent_console.snapshot import Resumed, Snapshot, read_snapshot
from hotline.errors import NotAllowed, NotFound, NotSignedIn
from hotline.house import House
from hotline.insights.following import InsightFollower
from hotline.views.people import user_shape
from hotline.web.signed_in import COOKIE, require_own_origin, signed_in

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"

# What failed for want of the database fails again at once.
_PAUSE_SECONDS = 1.0

_NOT_BUILT = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>12348</title>
<body style="font: 18px/1.6 sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>页面尚未构建</h1><p>The web pages have not been built yet: <code>make run</code> builds them,
or <code>make web</code> alone. The API is there: <a href="/api/docs">/api/docs</a>.</p></body>"""

# Built files carry a hash in their name and never change; pages must be asked for each time.
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


def mount(app: FastAPI, house: House, *, hub: Hub | None = None) -> None:
    """Hangs the console in (entry point ``hotline.web``); with a new hub if none is given."""
    if hub is None:
        hub = Hub(house)
    app.state.hub = hub

    @contextlib.asynccontextmanager
    async def life() -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(keep_up(hub.run)),
            asyncio.create_task(keep_up(InsightFollower(house).run)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    app.state.lives.append(life)

    @app.websocket("/ws/console")
    async def console(socket: WebSocket) -> None:
        await Conversation(socket, house, hub).run()

    mount_pages(app, STATIC)


async def keep_up(
    run: Callable[[], Awaitable[None]], *, pause_seconds: float = _PAUSE_SECONDS
) -> None:
    """Runs a part of the console until cancelled, again whenever it fails.

    Without it pages would be let in and hear nothing.
    """
    while True:
        try:
            await run()
        except Exception:
            log.exception("a part of the console failed, it begins again")
        await asyncio.sleep(pause_seconds)


class Conversation:
    """One web socket from its first word to its last."""

    def __init__(self, socket: WebSocket, house: House, hub: Hub) -> None:
        self._socket = socket
        self._house = house
        self._hub = hub

    async def run(self) -> None:
        """Accepts, lets the page join, listens until it is gone."""
        await self._socket.accept()
        try:
            code = await self._admit_and_converse()
        except NotSignedIn:
            code = CloseCode.NOT_SIGNED_IN
        except NotAllowed:
            code = CloseCode.NOT_ALLOWED
        await close(self._socket, code)

    async def _admit_and_converse(self) -> CloseCode:
        member, snapshot = await asyncio.to_thread(self._admit)
        client = Client(self._socket, member)
        try:
            return await self._converse(client, snapshot)
        finally:
            self._hub.leave(client)

    async def _converse(self, client: Client, snapshot: Snapshot | Resumed) -> CloseCode:
        await self._join(client, snapshot)
        listening = asyncio.create_task(self._listen(client))
        try:
            return await client.run()
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

    async def _join(self, client: Client, snapshot: Snapshot | Resumed) -> None:
        after = self._after
        if isinstance(snapshot, Resumed):
            if after is not None and self._hub.can_resume(after):
                self._hub.resume(client, snapshot, after=after)
                return
            snapshot = await asyncio.to_thread(self._snapshot)
        while await self._hub.is_ready():
            if self._hub.begin(client, snapshot):
                return
            snapshot = await asyncio.to_thread(self._snapshot)
        client.kick(CloseCode.GOING_AWAY)

    async def _listen(self, client: Client) -> None:
        deeds = Deeds(self._house, self._socket, client.member)
        try:
            while True:
                text = await self._socket.receive_text()
                try:
                    message = protocol.parse(text)
                except ProtocolError as error:
                    client.send(protocol.complaint(str(error)))
                    continue
                if isinstance(message, protocol.Ping):
                    client.send(protocol.pong(self._hub.seq, at=self._house.clock.now()))
                elif answer := await asyncio.to_thread(deeds.do, message):
                    client.send(answer)
        except (WebSocketDisconnect, KeyError):
            # KeyError: starlette's answer to a binary frame where text was asked for.
            client.kick(CloseCode.GOING_AWAY)

    @property
    def _after(self) -> int | None:
        """The last event that the page says it has."""
        text = self._socket.query_params.get("after", "")
        return int(text) if text.isdecimal() and len(text) < 19 else None

    @property
    def _token(self) -> str:
        """The token in the address, for programs, else the cookie's, which needs our own origin.

        Raises:
            NotAllowed: Another site's page opened this socket.
        """
        token = self._socket.query_params.get("token", "")
        if token:
            return token
        require_own_origin(self._socket)
        scheme, _, bearer = self._socket.headers.get("authorization", "").partition(" ")
        return bearer if scheme.lower() == "bearer" else self._socket.cookies.get(COOKIE, "")

    def _admit(self) -> tuple[Member, Snapshot | Resumed]:
        """Finds out who it is, and reads what the page begins with, in one look.

        Raises:
            NotSignedIn: Nobody is signed in with the token.
            NotAllowed: Another site's page opened this socket.
        """
        token = self._token
        with self._house.database.reading() as session:
            reader = signed_in(session, self._house, token)
            member = Member(reader.signed_in.id, reader.roles, token)
            after = self._after
            if after is not None and self._hub.can_resume(after):
                user = user_shape(reader.signed_in)
                return member, Resumed(user=user, server_time=self._house.clock.now())
            return member, read_snapshot(reader)

    def _snapshot(self) -> Snapshot:
        with self._house.database.reading() as session:
            return read_snapshot(signed_in(session, self._house, self._token))


def mount_pages(app: FastAPI, directory: Path) -> None:
    """Serves the built pages: the citizen's at /callback, the console's everywhere else."""

    @app.get("/callback", include_in_schema=False)
    def callback_page() -> Response:
        return _page(directory / "callback.html")

    app.mount(
        "/assets", _Assets(directory=directory / "assets", check_dir=False), name="console-assets"
    )

    @app.get("/{path:path}", include_in_schema=False)
    def console_page(path: str) -> Response:
        file = (directory / path).resolve()
        is_inside = file.is_relative_to(directory.resolve())
        if path and is_inside and file.is_file():
            return FileResponse(file, headers={"Cache-Control": _ASK_AGAIN})
        if "." in file.name:
            raise NotFound(f"There is no file {path}.")
        # The console finds its way from the address by itself.
        return _page(directory / "index.html")


class _Assets(StaticFiles):
    def file_response(self, *args: object, **kwargs: object) -> Response:
        """A file that never changes."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # passed through
        response.headers["Cache-Control"] = _FOREVER
        return response


def _page(file: Path) -> Response:
    if file.is_file():
        return FileResponse(file, headers={"Cache-Control": _ASK_AGAIN})
    return HTMLResponse(_NOT_BUILT, 503)
