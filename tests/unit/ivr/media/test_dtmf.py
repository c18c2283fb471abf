from collections.abc import Iterator
from struct import pack

from hypothesis import given, settings, strategies as st

from ivr.media.dtmf import DigitReceiver

# A busy machine is no fault of the code.
UNHURRIED = settings(deadline=None)

SOURCE = 0x1234


def event(key: int, *, duration: int = 160, end: bool = False) -> bytes:
    return pack("!BBH", key, (0x80 if end else 0) | 10, duration)


def press(key: int, *, packets: int = 5) -> Iterator[bytes]:
    """One press as RFC 4733 sends it: packets that grow, and the end three times."""
    for number in range(1, packets + 1):
        yield event(key, duration=160 * number)
    for _ in range(3):
        yield event(key, duration=160 * (packets + 1), end=True)


class Telephone:
    """Sends to a receiver, and notes the keys."""

    def __init__(self) -> None:
        self.receiver = DigitReceiver()
        self.keys = ""
        self.now_ms = 1000

    def send(self, payload: bytes, *, timestamp: int, source: int = SOURCE) -> None:
        key = self.receiver.receive(
            source=source, timestamp=timestamp, payload=payload, now_ms=self.now_ms
        )
        self.keys += key or ""
        self.now_ms += 20

    def press(self, key: int, *, timestamp: int) -> None:
        for payload in press(key):
            self.send(payload, timestamp=timestamp)


def test_receive__one_press_is_one_key() -> None:
    telephone = Telephone()

    telephone.press(5, timestamp=8000)

    assert telephone.keys == "5"


def test_receive__knows_all_sixteen_keys() -> None:
    telephone = Telephone()

    for key in range(16):
        telephone.press(key, timestamp=8000 * key)

    assert telephone.keys == "0123456789*#ABCD"


def test_receive__the_same_key_twice_is_two() -> None:
    telephone = Telephone()

    telephone.press(1, timestamp=8000)
    telephone.press(1, timestamp=9600)

    assert telephone.keys == "11"


def test_receive__lost_end_packets_do_no_harm() -> None:
    telephone = Telephone()

    telephone.send(event(1), timestamp=8000)
    telephone.send(event(2), timestamp=9600)

    assert telephone.keys == "12"


def test_receive__an_end_packet_alone_is_a_press() -> None:
    telephone = Telephone()

    telephone.send(event(7, end=True), timestamp=8000)

    assert telephone.keys == "7"


def test_receive__a_packet_overtaken_by_the_next_press_is_old() -> None:
    telephone = Telephone()
    telephone.press(1, timestamp=8000)
    telephone.send(event(2), timestamp=9600)

    telephone.send(event(1, end=True), timestamp=8000)

    assert telephone.keys == "12"


def test_receive__a_key_held_for_more_than_8_s_is_one() -> None:
    telephone = Telephone()
    telephone.send(event(3, duration=0xFFFF), timestamp=8000)

    telephone.send(event(3, duration=160), timestamp=8000 + 0xFFFF)
    telephone.send(event(3, duration=0xFFFF), timestamp=8000 + 0xFFFF)
    telephone.send(event(3, duration=160, end=True), timestamp=8000 + 2 * 0xFFFF)

    assert telephone.keys == "3"


def test_receive__a_sender_that_repeats_its_timestamp_is_understood_after_a_pause() -> None:
    telephone = Telephone()
    telephone.press(1, timestamp=8000)

    telephone.now_ms += 1000
    telephone.press(1, timestamp=8000)

    assert telephone.keys == "11"


def test_receive__a_late_end_is_no_press_even_after_a_pause() -> None:
    telephone = Telephone()
    telephone.press(1, timestamp=8000)

    telephone.now_ms += 1000
    telephone.send(event(1, end=True), timestamp=8000)

    assert telephone.keys == "1"


def test_receive__flash_and_tones_are_no_keys() -> None:
    telephone = Telephone()

    for code in (16, 36, 255):
        telephone.send(event(code), timestamp=8000 * code)

    assert telephone.keys == ""


@UNHURRIED
@given(st.binary(max_size=8), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_receive__never_raises(payload: bytes, timestamp: int, source: int) -> None:
    key = DigitReceiver().receive(source=source, timestamp=timestamp, payload=payload, now_ms=0)

    assert key is None or key in "0123456789*#ABCD"


@UNHURRIED
@given(st.data(), st.lists(st.integers(0, 15), min_size=1, max_size=5))
def test_receive__loss_and_doubling_change_nothing(data: st.DataObject, keys: list[int]) -> None:
    telephone = Telephone()
    for number, key in enumerate(keys):
        packets = list(press(key))
        kept = data.draw(st.lists(st.sampled_from(packets), min_size=1, max_size=12))
        for payload in kept:
            telephone.send(payload, timestamp=8000 + 1600 * number)

    assert telephone.keys == "".join("0123456789*#ABCD"[key] for key in keys)
