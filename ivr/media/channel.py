"""One end of the line between ivr and its engine: never blocks, never loses a message."""

from collections import deque
from collections.abc import Iterator
from socket import socket

from ivr.media.wire import MAX_MESSAGE_BYTES, Message, decode, encode

# So many commands are carried out between two ticks; one takes some 50 us.
_MOST_AT_ONCE = 16


class Channel:
    """Messages over a connected SOCK_SEQPACKET socket.

    Attributes:
        is_closed: Whether the other end has gone.
    """

    def __init__(self, connected: socket) -> None:
        self._socket = connected
        self._socket.setblocking(False)
        self._waiting: deque[bytes] = deque()
        self.is_closed = False

    def fileno(self) -> int:
        """For select."""
        return self._socket.fileno()

    @property
    def has_waiting(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._waiting)

    def receive(self, most: int = _MOST_AT_ONCE) -> Iterator[tuple[Message, int | None]]:
        """The messages that have come, a few at a time.

        Args:
            most: How many; to find out that there is no other one takes as long as to read it.

        Raises:
            MessageUnreadable: The other end speaks another language.
        """
        for _ in range(most):
            try:
                data = self._socket.recv(MAX_MESSAGE_BYTES)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.is_closed = True
                return
            yield decode(data)

    def send(self, message: Message, *, request: int | None = None) -> None:
        """Sends a message as soon as the other end takes it."""
        self._waiting.append(encode(message, request=request))
        self.flush()

    def flush(self) -> None:
        """Sends what waits, as far as the other end takes it."""
        while self._waiting and not self.is_closed:
            try:
                self._socket.send(self._waiting[0])
            except BlockingIOError:
                return
            except OSError:
                self.is_closed = True
                return
            self._waiting.popleft()

    def close(self) -> None:
        """Closes this end."""
        self.is_closed = True
        self._socket.close()
