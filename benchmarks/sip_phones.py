"""The telephones of `benchmarks.sip_load`: many calls over two sockets in one light process.

All telephones share one socket for signalling and one for audio; when a datagram arrived is told by
the kernel (SO_TIMESTAMPNS), so that no delay of this process is taken for one of the measured side.
"""

import heapq
import itertools
import select
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

_SO_TIMESTAMPNS = 35
_BUFFER_BYTES = 8 << 20
_FRAME_SECONDS = 0.02
_RETRY_SECONDS = 0.5
_GIVE_UP_SECONDS = 8.0
_CALLERS_HOST = "127.0.0.1"

_INVITE = """\
INVITE sip:12348@{host}:{port} SIP/2.0\r
Via: SIP/2.0/UDP {own}:{own_port};branch=z9hG4bK{id}i;rport\r
Max-Forwards: 70\r
From: <sip:13800001234@{own}>;tag=f{id}\r
To: <sip:12348@{host}>\r
Call-ID: {id}@{own}\r
CSeq: 1 INVITE\r
Contact: <sip:13800001234@{own}:{own_port}>\r
Content-Type: application/sdp\r
Content-Length: {length}\r
\r
{sdp}"""
_SDP = """\
v=0\r
o=- 1 1 IN IP4 {own}\r
s=-\r
c=IN IP4 {own}\r
t=0 0\r
m=audio {media_port} RTP/AVP 8 101\r
a=rtpmap:101 telephone-event/8000\r
"""
_INSIDE = """\
{method} sip:12348@{host}:{port} SIP/2.0\r
Via: SIP/2.0/UDP {own}:{own_port};branch=z9hG4bK{id}{branch};rport\r
Max-Forwards: 70\r
From: <sip:13800001234@{own}>;tag=f{id}\r
To: {to}\r
Call-ID: {id}@{own}\r
CSeq: {number} {method}\r
Content-Length: 0\r
\r
"""


@dataclass(slots=True)
class Call:
    """One telephone's call."""

    id: int
    began_at: float
    talk_seconds: float
    speaks: bool
    is_steady: bool
    remote_port: int = 0
    to: str = ""
    is_answered: bool = False
    is_refused: bool = False
    is_over: bool = False
    sequence: int = 0
    arrivals: list[float] = field(default_factory=list)


class Telephones:
    """All telephones.

    Args:
        host: Whom to call.
        port: The UDP port there.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._signalling = _socket()
        self._audio = _socket()
        self._numbers = itertools.count(int(time.monotonic() * 1000) % 1_000_000 * 10_000)
        self._calls: dict[int, Call] = {}
        self._by_port: dict[int, Call] = {}
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.failed = 0

    def at(self, moment: float, do: Callable[[], None]) -> None:
        """Does something at a moment of the monotonic clock."""
        heapq.heappush(self._timers, (moment, next(self._order), do))

    def invite(self, *, talk_seconds: float, speaks: bool, is_steady: bool = False) -> Call:
        """Begins a call."""
        call = Call(next(self._numbers), time.time(), talk_seconds, speaks, is_steady)
        self._calls[call.id] = call
        sdp = _SDP.format(own=_CALLERS_HOST, media_port=self._audio.getsockname()[1])
        text = _INVITE.format(**self._names(call), length=len(sdp), sdp=sdp)
        self._repeat(call, text.encode(), time.monotonic(), lambda: bool(call.to))
        return call

    def run(self, until: Callable[[], bool]) -> None:
        """Goes on until a condition holds."""
        poll = select.poll()
        for sock in (self._signalling, self._audio):
            poll.register(sock, select.POLLIN)
        while not until():
            now = time.monotonic()
            while self._timers and self._timers[0][0] <= now:
                heapq.heappop(self._timers)[2]()
            wait = self._timers[0][0] - time.monotonic() if self._timers else 0.1
            for descriptor, _ in poll.poll(min(max(wait, 0.0), 0.1) * 1000):
                if descriptor == self._signalling.fileno():
                    self._read_signalling()
                else:
                    self._read_audio()

    @property
    def going_on(self) -> int:
        """Calls that are not over."""
        return len(self._calls)

    def hang_up(self, call: Call) -> None:
        """Ends an answered call."""
        if call.is_over or not call.is_answered:
            return
        call.is_over = True
        self._repeat(
            call,
            self._inside(call, "BYE", number=2, branch="b"),
            time.monotonic(),
            lambda: call.id not in self._calls,
        )

    def _names(self, call: Call) -> dict[str, object]:
        return {
            "host": self._target[0],
            "port": self._target[1],
            "own": _CALLERS_HOST,
            "own_port": self._signalling.getsockname()[1],
            "id": call.id,
        }

    def _inside(self, call: Call, method: str, *, number: int, branch: str) -> bytes:
        return _INSIDE.format(
            **self._names(call), method=method, number=number, branch=branch, to=call.to
        ).encode()

    def _repeat(self, call: Call, data: bytes, since: float, is_done: Callable[[], bool]) -> None:
        """Sends until it is answered, as a telephone does."""
        now = time.monotonic()
        if is_done():
            return
        if now - since > _GIVE_UP_SECONDS:
            self.failed += 1
            self._calls.pop(call.id, None)
            return
        self._signalling.sendto(data, self._target)
        self.at(now + _RETRY_SECONDS, lambda: self._repeat(call, data, since, is_done))

    def _read_signalling(self) -> None:
        for data, arrived_at, _ in _received(self._signalling):
            head, _, body = data.decode().partition("\r\n\r\n")
            lines = head.split("\r\n")
            headers = dict(line.partition(":")[::2] for line in lines[1:])
            call = self._calls.get(int(headers["Call-ID"].strip().partition("@")[0]))
            status = lines[0].split()[1]
            if call is not None and lines[0].startswith("SIP/2.0") and status >= "2":
                method = headers["CSeq"].split()[1]
                self._hear(call, int(status), method, headers["To"].strip(), body, arrived_at)

    def _hear(
        self, call: Call, status: int, method: str, to: str, body: str, arrived_at: float
    ) -> None:
        if method == "BYE":
            self._calls.pop(call.id, None)
            self._by_port.pop(call.remote_port, None)
            return
        is_new = not call.to
        call.to = to
        if status != 200:
            # RFC 3261 section 17.1.1.3: the branch of the INVITE.
            self._signalling.sendto(self._inside(call, "ACK", number=1, branch="i"), self._target)
            call.is_refused = True
            self.at(time.monotonic() + 1.0, lambda: self._drop(call))
        else:
            self._signalling.sendto(self._inside(call, "ACK", number=1, branch="a"), self._target)
        if is_new:
            self.statuses[status] += 1
        if is_new and status == 200:
            self.latencies.append((arrived_at - call.began_at) * 1000)
            self._begin_talk(call, body)

    def _drop(self, call: Call) -> None:
        self._calls.pop(call.id, None)

    def _begin_talk(self, call: Call, body: str) -> None:
        call.is_answered = True
        now = time.monotonic()
        call.remote_port = int(body.partition("m=audio ")[2].split()[0])
        self._by_port[call.remote_port] = call
        if call.speaks:
            self._speak(call, now)
        self.at(now + call.talk_seconds, lambda: self.hang_up(call))

    def _speak(self, call: Call, due_at: float) -> None:
        if call.is_over:
            return
        call.sequence += 1
        header = struct.pack(
            "!BBHII", 0x80, 8, call.sequence & 0xFFFF, call.sequence * 160, call.id & 0xFFFFFFFF
        )
        self._audio.sendto(header + b"\xd5" * 160, (self._target[0], call.remote_port))
        following = due_at + _FRAME_SECONDS
        self.at(following, lambda: self._speak(call, following))

    def _read_audio(self) -> None:
        for _, arrived_at, port in _received(self._audio):
            call = self._by_port.get(port)
            if call is not None and call.is_steady:
                call.arrivals.append(arrived_at)


def _socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    sock.bind((_CALLERS_HOST, 0))
    sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
    return sock


def _received(sock: socket.socket) -> list[tuple[bytes, float, int]]:
    """What has arrived: data, when (wall clock), from which port."""
    found = []
    for _ in range(256):
        try:
            data, notes, _, source = sock.recvmsg(4096, 64)
        except BlockingIOError:
            break
        seconds, nanoseconds = struct.unpack("qq", notes[0][2][:16])
        found.append((data, seconds + nanoseconds / 1e9, source[1]))
    return found
