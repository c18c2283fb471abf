"""A duty lawyer without a browser: the console's real WebSocket, and audio as 20 ms frames."""

import json
import threading
import time
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import numpy as np
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.e2e.audio import Samples
from tests.e2e.client import Client
from tests.e2e.peers import eventually
from tests.e2e.stack import Stack

_FRAME_SAMPLES = 160
_FRAME_SECONDS = 0.02


class HeadlessLawyer:
    """Goes on duty, answers when told, speaks and hears."""

    def __init__(self, stack: Stack, username: str) -> None:
        self._stack = stack
        self.client: Client = stack.client(username)
        self.events: list[dict[str, Any]] = []
        self._is_open = True
        self._lock = threading.Lock()
        self._heard: list[bytes] = []
        self._speech: list[bytes] = []
        self._connections = ExitStack()
        self._console = self._connect(self._console_address())
        self._threads = [threading.Thread(target=self._read_console, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._is_open = False
        self._connections.close()
        for thread in self._threads:
            thread.join(timeout=60)
        self.client.close()

    def go_on_duty(self) -> None:
        """Becomes available."""
        self.client.ask("PUT", "/lawyers/me/state", json={"state": "available"})

    def state(self) -> str:
        """The lawyer's state on the board."""
        rows = self.client.rows("/lawyers")
        return str(next(row["state"] for row in rows if row["id"] == self.client.user["id"]))

    def offer(self, *, timeout_seconds: float = 60) -> dict[str, Any]:
        """The next offer; it has been acknowledged already."""
        return eventually(
            lambda: next((row["data"] for row in self.events if row["type"] == "offer.made"), None),
            what="an offer",
            timeout_seconds=timeout_seconds,
        )

    def accept(self, *, timeout_seconds: float = 60) -> dict[str, Any]:
        """Takes the next offer and opens the audio; returns the answer."""
        offer = self.offer(timeout_seconds=timeout_seconds)
        won: dict[str, Any] = self.client.ask("POST", f"/offers/{offer['id']}/accept").json()
        self.open_audio(won["audio_url"])
        return won

    def open_audio(self, address: str) -> None:
        """Hears and speaks from now on where the address leads."""
        audio = self._connect(address)
        for work in (self._hear, self._speak):
            thread = threading.Thread(target=work, args=(audio,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def say(self, samples: Samples) -> None:
        """Speaks: 8 kHz samples, -1 to 1."""
        pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        size = _FRAME_SAMPLES * 2
        self._speech += [pcm[at : at + size] for at in range(0, len(pcm) - size + 1, size)]

    def heard(self) -> Samples:
        """What the lawyer has heard so far, 8 kHz."""
        return np.frombuffer(b"".join(self._heard), "<i2") / 32768.0

    def _console_address(self) -> str:
        address = self._stack.url.replace("http", "ws", 1)
        return f"{address}/ws/console?token={self.client.token}"

    def _connect(self, address: str) -> ClientConnection:
        connection = connect(address, open_timeout=60, ssl=self._stack.trust)
        with self._lock:
            if not self._is_open:
                # A reader came back just when everything was being closed.
                connection.close()
            return self._connections.enter_context(connection)

    def _read_console(self) -> None:
        while self._is_open:
            try:
                self._take(json.loads(self._console.recv()))
            except (ConnectionClosed, OSError):
                self._reconnect()

    def _reconnect(self) -> None:
        while self._is_open:
            try:
                self._console = self._connect(self._console_address())
            except (OSError, WebSocketException, TimeoutError):
                # Nobody listens yet, or whoever did died in the middle of the handshake.
                time.sleep(0.2)
            else:
                return

    def _take(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        if event["type"] == "offer.made":
            message = {"type": "offer.acknowledge", "offer_id": event["data"]["id"]}
            self._console.send(json.dumps(message))

    def _hear(self, audio: ClientConnection) -> None:
        try:
            for frame in audio:
                if isinstance(frame, bytes):
                    self._heard.append(frame)
        except (ConnectionClosed, OSError):
            return

    def _speak(self, audio: ClientConnection) -> None:
        """Sends a frame every 20 ms by an absolute clock, silence when there is nothing to say."""
        silence = bytes(_FRAME_SAMPLES * 2)
        due = time.monotonic()
        try:
            while self._is_open:
                audio.send(self._speech.pop(0) if self._speech else silence)
                due += _FRAME_SECONDS
                time.sleep(max(0.0, due - time.monotonic()))
        except (ConnectionClosed, OSError):
            return
