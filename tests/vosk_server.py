"""A small vosk-server over any engine of ours, which notes what it was sent and can misbehave."""

import json
import threading
from typing import Any

from websockets.sync.server import ServerConnection

from asr.engine import Engine
from benchmarks import vosk_server
from benchmarks.vosk_server import Conversation

_LIMIT_SECONDS = 30.0
_RESET = '{"reset" : 1}'


class VoskServer(vosk_server.VoskServer):
    """Serves on a port of 127.0.0.1 while it is entered.

    It can be told to hang, to answer rubbish or nonsense, or to disconnect.

    Attributes:
        fault: hang, rubbish, disconnect, or empty: what happens at a piece of audio. Nonsense is
            answered as it should be, but for what the answer holds, and the server goes on.
        fault_after: How many pieces a connection gets a good answer for, fault or not.
        without_reset: What a server that knows no reset does: takes it for audio, hangs up, says
            nothing; empty when it knows it.
        configurations: What each connection said first.
        pieces: How many pieces of audio came in all.
    """

    def __init__(self, engine: Engine, language: str) -> None:
        super().__init__(engine, language)
        self._released = threading.Event()
        self.fault = ""
        self.fault_after = 3
        self.without_reset = ""
        self._connections: list[ServerConnection] = []
        self.configurations: list[dict[str, Any]] = []
        self.pieces = 0

    def __exit__(self, *error: object) -> None:
        """Stops, whoever hangs."""
        self._released.set()
        super().__exit__(*error)

    def cut(self) -> None:
        """Ends all connections, as what stands between does with idle ones."""
        for connection in self._connections:
            connection.close()

    def converse(self, connection: ServerConnection, conversation: Conversation) -> None:
        """Answers a connection as long as there is no fault."""
        pieces = 0
        self._connections.append(connection)
        for message in connection:
            self._note(message)
            pieces += isinstance(message, bytes)
            if isinstance(message, bytes) and self.fault and pieces > self.fault_after:
                if not self._misbehave(connection):
                    return
                continue
            if message == _RESET and self.without_reset == "hangs up":
                return
            if message == _RESET and self.without_reset == "says nothing":
                continue
            if (answer := self._answer(conversation, message)) is not None:
                connection.send(answer)
            if conversation.is_over:
                return

    def _note(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.pieces += 1
        elif "config" in message:
            self.configurations.append(json.loads(message)["config"])

    def _answer(self, conversation: Conversation, message: str | bytes) -> str | None:
        is_audio = message == _RESET and self.without_reset == "takes it for audio"
        return '{"partial": ""}' if is_audio else conversation.answer(message)

    def _misbehave(self, connection: ServerConnection) -> bool:
        """Does what the fault is; returns whether the connection goes on."""
        if self.fault == "nonsense":
            connection.send('{"text": 7}')
            return True
        if self.fault == "rubbish":
            connection.send("<html>502 Bad Gateway</html>")
        if self.fault == "hang":
            self._released.wait(_LIMIT_SECONDS)
        return False
