"""One leg's voice: the UDP socket to the engine, which outlives the browser's connections."""

import asyncio
import secrets
import socket
from collections import deque
from contextlib import suppress

import numpy as np

from agent_console.gateway.pacing import Pacer
from agent_console.gateway.rtp import FRAME_BYTES, Sender, voice_of
from hotline.g711 import A_LAW
from hotline.rtp import FRAME_SAMPLES

# 200 ms towards the browser; what is older would only be heard as delay.
_MOST_FRAMES_OUT = 10

# Below this peak (of 32768) a frame holds no speech that anybody would miss.
_QUIET_PEAK = 200

# A microphone that gives nothing (denied, or asleep) must not keep the engine from learning where
# to send: a silent frame this often while the browser is connected.
_IDLE_SECONDS = 0.5

_SILENCE = bytes([A_LAW.silence]) * FRAME_SAMPLES

# No more than this at one wake-up, so that one leg cannot keep the loop for itself.
_MOST_DATAGRAMS = 16
_LARGEST_DATAGRAM = 2048


class Voice:
    """Carries frames both ways for one leg; the loop's own, not safe for threads."""

    def __init__(self, *, engine: tuple[str, int], source: int) -> None:
        """Opens the socket.

        Args:
            engine: Where the engine's leg is.
            source: The synchronisation source that the engine knows us by, 32 bits.

        Raises:
            OSError: The machine has no socket or no way there.
        """
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(_family(engine[0]), socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        # Connected: the kernel passes on nothing but the engine's own packets.
        self._socket.connect(engine)
        self._loop.add_reader(self._socket.fileno(), self._on_readable)
        self._sender = Sender(
            source=source,
            sequence=secrets.randbits(15),
            timestamp=secrets.randbits(31),
        )
        self._pacer = Pacer()
        self._release: asyncio.TimerHandle | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._sent_at = 0.0
        self._out: deque[bytes] = deque(maxlen=_MOST_FRAMES_OUT)
        self._has_out = asyncio.Event()

    def open(self) -> None:
        """A browser is connected: what it missed is forgotten, the engine hears of us."""
        self._out.clear()
        self._has_out.clear()
        self._keep_known()

    def pause(self) -> None:
        """The browser is gone for now; the engine hears nothing until it is back."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def close(self) -> None:
        """Gives the socket back."""
        self.pause()
        if self._release is not None:
            self._release.cancel()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def say(self, frame: bytes) -> None:
        """A frame from the microphone: 320 bytes of 16-bit little-endian samples, 8000 Hz, mono."""
        samples = np.frombuffer(frame, "<i2").astype(np.int16, copy=False)
        now = self._loop.time()
        is_quiet = len(self._pacer) > 0 and int(np.abs(samples).max()) < _QUIET_PEAK
        ready = self._pacer.arrived(A_LAW.encode(samples), now=now, is_quiet=is_quiet)
        if ready is not None:
            self._send(ready, now)
        self._arm_release()

    async def heard(self) -> bytes:
        """The next frame for the loudspeaker: 320 bytes as in `say`."""
        while not self._out:
            self._has_out.clear()
            await self._has_out.wait()
        return self._out.popleft()

    def _send(self, payload: bytes, now: float) -> None:
        self._sent_at = now
        # The engine may not listen yet or any more (ICMP), or the buffer is full: a frame is lost.
        with suppress(OSError):
            self._socket.send(self._sender.packet(payload, now=now))

    def _arm_release(self) -> None:
        at = self._pacer.next_at
        if at is not None and self._release is None:
            self._release = self._loop.call_at(at, self._let_go, at)

    def _let_go(self, at: float) -> None:
        self._release = None
        # The loop counts in milliseconds and may wake a little early: asking again until the last
        # microsecond is over would spin.
        now = max(self._loop.time(), at)
        while (ready := self._pacer.take(now=now)) is not None:
            self._send(ready, now)
        self._arm_release()

    def _keep_known(self) -> None:
        now = self._loop.time()
        if now - self._sent_at >= _IDLE_SECONDS:
            self._send(_SILENCE, now)
        self._idle = self._loop.call_later(_IDLE_SECONDS, self._keep_known)

    def _on_readable(self) -> None:
        for _ in range(_MOST_DATAGRAMS):
            try:
                datagram = self._socket.recv(_LARGEST_DATAGRAM)
            except OSError:
                # Nothing more, or the engine's ICMP answer to a frame that it did not want.
                return
            voice = voice_of(datagram)
            if voice is None:
                continue
            law, payload = voice
            frame = law.decode(payload).astype("<i2", copy=False).tobytes()
            if len(frame) == FRAME_BYTES:
                self._out.append(frame)
                self._has_out.set()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
