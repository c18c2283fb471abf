from ivr.media.control import Codec
from ivr.media.fork import HEADER, Fork


class FakeSender:
    def __init__(self) -> None:
        self.datagrams: list[bytes] = []

    def send(self, datagram: bytes) -> None:
        self.datagrams.append(datagram)


def fork(sender: FakeSender, *, first_frame: int = 0) -> Fork:
    return Fork(sender, stream=77, first_frame=first_frame)


def test_send__a_frame_with_its_header() -> None:
    sender = FakeSender()

    fork(sender).send(b"\x12" * 160, Codec.PCMU)

    (datagram,) = sender.datagrams
    assert HEADER.unpack(datagram[:16]) == (b"HLF1", 0, 0, 0, 77, 0)
    assert datagram[16:] == b"\x12" * 160


def test_send__nothing_heard_is_a_header_alone() -> None:
    sender = FakeSender()

    fork(sender).send(None, Codec.PCMA)

    assert sender.datagrams == [HEADER.pack(b"HLF1", 8, 1, 0, 77, 0)]


def test_send__numbers_frames_on_the_clock_of_the_recording() -> None:
    sender = FakeSender()
    forked = fork(sender, first_frame=50)

    for _ in range(3):
        forked.send(None, Codec.PCMA)

    assert [HEADER.unpack(d)[3:] for d in sender.datagrams] == [
        (0, 77, 1000),
        (1, 77, 1020),
        (2, 77, 1040),
    ]


def test_send__the_sequence_wraps_and_the_position_does_not() -> None:
    sender = FakeSender()
    forked = fork(sender)

    for _ in range(65_537):
        forked.send(None, Codec.PCMA)

    assert HEADER.unpack(sender.datagrams[-1])[3:] == (0, 77, 65_536 * 20)


def test_skip__moves_the_clock_on() -> None:
    sender = FakeSender()
    forked = fork(sender)

    forked.skip(10)
    forked.send(None, Codec.PCMA)

    assert HEADER.unpack(sender.datagrams[0])[3:] == (0, 77, 200)
