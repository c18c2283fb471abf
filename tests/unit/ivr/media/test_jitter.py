from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from ivr.media.jitter import (
    DELAY_FRAMES,
    LEAST_DELAY,
    MOST_DELAY,
    SLOT_MASK,
    SLOTS,
    JitterBank,
)

# A busy machine is no fault of the code.
UNHURRIED = settings(deadline=None)

ROW = 3
FIRST = 4_294_967_000  # wraps within the first frames


def frame(number: int) -> bytes:
    return bytes([number % 256]) * 160


class Listener:
    """One row of a bank with its head; plays frames and notes their numbers."""

    def __init__(self) -> None:
        self.bank = JitterBank(8)
        self.head = 5
        self.heard: list[int | None] = []

    def put(self, number: int, *, timestamp: int | None = None) -> int:
        at = (FIRST + 160 * number if timestamp is None else timestamp) % 2**32
        return self.bank.put(ROW, at, frame(number), self.head)

    def put_as_usual(self, number: int) -> int:
        """As the lane does it: first all rows together, then those that are not on the line."""
        at = (FIRST + 160 * number) % 2**32
        ahead = self.bank.put_many(
            np.array([ROW]),
            np.array([at]),
            np.frombuffer(frame(number), np.uint8)[np.newaxis],
            self.head,
        )
        return int(ahead[0]) if ahead[0] < SLOTS else self.put(number)

    def tick(self, ticks: int = 1) -> None:
        frames = np.zeros((8, 160), np.uint8)
        for _ in range(ticks):
            there = self.bank.take(0, 8, self.head, frames)
            self.head = (self.head + 1) & SLOT_MASK
            self.heard.append(int(frames[ROW, 0]) if there[ROW] else None)
            assert not there[:ROW].any()
            assert not there[ROW + 1 :].any()

    @property
    def played(self) -> list[int]:
        return [number for number in self.heard if number is not None]


@pytest.mark.parametrize("usual", [True, False])
def test_put__frames_come_out_in_order_after_the_delay(usual: bool) -> None:
    listener = Listener()

    for number in range(100):
        (listener.put_as_usual if usual else listener.put)(number)
        listener.tick()

    assert listener.heard == [None] * DELAY_FRAMES + list(range(100 - DELAY_FRAMES))


def test_put__reordered_frames_come_out_in_order() -> None:
    listener = Listener()

    for number in (0, 2, 1, 4, 3, 5):
        listener.put(number)
        listener.tick()
    listener.tick(DELAY_FRAMES)

    assert listener.played == [0, 1, 2, 3, 4, 5]


def test_put__a_lost_frame_leaves_a_gap_of_its_own_length() -> None:
    listener = Listener()

    for number in (0, 1, None, 3, 4):
        if number is not None:
            listener.put(number)
        listener.tick()
    listener.tick(DELAY_FRAMES)

    assert listener.heard[DELAY_FRAMES:] == [0, 1, None, 3, 4]


def test_put__a_frame_overtaken_by_its_moment_is_dropped() -> None:
    listener = Listener()
    for number in (0, 1, 2, 4, 5, 6):
        listener.put(number)
        listener.tick()
    listener.put(7)

    assert listener.put(3) == 0

    listener.tick(SLOTS)
    assert listener.played == [0, 1, 2, 4, 5, 6, 7]


def test_put__frames_that_are_always_late_are_waited_for() -> None:
    """Pairs change places, and the sender is so late that one of each has missed its moment."""
    listener = Listener()
    listener.put(0)
    listener.tick(4)

    for tick in range(1, 40):
        listener.put(tick + 1 if tick % 2 else tick - 1)
        listener.tick()
    listener.tick(SLOTS)

    assert listener.played == sorted(set(listener.played))
    assert listener.played[-30:] == [*range(10, 39), 40]


def test_put__a_sender_that_stood_still_is_waited_for_anew() -> None:
    listener = Listener()
    for number in range(5):
        listener.put(number)
        listener.tick()
    listener.tick(10)

    for number in range(5, 10):
        listener.put(number)
        listener.tick()
    listener.tick(DELAY_FRAMES)

    assert listener.played == list(range(10))


def test_put__a_small_step_back_of_the_timestamps_is_followed() -> None:
    listener = Listener()
    for number in range(20):
        listener.put(number)
        listener.tick()

    for number in range(20, 40):
        listener.put(number, timestamp=FIRST + 160 * (number - 10))
        listener.tick()
    listener.tick(SLOTS)

    assert listener.played[-10:] == list(range(30, 40))


def test_put__a_jump_of_the_timestamps_is_followed() -> None:
    listener = Listener()
    for number in range(5):
        listener.put(number)
        listener.tick()

    for number in range(5, 10):
        listener.put(number, timestamp=1_000_000 + 160 * number)
        listener.tick()
    listener.tick(DELAY_FRAMES)

    assert listener.played[-5:] == [5, 6, 7, 8, 9]


def test_put__a_pause_without_packets_keeps_its_length() -> None:
    listener = Listener()
    for number in (0, 1, *range(9, 12)):
        while len(listener.heard) < number:
            listener.tick()
        listener.put(number)
    listener.tick(DELAY_FRAMES + 1)

    assert listener.heard == [None, None, 0, 1, *[None] * 7, 9, 10, 11]


def test_put_many__does_not_take_what_is_not_on_the_line() -> None:
    bank = JitterBank(2)

    ahead = bank.put_many(np.array([1]), np.array([160]), np.zeros((1, 160), np.uint8), 0)

    assert ahead[0] >= SLOTS
    assert bank.waiting(1) == 0


def test_trim__leaves_the_delay_after_a_burst() -> None:
    listener = Listener()
    for number in range(12):
        listener.put(number)

    listener.bank.trim(ROW, listener.head)
    listener.tick(DELAY_FRAMES)

    assert listener.heard == [12 - DELAY_FRAMES, 11]


def test_trim__lets_a_little_be() -> None:
    listener = Listener()
    for number in range(2):
        listener.put(number)

    assert listener.bank.trim(ROW, listener.head) == 0
    assert listener.bank.waiting(ROW) == 2


def test_reset__forgets() -> None:
    listener = Listener()
    listener.put(0)

    listener.bank.reset(ROW)
    listener.tick(SLOTS)

    assert listener.played == []


@UNHURRIED
@given(st.lists(st.integers(0, 4), min_size=20, max_size=120), st.randoms(use_true_random=False))
def test_put__any_delay_within_the_buffer_plays_everything_in_order(
    delays: list[int], random: object
) -> None:
    """Each packet is late by at most the delay that the first one had in hand."""
    listener = Listener()
    arrivals = sorted(
        (number + min(delay, DELAY_FRAMES) if number else 0, number)
        for number, delay in enumerate(delays)
    )
    for tick in range(len(delays) + 2 * DELAY_FRAMES + 1):
        for at, number in arrivals:
            if at == tick:
                listener.put(number)
        listener.tick()

    assert listener.played == [number % 256 for number in range(len(delays))]


@UNHURRIED
@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.booleans()), max_size=80))
def test_put__any_timestamps_leave_it_sound(steps: list[tuple[int, bool]]) -> None:
    listener = Listener()
    for timestamp, tick in steps:
        listener.put(0, timestamp=timestamp)
        assert listener.bank.waiting(ROW) <= SLOTS
        if tick:
            listener.tick()
    listener.tick(SLOTS)

    assert listener.bank.waiting(ROW) == 0


def test_put__a_duplicate_of_what_was_played_is_not_late() -> None:
    listener = Listener()
    for number in range(20):
        listener.put(number)
        for copy in range(max(0, number - 6), number):
            listener.put(copy)
        listener.tick()

    assert listener.bank.late(ROW) == 0
    assert listener.bank.delay_frames(ROW) == DELAY_FRAMES
    assert listener.played == list(range(20 - DELAY_FRAMES))


class Network:
    """Delivers packets late by whole ticks, and looks after the bank as a lane does."""

    def __init__(self, *, seed: int = 1) -> None:
        self.listener = Listener()
        self.random = np.random.default_rng(seed)
        self.sent = 0
        self._ticks = 0
        self._under_way: dict[int, list[int]] = {}

    def run(self, seconds: float, delays: Sequence[int], *, copies: int = 1) -> list[int]:
        """Runs on; each packet is late by any of some delays. Returns what was played."""
        bank, before = self.listener.bank, len(self.listener.heard)
        for _ in range(round(seconds * 50)):
            due = self._ticks + int(self.random.choice(delays))
            self._under_way.setdefault(due, []).extend([self.sent] * copies)
            self.sent += 1
            for number in self._under_way.pop(self._ticks, []):
                self.listener.put_as_usual(number)
            self.listener.tick()
            self._ticks += 1
            if self._ticks % 50 == 0:
                bank.forgive(0, 8)
                for row in bank.crowded(0, 8).tolist():
                    bank.trim(row, self.listener.head)
            if self._ticks % 250 == 0:
                for row in bank.look(0, 8).tolist():
                    pair = bank.next_two(row, self.listener.head)
                    if pair is not None:
                        bank.squeeze(row, self.listener.head, pair[1])
        return [number for number in self.listener.heard[before:] if number is not None]

    @property
    def delay(self) -> int:
        return self.listener.bank.delay_frames(ROW)


def test_delay__grows_within_a_second_to_bear_60_ms_of_jitter() -> None:
    network = Network()
    network.run(2, [0, 1, 2, 3])

    played = network.run(10, [0, 1, 2, 3])

    assert len(played) >= 0.99 * 500
    assert network.delay <= 7
    assert network.listener.bank.waiting(ROW) <= 7


@pytest.mark.parametrize("copies", [1, 2])
def test_delay__bears_reordering_and_duplicates(copies: int) -> None:
    network = Network(seed=5)
    network.run(2, [0, 0, 0, 2], copies=copies)

    played = network.run(5, [0, 0, 0, 2], copies=copies)

    steps = {(later - earlier) % 256 for earlier, later in pairwise(played)}
    assert len(played) >= 0.98 * 250
    assert steps <= {1, 2}


def test_delay__is_never_longer_than_200_ms() -> None:
    network = Network()

    network.run(20, range(25))

    assert network.delay == MOST_DELAY
    assert network.listener.bank.waiting(ROW) <= MOST_DELAY + 6


def test_delay__shrinks_frame_by_frame_when_the_network_is_good_again() -> None:
    network = Network()
    network.run(5, [0, 1, 2, 3, 4])
    before = network.delay
    network.run(19, [0])
    soon = network.delay

    network.run(80, [0])

    assert soon >= before - 2
    assert network.delay == LEAST_DELAY


def test_delay__one_late_frame_now_and_then_does_not_change_it() -> None:
    network = Network()
    network.run(4, [0])
    for _ in range(5):
        network.run(0.02, [5])
        network.run(1.8, [0])

    assert network.delay <= DELAY_FRAMES
    assert network.listener.bank.late(ROW) == 5


def test_delay__a_sender_whose_clock_is_slow_is_followed_for_ever() -> None:
    """2 % slow, a hundred times worse than any crystal: a frame is missing in each second."""
    listener = Listener()
    number = 0
    for tick in range(20_000):
        if tick % 50:
            listener.put_as_usual(number)
            number += 1
        listener.tick()
        if tick % 50 == 0:
            listener.bank.forgive(0, 8)
            for row in listener.bank.crowded(0, 8).tolist():
                listener.bank.trim(row, listener.head)

    assert len(listener.played) > 0.95 * number
    assert listener.bank.waiting(ROW) <= MOST_DELAY + 3


def test_history__is_what_was_played_and_what_was_kept_in_its_place() -> None:
    listener = Listener()
    for number in (10, 11, 13):
        listener.put(number, timestamp=FIRST + 160 * number)
    listener.tick(DELAY_FRAMES + 2)
    missing = np.array([ROW])
    listener.tick()
    listener.bank.keep((listener.head - 1) & SLOT_MASK, missing, np.full((1, 160), 99, np.uint8))
    listener.tick()

    history = listener.bank.history(listener.head, ROW, 4)

    assert list(history[::160]) == [10, 11, 99, 13]
