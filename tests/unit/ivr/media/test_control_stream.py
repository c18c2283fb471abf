"""RTCP of one leg, over sockets of this machine: the kernel notes the time of arrival."""

import socket
import time
from collections.abc import Iterator

import pytest

from ivr.media.bank import Bank
from ivr.media.control import Address
from ivr.media.control_stream import ControlStream
from ivr.media.rtcp import Block, Report, SenderInfo, build, middle_of, ntp_of, parse

ROW = 1
OWN, PEERS = 0x0A0B_0C0D, 77


class Wire:
    """A leg's RTCP, and the peer's socket beside it."""

    def __init__(self) -> None:
        self.own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for opened in (self.own, self.peer):
            opened.bind(("127.0.0.1", 0))
            opened.setblocking(False)
        host, port = self.peer.getsockname()
        self.destination: Address | None = (host, port - 1)
        self.now = 1_700_000_000 * 10**9
        self.bank = Bank(lanes=1, legs=4)
        self.bank.take_row(0), self.bank.take_row(0)
        self.bank.packets[ROW, 8:12] = list(OWN.to_bytes(4))
        self.stream = ControlStream(
            self.own,
            bank=self.bank,
            row=ROW,
            destination=lambda: self.destination,
            wall_ns=lambda: self.now,
        )

    def hear(self, packets: int, *, missing: int = 0) -> None:
        """The peer's voice has come in, but for some packets."""
        first = int(self.bank.reception.highest[ROW]) + 1
        for number in range(packets):
            if number == 0 or number > missing:
                self.bank.reception.note(ROW, sequence=first + number, source=PEERS, transit=0)

    def wait(self, seconds: float) -> None:
        self.now += round(seconds * 1e9)
        self.stream.look()

    def got(self) -> list[Report]:
        """What the peer has received."""
        found: list[Report] = []
        while True:
            try:
                reports = parse(self.peer.recv(1500))
            except BlockingIOError:
                return found
            assert reports is not None
            found.extend(reports)

    def answer(self, report: Report) -> None:
        self.peer.sendto(build(report, name=b"peer"), self.own.getsockname())

    def close(self) -> None:
        self.own.close()
        self.peer.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    opened = Wire()
    yield opened
    opened.close()


def block(**values: int) -> Block:
    given = {"source": OWN, "last_report": 0, "since_report": 0} | values
    return Block(fraction_lost=0, lost=0, highest=0, jitter=0, **given)


def test_look__reports_every_five_seconds_or_so(wire: Wire) -> None:
    for _ in range(100):
        wire.wait(1)

    assert 14 <= len(wire.got()) <= 40


def test_look__reports_go_to_the_port_that_the_peer_has_named(wire: Wire) -> None:
    host, port = wire.peer.getsockname()
    wire.destination = (host, 9)
    wire.stream.port = port
    wire.hear(10)

    wire.wait(10)

    assert len(wire.got()) == 1


def test_look__a_sender_tells_how_much_it_sent(wire: Wire) -> None:
    wire.bank.sent[ROW], wire.bank.timestamps[ROW] = 250, 4711
    wire.wait(8)
    wire.bank.sent[ROW] = 250
    wire.wait(8)

    sending, idle = wire.got()

    assert sending.source == idle.source == OWN
    assert sending.sender is not None
    assert sending.sender.packets == 250
    assert sending.sender.octets == 40_000
    assert sending.sender.timestamp == 4711
    assert idle.sender is None


def test_look__tells_the_loss_since_the_last_report_and_in_all(wire: Wire) -> None:
    wire.hear(100, missing=25)
    wire.wait(8)
    wire.hear(100)
    wire.wait(8)

    first, second = (report.blocks[0] for report in wire.got())

    assert (first.source, first.fraction_lost, first.lost) == (PEERS, 64, 25)
    assert (second.fraction_lost, second.lost) == (0, 25)
    assert second.highest - first.highest == 100


def test_look__answers_the_peers_report_with_its_name_and_age(wire: Wire) -> None:
    wire.hear(3)
    told = Report(PEERS, SenderInfo(0x1111_2222_3333_4444, 0, 3, 480), ())
    wire.answer(told)
    wire.now = time.time_ns()
    wire.wait(8)

    answer = wire.got()[0].blocks[0]

    assert answer.last_report == 0x2222_3333
    assert answer.since_report / 65_536 == pytest.approx(8, abs=1)


def test_look__learns_the_round_trip(wire: Wire) -> None:
    wire.hear(3)
    wire.bank.sent[ROW] = 1
    wire.now = time.time_ns() - 10 * 10**9
    wire.wait(8)
    name = wire.got()[0].sender
    assert name is not None
    wire.answer(Report(PEERS, None, (block(last_report=middle_of(name.ntp)),)))

    wire.wait(1)

    assert wire.stream.rtt_ms == pytest.approx(2000, abs=500)


@pytest.mark.parametrize("case", ["stranger", "other source", "about another", "not sent"])
def test_look__believes_only_the_peer(wire: Wire, case: str) -> None:
    wire.hear(3)
    wire.bank.sent[ROW] = 1
    wire.wait(8)
    name = wire.got()[0].sender
    assert name is not None
    sent = middle_of(name.ntp)
    if case == "stranger":
        wire.destination = ("127.0.0.99", 4000)
    source = 78 if case == "other source" else PEERS
    about = 5 if case == "about another" else OWN
    answered = sent + 1 if case == "not sent" else sent
    wire.answer(Report(source, None, (block(source=about, last_report=answered),)))

    wire.wait(1)

    assert wire.stream.rtt_ms is None


def test_look__a_flood_of_nonsense_is_read_a_little_at_a_time(wire: Wire) -> None:
    for number in range(50):
        wire.peer.sendto(bytes([number]) * number, wire.own.getsockname())

    wire.stream.look()

    assert wire.stream.rtt_ms is None
    assert wire.own.recv(100)


def test_look__without_an_address_keeps_quiet(wire: Wire) -> None:
    wire.destination = None

    wire.wait(8)

    assert wire.got() == []


def test_look__goes_on_when_the_wall_clock_is_set_back(wire: Wire) -> None:
    wire.wait(8)
    wire.now -= 3600 * 10**9
    wire.stream.look()

    for _ in range(9):
        wire.wait(1)

    assert len(wire.got()) >= 3


def test_close__says_good_bye_to_whom_it_has_spoken(wire: Wire) -> None:
    wire.stream.close()
    assert wire.got() == []
    wire.bank.sent[ROW] = 1
    wire.wait(8)
    wire.got()

    wire.stream.close()

    data = wire.peer.recv(1500)
    assert data[-8:-4] == bytes((0x81, 203, 0, 1))


def test_report__of_a_new_wall_time_is_named_by_it(wire: Wire) -> None:
    wire.bank.sent[ROW] = 1
    wire.wait(8)

    told = wire.got()[0].sender

    assert told is not None
    assert told.ntp == ntp_of(wire.now)
