from asr.fork import Frame
from asr.inbox import INBOX_FRAMES, Inbox
from asr.orders import Order, Switch

FRAME = Frame(1, 0, 0, 8, bytes(160))


def filled(count: int) -> Inbox:
    inbox = Inbox()
    for _ in range(count):
        inbox.put(FRAME)
    return inbox


def test_take__nothing_waits__none() -> None:
    assert Inbox().take() is None


def test_put_back__is_the_next_again() -> None:
    inbox = filled(1)

    inbox.put_back(Order.END)

    assert [inbox.take(), inbox.take()] == [Order.END, FRAME]


def test_is_full__ten_seconds_wait() -> None:
    assert not filled(INBOX_FRAMES - 1).is_full
    assert filled(INBOX_FRAMES).is_full
    assert filled(INBOX_FRAMES).waiting_ms == 10_000


def test_is_late__more_than_a_second_and_a_half_waits() -> None:
    assert not filled(75).is_late
    assert filled(76).is_late


def test_take_frames__orders_stay_in_their_order() -> None:
    inbox = filled(2)
    inbox.put(Switch("ko"))
    inbox.put(FRAME)
    inbox.put(Order.END)

    assert inbox.take_frames() == [FRAME] * 3

    assert [inbox.take(), inbox.take(), inbox.take()] == [Switch("ko"), Order.END, None]
