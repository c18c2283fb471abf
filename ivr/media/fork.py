"""The speech fork: every inbound frame of a leg, as it comes, to the process that transcribes.

One UDP datagram a frame. Audio never waits for speech recognition: what cannot be sent at once is
dropped, and whoever transcribes sees the gap by the position.
"""

from socket import AF_INET, SOCK_DGRAM, socket
from struct import Struct
from typing import Protocol

from hotline.rtp import FRAME_MS, SEQUENCE_MASK
from ivr.media.control import Address, Codec

MAGIC = b"HLF1"
FLAG_SILENCE = 0x01

# Magic, codec (RTP payload type), flags, sequence, stream, position in ms.
HEADER = Struct("!4sBBHII")


class Sender(Protocol):
    """What a fork sends by."""

    def send(self, datagram: bytes) -> None:
        """Sends, or lets it be; never waits, never raises."""
        ...


class ForkSocket:
    """The socket all forks of the engine send by."""

    def __init__(self, address: Address) -> None:
        self._socket = socket(AF_INET, SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.connect(address)

    def send(self, datagram: bytes) -> None:
        """Sends, or lets it be."""
        try:
            self._socket.send(datagram)
        except OSError:
            # Nobody listens there now, or its buffer is full.
            return

    def close(self) -> None:
        """Gives the socket back."""
        self._socket.close()


class Fork:
    """The fork of one leg: numbers its frames and sends them.

    Args:
        sender: The engine's socket to speech recognition.
        stream: The number under which the database knows this leg's voice.
        first_frame: How many frames the recording had when the fork began, so that the positions
            are those of the recording; 0 when nothing is recorded.
    """

    __slots__ = ("_frames", "_sender", "_sequence", "_stream")

    def __init__(self, sender: Sender, *, stream: int, first_frame: int) -> None:
        self._sender = sender
        self._stream = stream
        self._frames = first_frame
        self._sequence = 0

    def send(self, frame: bytes | None, codec: Codec, *, is_made_up: bool = False) -> None:
        """Sends one frame.

        Args:
            frame: 160 bytes; None means that nothing came.
            codec: Their law.
            is_made_up: Nothing came, and the frame is our guess.
        """
        header = HEADER.pack(
            MAGIC,
            codec,
            FLAG_SILENCE if frame is None or is_made_up else 0,
            self._sequence,
            self._stream,
            self._frames * FRAME_MS,
        )
        self._sequence = (self._sequence + 1) & SEQUENCE_MASK
        self._frames += 1
        self._sender.send(header if frame is None else header + frame)

    def skip(self, ticks: int) -> None:
        """Lets time pass that nothing was heard in, because the machine stood still."""
        self._frames += ticks
