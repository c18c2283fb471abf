"""A small vosk-server: the WebSocket protocol of alphacep/vosk-server over any engine of ours.

It can be told to misbehave: to hang, to answer rubbish or nonsense, or to disconnect.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from asr.engine import Engine, Final, Heard, Partial, Recogniser

_EOF = '{"eof" : 1}'
_LIMIT_SECONDS = 30.0


class VoskServer:
    """Serves on a port of 127.0.0.1 while it is entered.

    Attributes:
        fault: hang, rubbish, disconnect, or empty: what happens at a piece of audio. Nonsense is
            answered as it should be, but for what the answer holds, and the server goes on.
        fault_after: How many pieces a connection gets a good answer for, fault or not.
        configurations: What each connection said first.
        pieces: How many pieces of audio came in all.
    """

    def __init__(self, engine: Engine, language: str) -> None:
        self._engine = engine
        self._language = language
        self._server: Server = serve(
            self._recognise, "127.0.0.1", 0, compression=None, close_timeout=1, ping_interval=None
        )
        self._released = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.fault = ""
        self.fault_after = 3
        self.configurations: list[dict[str, Any]] = []
        self.pieces = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Begins to serve."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops."""
        self._released.set()
        self._server.shutdown()
        self._thread.join(_LIMIT_SECONDS)

    def _recognise(self, connection: ServerConnection) -> None:
        with _closing(self._engine.open(self._language)) as recogniser:
            try:
                self._converse(connection, recogniser)
            except ConnectionClosed:
                return

    def _converse(self, connection: ServerConnection, recogniser: Recogniser) -> None:
        partial = ""
        pieces = 0
        for message in connection:
            if isinstance(message, str) and "config" in message:
                self.configurations.append(json.loads(message)["config"])
                continue
            if message == _EOF:
                connection.send(_settled(recogniser.flush()))
                return
            assert isinstance(message, bytes)
            pieces += 1
            self.pieces += 1
            if self.fault == "nonsense" and pieces > self.fault_after:
                connection.send('{"text": 7}')
                continue
            if self.fault and pieces > self.fault_after:
                self._misbehave(connection)
                return
            heard = recogniser.accept(message)
            if any(isinstance(piece, Final) for piece in heard):
                partial = ""
                connection.send(_settled(heard))
                continue
            partial = next((p.text for p in heard if isinstance(p, Partial)), partial)
            connection.send(json.dumps({"partial": partial}, ensure_ascii=False))

    def _misbehave(self, connection: ServerConnection) -> None:
        if self.fault == "rubbish":
            connection.send("<html>502 Bad Gateway</html>")
        if self.fault == "hang":
            self._released.wait(_LIMIT_SECONDS)


def _settled(heard: Sequence[Heard]) -> str:
    """What is final, as Kaldi writes it: words only when there are any."""
    finals = [piece for piece in heard if isinstance(piece, Final)]
    result = [
        {
            "word": word.text,
            "start": word.start_ms / 1000,
            "end": word.end_ms / 1000,
            "conf": word.confidence,
        }
        for final in finals
        for word in final.words
    ]
    text = " ".join(final.text for final in finals)
    return json.dumps({"text": text, **({"result": result} if result else {})}, ensure_ascii=False)


@contextmanager
def _closing(recogniser: Recogniser) -> Iterator[Recogniser]:
    try:
        yield recogniser
    finally:
        recogniser.close()
