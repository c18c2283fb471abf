"""A vosk-server with an engine of ours behind it: `python -m benchmarks.vosk_server`.

For benchmarks, and tests, of machines that reach no vosk-server. It says on the wire what
github.com/alphacep/vosk-server (websocket/asr_server.py) does: a configuration is taken in and not
answered, every piece of audio is answered by what is final or else by what is partial, the exact
text ``{"reset" : 1}`` by what is still owed, and ``{"eof" : 1}`` too, after which the server hangs
up. As a process it has
faster-whisper behind it, so partial words are empty and final ones come with the end.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from asr.engine import Engine, Final, Heard, Partial, Recogniser
from asr.engines import Engines
from asr.inventory import choices
from hotline.settings import load_settings

_RESET = '{"reset" : 1}'
_EOF = '{"eof" : 1}'
# Kaldi's words have no marks between them.
_MARKS = str.maketrans(dict.fromkeys("，。？！、；：,?!;", " "))

_STOP_SECONDS = 30.0
# As speech recognition is started: what it takes, voices must not miss.
_NICE = 5


class Conversation:
    """What one connection is told, and what it answers.

    Attributes:
        is_over: Whether the server hangs up now.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        self.is_over = False
        self._recogniser = recogniser
        self._partial = ""

    def answer(self, message: str | bytes) -> str | None:
        """What a message is answered with; None when with nothing.

        Raises:
            ValueError: It is neither a configuration, nor audio, nor an end.
        """
        if isinstance(message, str) and "config" in message:
            json.loads(message)
            return None
        if message in {_RESET, _EOF}:
            self.is_over = message == _EOF
            self._partial = ""
            return _settled(self._recogniser.flush())
        if isinstance(message, str):
            raise ValueError("neither audio nor a configuration nor an end")
        heard = self._recogniser.accept(message)
        if any(isinstance(piece, Final) for piece in heard):
            self._partial = ""
            return _settled(heard)
        partials = (piece.text for piece in heard if isinstance(piece, Partial))
        self._partial = next(partials, self._partial)
        return _written({"partial": self._partial})


class VoskServer:
    """Serves on a port of 127.0.0.1 while it is entered; its engine hears 8 kHz, whatever comes."""

    def __init__(self, engine: Engine, language: str) -> None:
        self._engine = engine
        self._language = language
        self._server: Server = serve(
            self._recognise, "127.0.0.1", 0, compression=None, close_timeout=1, ping_interval=None
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

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
        self._server.shutdown()
        self._thread.join(_STOP_SECONDS)

    def converse(self, connection: ServerConnection, conversation: Conversation) -> None:
        """Answers a connection until it is over."""
        for message in connection:
            if (answer := conversation.answer(message)) is not None:
                connection.send(answer)
            if conversation.is_over:
                return

    def _recognise(self, connection: ServerConnection) -> None:
        with closing(self._engine.open(self._language)) as recogniser:
            try:
                self.converse(connection, Conversation(recogniser))
            except ConnectionClosed:
                return


def _settled(heard: Sequence[Heard]) -> str:
    """What is final, as Kaldi writes it: words with times only when there are any."""
    finals = [piece for piece in heard if isinstance(piece, Final)]
    result = [
        {
            "conf": word.confidence,
            "end": word.end_ms / 1000,
            "start": word.start_ms / 1000,
            "word": word.text,
        }
        for final in finals
        for word in final.words
    ]
    text = " ".join(" ".join(final.text.translate(_MARKS).split()) for final in finals)
    return _written({**({"result": result} if result else {}), "text": text})


def _written(answer: dict[str, object]) -> str:
    return json.dumps(answer, ensure_ascii=False)


def main() -> int:
    """Prints the address once the model is loaded; serves until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vosk_server", description=__doc__)
    parser.add_argument("--setting", default="zh=whisper", help="as HOTLINE_ASR_ENGINES")
    setting = parser.parse_args().setting
    language = setting.partition("=")[0]
    os.nice(_NICE)
    with tempfile.TemporaryDirectory() as directory:
        settings = load_settings(Path(directory), asr_engines=setting)
        engine = Engines(choices(settings)).of(language)
        with VoskServer(engine, language) as server:
            print(server.url, flush=True)
            # Ends with whoever started it, however that ends.
            sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
