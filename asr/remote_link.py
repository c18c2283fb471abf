"""One connection to a vosk-server: its WebSocket protocol, and nothing of recognition.

The protocol (github.com/alphacep/vosk-server, websocket/asr_server.py): a text message with the
configuration, then audio in binary messages, each answered by one JSON text; the exact text
``{"reset" : 1}`` is answered by what is still owed, and the next audio begins an utterance of the
same recogniser; ``{"eof" : 1}`` is answered so too, and ends the connection. Servers compare these
texts byte by byte, so their spaces matter. Those that do not know the first (the one in C++, and
older ones in Python) take it for audio, or hang up; others may say nothing.
"""

import json
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from asr.engine import BYTES_PER_MS
from asr.remote_servers import Address
from asr.resample import Doubler

_CONFIG = '{{"config" : {{"sample_rate" : {rate}, "words" : true, "max_alternatives" : 0}}}}'
_RESET = '{"reset" : 1}'
_EOF = '{"eof" : 1}'

_TELEPHONE_RATE_HZ = 8000

# A server in the house answers in milliseconds.
_CONNECT_SECONDS = 2.0
_CLOSE_SECONDS = 0.5
# Longer than a busy server needs for a piece of audio, or for the end of an utterance.
ANSWER_SECONDS = 5.0
# A server on a small machine understands as fast as people speak. It is waited for so long at most,
# whatever it was sent; callers of `finish` wait with it.
_LONGEST_SECONDS = 30.0


class ServerFailedError(Exception):
    """A server cannot be reached, hangs, answers rubbish or has gone; the message says which."""


class ServerGoneError(ServerFailedError):
    """A server has ended the connection."""


class ResetUnknownError(ServerFailedError):
    """A server seems not to know how an utterance ends but with the connection."""


class Link:
    """A connection for one side of a call; used by one thread at a time.

    Attributes:
        address: The server's.
        sent: How many pieces of audio of this utterance the server was sent.
        answered: How many messages of this utterance it has answered.
    """

    def __init__(
        self,
        address: Address,
        *,
        now: Callable[[], float],
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Connects.

        Args:
            address: The server's.
            now: Monotonic seconds.
            answer_seconds: After how long without an answer the server is said to hang; at the end
                it has as long again as the audio lasts that it has not answered.

        Raises:
            ServerFailedError: The server cannot be reached.
        """
        self.address = address
        self.sent = 0
        self.answered = 0
        self._now = now
        self._answer_seconds = answer_seconds
        self._doubler = Doubler() if address.rate_hz != _TELEPHONE_RATE_HZ else None
        # When each message that awaits its answer was sent, and how many seconds of audio it is.
        self._owed: deque[tuple[float, float]] = deque()
        self._answered_at = now()
        self._is_used = False
        self._open = ExitStack()
        try:
            # Servers of our own house are not behind a proxy, and audio does not compress.
            self._socket: ClientConnection = self._open.enter_context(
                connect(
                    address.url,
                    open_timeout=_CONNECT_SECONDS,
                    close_timeout=_CLOSE_SECONDS,
                    ping_interval=None,
                    max_queue=None,
                    compression=None,
                    proxy=None,
                )
            )
            self._socket.send(_CONFIG.format(rate=address.rate_hz))
        except (OSError, WebSocketException) as error:
            raise ServerFailedError(f"cannot be reached ({type(error).__name__})") from error

    def send(self, pcm: bytes) -> None:
        """Sends a piece of audio, 8 kHz 16-bit PCM; its answer is not waited for.

        Raises:
            ServerFailedError: The connection is gone, or the server has not answered for long.
        """
        if self._owed:
            # What was sent at once is answered piece by piece.
            since = max(self._owed[0][0], self._answered_at)
            if self._now() - since > self._answer_seconds:
                raise ServerFailedError("hangs")
        seconds = len(pcm) / BYTES_PER_MS / 1000
        self._put(self._doubler.push(pcm) if self._doubler else pcm, seconds)
        self.sent += 1

    def answers(self) -> list[dict[str, Any]]:
        """What the server has said meanwhile, in the order of the pieces.

        Raises:
            ServerFailedError: The connection is gone, or rubbish came.
        """
        found: list[dict[str, Any]] = []
        while self._owed and (answer := self._get(0)) is not None:
            found.append(answer)
        return found

    @property
    def was_idle(self) -> bool:
        """Whether it has ended an utterance, and nothing is known of it since.

        What breaks then may have been broken for long, by whatever stands between.
        """
        return self._is_used and self.answered == 0

    def finish(self) -> list[dict[str, Any]]:
        """Ends utterance and connection; returns what was still owed, the end included.

        Raises:
            ServerFailedError: It did not come, or not in time.
        """
        return self._end(_EOF)

    def reset(self) -> list[dict[str, Any]]:
        """Ends the utterance; returns what was still owed, the end included.

        Raises:
            ResetUnknownError: The server hung up on that, or answered as if it were audio, or not.
            ServerFailedError: What was owed did not come, or not in time.
        """
        found = self._end(_RESET)
        if "text" not in found[-1]:
            raise ResetUnknownError("does not know reset")
        return found

    def begin(self) -> None:
        """Begins the next utterance after a `reset` whose answers were understood."""
        self.sent = self.answered = 0
        self._is_used = True

    def _end(self, word: str) -> list[dict[str, Any]]:
        self._put(word)
        unanswered = sum(seconds for _, seconds in self._owed)
        until = self._now() + min(_LONGEST_SECONDS, self._answer_seconds + unanswered)
        found: list[dict[str, Any]] = []
        while self._owed:
            is_last = len(self._owed) == 1
            try:
                answer = self._get(max(0.0, until - self._now()))
            except ServerGoneError as error:
                if is_last and word == _RESET:
                    raise ResetUnknownError("hangs up at a reset") from error
                raise
            if answer is None:
                # What it was asked for was audio only until now, and all of that it has answered.
                is_deaf = is_last and word == _RESET
                raise ResetUnknownError("no answer") if is_deaf else ServerFailedError("hangs")
            found.append(answer)
        return found

    def close(self) -> None:
        """Ends the connection; does not raise."""
        with suppress(OSError, WebSocketException):
            self._open.close()

    def _put(self, message: bytes | str, seconds: float = 0.0) -> None:
        try:
            self._socket.send(message)
        except (OSError, WebSocketException) as error:
            raise ServerGoneError("disconnected") from error
        self._owed.append((self._now(), seconds))

    def _get(self, timeout_seconds: float) -> dict[str, Any] | None:
        try:
            message = self._socket.recv(timeout_seconds)
        except TimeoutError:
            return None
        except (OSError, WebSocketException) as error:
            raise ServerGoneError("disconnected") from error
        self._owed.popleft()
        self._answered_at = self._now()
        self.answered += 1
        try:
            answer = json.loads(message)
        except ValueError as error:
            raise ServerFailedError("answers rubbish") from error
        if not isinstance(answer, dict) or not {"partial", "text"} & answer.keys():
            raise ServerFailedError("answers rubbish")
        return answer
