"""A lane with legs whose sockets are lists: no network, no time."""

from collections import deque
from socket import AF_INET, SOCK_DGRAM, socket

from hotline.rtp import Packet, build_header, parse
from ivr.media.bank import Bank
from ivr.media.control import Address, Codec
from ivr.media.lane import Lane
from ivr.media.leg import Leg
from ivr.media.mixer import listening
from ivr.media.ports import PortPair
from ivr.media.tape import Tape
from ivr.media.telling import Digit, MediaEvent

PEER = ("192.0.2.7", 4000)


class FakeSocket(socket):
    """Receives what the test puts in, keeps what is sent."""

    def __init__(self) -> None:
        super().__init__(AF_INET, SOCK_DGRAM)
        self.setblocking(False)
        self.arriving: deque[tuple[bytes, Address]] = deque()
        self.sent: list[Packet] = []
        self.connected: Address | None = None

    def recvfrom_into(self, buffer: memoryview, *_: int) -> tuple[int, Address]:  # type: ignore[override]  # narrower than the library's, as it is used
        if not self.arriving:
            raise BlockingIOError
        data, source = self.arriving.popleft()
        # What does not fit is cut off, as the kernel does it.
        size = min(len(data), len(buffer))
        buffer[:size] = data[:size]
        return size, source

    def recv_into(self, buffer: memoryview, *_: int) -> int:  # type: ignore[override]  # as above
        return self.recvfrom_into(buffer)[0]

    def send(self, data: memoryview, *_: int) -> int:  # type: ignore[override]  # as above
        packet = parse(data)
        assert packet is not None
        self.sent.append(packet)
        return len(data)

    def sendto(self, data: memoryview, *_: object) -> int:  # type: ignore[override]  # as above
        return self.send(data)

    def connect(self, address: Address) -> None:  # type: ignore[override]  # as above
        self.connected = address


class KeepingSender:
    """A fork's way that keeps what is sent."""

    def __init__(self, sent: list[bytes]) -> None:
        self._sent = sent

    def send(self, datagram: bytes) -> None:
        self._sent.append(datagram)


class Room:
    """One lane and its legs."""

    def __init__(self) -> None:
        self.bank = Bank(lanes=1, legs=8)
        self.lane = Lane(self.bank, 0, Tape(self.bank))
        self.events: list[MediaEvent] = []
        self.sockets: list[FakeSocket] = []

    def report(self, event: MediaEvent) -> None:
        if event == Digit(leg="faulty", digit="9"):
            raise RuntimeError("a fault of ours")
        self.events.append(event)

    def leg(
        self,
        name: str,
        *,
        codec: Codec = Codec.PCMA,
        telephone_event: int | None = 101,
        source: int | None = None,
    ) -> Leg:
        opened, control = FakeSocket(), FakeSocket()
        self.sockets += (opened, control)
        leg = Leg(
            name,
            PortPair(opened, control),
            bank=self.bank,
            row=self.bank.take_row(0),
            codec=codec,
            telephone_event=telephone_event,
            remote=PEER,
            source=source,
            timeout_seconds=1.0,
            report=self.report,
        )
        self.lane.add_leg(leg)
        return leg

    def say(
        self,
        leg: Leg,
        number: int,
        frame: bytes,
        *,
        payload_type: int = 8,
        source: int = 7,
        at: Address = PEER,
    ) -> None:
        header = build_header(
            payload_type=payload_type, sequence=number, timestamp=160 * number, source=source
        )
        self.hear(leg, header + frame, at=at)

    def hear(self, leg: Leg, datagram: bytes, *, at: Address = PEER) -> None:
        self.socket(leg).arriving.append((datagram, at))

    def socket(self, leg: Leg) -> FakeSocket:
        assert isinstance(leg.ports.voice, FakeSocket)
        return leg.ports.voice

    def heard(self, leg: Leg) -> list[bytes]:
        return [packet.payload for packet in self.socket(leg).sent]

    def bridge(self, one: Leg, other: Leg) -> None:
        for speaker, hearer in ((one, other), (other, one)):
            hearer.outbound.listen(listening([(speaker.inbound, 1.0)], hearer.codec))


def frame(number: int) -> bytes:
    return bytes([number]) * 160
