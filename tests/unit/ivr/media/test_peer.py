"""One leg's peer on the loopback network, whose addresses are hosts of their own."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from hotline.rtp import build_header
from ivr.media.control import Address
from ivr.media.peer import Peer
from tests.ports import free_port

OWN_SOURCE, STRANGE_SOURCE = 7, 0xBAD
# Half a second of speech.
SURELY = 25


class Sender:
    """Somebody who sends RTP from an address, with a synchronisation source."""

    def __init__(self, host: str, source: int, leg: Address) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.setblocking(False)
        self._source = source
        self._leg = leg

    @property
    def address(self) -> Address:
        host, port = self.socket.getsockname()
        return host, port

    def say(self) -> None:
        header = build_header(payload_type=8, sequence=1, timestamp=160, source=self._source)
        self.socket.sendto(header + bytes(160), self._leg)

    @property
    def hears(self) -> bool:
        """Whether something has come; takes it."""
        try:
            self.socket.recv(2048)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        self.socket.close()


class Room:
    """A leg's socket, its peer, and people on other hosts."""

    def __init__(self) -> None:
        self._people = ExitStack()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._people.callback(self._socket.close)
        # A port of the kernel's choice would be lost with the connection.
        self._socket.bind(("127.0.0.1", free_port()))
        self._socket.setblocking(False)
        self._buffer = memoryview(bytearray(2048))

    def person(self, host: str, source: int) -> Sender:
        person = Sender(host, source, self._socket.getsockname())
        self._people.callback(person.close)
        return person

    def peer(self, signalled: Address | None = None, *, source: int | None = None) -> Peer:
        peer = Peer(self._socket, signalled, source=source, on_change=lambda: None)
        peer.payload_types = frozenset({8})
        return peer

    def believes(self, peer: Peer, person: Sender, *, packets: int = 1) -> bool:
        """Whether what somebody says is heard; whoever does not belong there is turned away."""
        heard = []
        for _ in range(packets):
            person.say()
            try:
                heard.append(peer.receive(self._buffer) > 0)
            except BlockingIOError:
                # The kernel kept it from us.
                heard.append(False)
        return all(heard)

    def settle(self, peer: Peer, person: Sender) -> None:
        """Somebody talks for so long that it is certain who the peer is."""
        assert self.believes(peer, person, packets=SURELY)
        with pytest.raises(BlockingIOError):
            peer.receive(self._buffer)

    def close(self) -> None:
        self._people.close()


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    yield room
    room.close()


PACKET = memoryview(bytes(172))


class TestSilence:
    """Behind NAT: the SDP names 192.0.2.1, and the packets come from elsewhere."""

    @pytest.fixture
    def caller(self, room: Room) -> Sender:
        return room.person("127.0.0.2", OWN_SOURCE)

    @pytest.fixture
    def peer(self, room: Room, caller: Sender) -> Peer:
        peer = room.peer(("192.0.2.1", 4000))
        room.settle(peer, caller)
        peer.release(OWN_SOURCE)
        return peer

    def test_release__a_stranger_does_not_take_the_silent_peers_place(
        self, room: Room, peer: Peer, caller: Sender
    ) -> None:
        stranger = room.person("127.0.0.9", STRANGE_SOURCE)

        assert not room.believes(peer, stranger, packets=2 * SURELY)
        peer.send(PACKET)

        assert caller.hears
        assert not stranger.hears
        assert peer.refused == 2 * SURELY
        assert room.believes(peer, caller)

    def test_release__the_peers_stream_may_come_from_anywhere(self, room: Room, peer: Peer) -> None:
        moved = room.person("127.0.0.3", OWN_SOURCE)

        assert room.believes(peer, moved)
        peer.send(PACKET)

        assert moved.hears

    def test_release__the_peers_host_may_send_another_stream(self, room: Room, peer: Peer) -> None:
        assert room.believes(peer, room.person("127.0.0.2", 99))

    def test_release__so_may_the_host_of_the_sdp(self, room: Room, caller: Sender) -> None:
        peer = room.peer(("127.0.0.4", 4000))
        room.settle(peer, caller)
        peer.release(OWN_SOURCE)

        assert room.believes(peer, room.person("127.0.0.4", 99))

    def test_release__who_was_first_by_a_few_packets_is_no_peer_to_come_back(
        self, room: Room, caller: Sender
    ) -> None:
        peer = room.peer(("192.0.2.1", 4000))
        assert room.believes(peer, room.person("127.0.0.9", STRANGE_SOURCE))

        peer.release(STRANGE_SOURCE)

        assert room.believes(peer, caller)

    def test_signal__a_new_address_lets_anyone_begin_again(self, room: Room, peer: Peer) -> None:
        peer.signal(("192.0.2.2", 4000))

        assert room.believes(peer, room.person("127.0.0.3", 99))


class TestFlood:
    """Somebody sends without a pause, so that something waits whenever the leg is read."""

    def test_receive__the_certain_peer_alone_is_heard_from_the_first_stranger_on(
        self, room: Room
    ) -> None:
        peer, caller = room.peer(("127.0.0.2", 4000)), room.person("127.0.0.2", OWN_SOURCE)
        stranger = room.person("127.0.0.9", OWN_SOURCE)
        assert room.believes(peer, caller, packets=SURELY)
        for _ in range(2 * SURELY):
            stranger.say()

        assert not room.believes(peer, caller)

        # Nothing of what the stranger sends comes so far as to be refused.
        for _ in range(SURELY):
            stranger.say()
            assert room.believes(peer, caller)
        assert peer.refused == 1

    def test_receive__who_is_not_certain_yet_is_heard_among_strangers(self, room: Room) -> None:
        peer, caller = room.peer(("127.0.0.2", 4000)), room.person("127.0.0.2", OWN_SOURCE)
        stranger = room.person("127.0.0.9", STRANGE_SOURCE)

        for _ in range(SURELY - 1):
            assert room.believes(peer, caller)
            assert not room.believes(peer, stranger)
        assert peer.refused == SURELY - 1


class TestHold:
    """RFC 2543: the peer holds us with the address 0.0.0.0."""

    def test_signal__nothing_is_sent_until_the_peer_is_back_where_it_was(self, room: Room) -> None:
        peer, caller = room.peer(("192.0.2.1", 4000)), room.person("127.0.0.2", OWN_SOURCE)
        assert room.believes(peer, caller)

        peer.signal(("0.0.0.0", 4000))
        with pytest.raises(OSError, match="estination"):
            peer.send(PACKET)

        peer.signal(("192.0.2.1", 4000))
        peer.send(PACKET)
        assert peer.destination == caller.address
        assert caller.hears

    def test_signal__a_stranger_does_not_take_the_place_of_the_one_who_holds(
        self, room: Room
    ) -> None:
        peer, caller = room.peer(("192.0.2.1", 4000)), room.person("127.0.0.2", OWN_SOURCE)
        stranger = room.person("127.0.0.9", STRANGE_SOURCE)
        room.settle(peer, caller)
        peer.signal(("0.0.0.0", 4000))
        assert not room.believes(peer, stranger, packets=2 * SURELY)
        peer.release(OWN_SOURCE)
        assert not room.believes(peer, stranger, packets=2 * SURELY)

        peer.signal(("192.0.2.1", 4000))
        peer.send(PACKET)

        assert caller.hears
        assert not stranger.hears
        assert room.believes(peer, caller)


class TestSource:
    """A browser's leg: no SDP names its address, but we know its synchronisation source."""

    def test_receive__a_stranger_who_is_first_is_not_believed(self, room: Room) -> None:
        peer, gateway = room.peer(source=OWN_SOURCE), room.person("127.0.0.2", OWN_SOURCE)
        stranger = room.person("127.0.0.9", STRANGE_SOURCE)

        assert not room.believes(peer, stranger, packets=2 * SURELY)
        with pytest.raises(OSError, match="estination"):
            peer.send(PACKET)

        assert room.believes(peer, gateway)
        peer.send(PACKET)
        assert gateway.hears

    def test_release__not_even_a_neighbour_is_believed(self, room: Room) -> None:
        peer, gateway = room.peer(source=OWN_SOURCE), room.person("127.0.0.2", OWN_SOURCE)
        room.settle(peer, gateway)
        peer.release(OWN_SOURCE)

        assert not room.believes(peer, room.person("127.0.0.2", STRANGE_SOURCE))
        assert room.believes(peer, room.person("127.0.0.3", OWN_SOURCE))
