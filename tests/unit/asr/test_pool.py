import threading
from collections.abc import Iterator

import pytest

from asr.pool import Due, Long, Pool, Wish

LIMIT_SECONDS = 60


class Counter:
    """Work in small turns; notices when two threads are at it."""

    def __init__(self, turns: int) -> None:
        self.left = turns
        self.is_at_work = False
        self.was_doubled = False
        self.done = threading.Event()

    def turn(self) -> Wish:
        self.was_doubled |= self.is_at_work
        self.is_at_work = True
        self.left -= 1
        self.is_at_work = False
        if self.left <= 0:
            self.done.set()
        return Due.MORE if self.left > 0 else Due.NOTHING

    def labour(self, *, waiting: int) -> Wish:
        raise AssertionError(waiting)


class Labourer:
    """Wishes for long work in its first turn, and is done after it."""

    def __init__(self, wish: Wish, diary: list[object], *, gate: threading.Event | None = None):
        self.wish = wish
        self.diary = diary
        self.gate = gate
        self.has_begun = threading.Event()
        self.done = threading.Event()
        self.waiting = -1

    def turn(self) -> Wish:
        wish, self.wish = self.wish, Due.NOTHING
        if wish is Due.NOTHING:
            self.done.set()
        return wish

    def labour(self, *, waiting: int) -> Wish:
        self.waiting = waiting
        self.diary.append(self)
        self.has_begun.set()
        if self.gate is not None:
            assert self.gate.wait(LIMIT_SECONDS)
        return Due.MORE


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(2, labourers=1, now=lambda: 1000.0)
    yield pool
    pool.close(timeout_seconds=LIMIT_SECONDS)


def test_call__many_workers__all_done_each_by_one_thread(pool: Pool) -> None:
    workers = [Counter(200) for _ in range(5)]

    for worker in workers:
        pool.call(worker)
        pool.call(worker)

    assert pool.drain(timeout_seconds=LIMIT_SECONDS)
    assert all(worker.left <= 0 and not worker.was_doubled for worker in workers)


def test_call__while_at_work__another_turn_follows(pool: Pool) -> None:
    class Slow(Counter):
        def __init__(self) -> None:
            super().__init__(2)
            self.has_begun = threading.Event()
            self.may_go_on = threading.Event()

        def turn(self) -> Wish:
            self.has_begun.set()
            assert self.may_go_on.wait(LIMIT_SECONDS)
            super().turn()
            return Due.NOTHING

    worker = Slow()
    pool.call(worker)
    assert worker.has_begun.wait(LIMIT_SECONDS)
    pool.call(worker)
    worker.may_go_on.set()

    assert worker.done.wait(LIMIT_SECONDS)


def test_turn__raises__the_pool_goes_on(pool: Pool) -> None:
    class Broken(Counter):
        def turn(self) -> Wish:
            raise RuntimeError

    good = Counter(1)
    for _ in range(4):
        pool.call(Broken(1))
    pool.call(good)

    assert good.done.wait(LIMIT_SECONDS)
    assert pool.drain(timeout_seconds=LIMIT_SECONDS)


def test_labour__raises__the_next_one_has_its_turn(pool: Pool) -> None:
    class Broken(Counter):
        def turn(self) -> Wish:
            return Long(0, 0)

    diary: list[object] = []
    good = Labourer(Long(0, 0), diary)
    for _ in range(3):
        pool.call(Broken(1))
    pool.call(good)

    assert good.done.wait(LIMIT_SECONDS)


def test_drain__work_without_end__false(pool: Pool) -> None:
    worker = Counter(10**9)
    pool.call(worker)

    assert not pool.drain(timeout_seconds=0.01)
    worker.left = 0
    assert pool.drain(timeout_seconds=LIMIT_SECONDS)


@pytest.fixture
def gate(pool: Pool) -> Iterator[threading.Event]:
    """The one thread for long work is taken until this is set."""
    gate = threading.Event()
    holder = Labourer(Long(0, 0), [], gate=gate)
    pool.call(holder)
    assert holder.has_begun.wait(LIMIT_SECONDS)
    yield gate
    gate.set()


def queued(pool: Pool, diary: list[object], *wishes: Wish) -> list[Labourer]:
    """Workers that are in the line for long work, in this order."""
    workers = [Labourer(wish, diary) for wish in wishes]
    for worker in workers:
        pool.call(worker)
    # Short turns come in their order: once this one is over, theirs are.
    last = Counter(1)
    pool.call(last)
    assert last.done.wait(LIMIT_SECONDS)
    return workers


def test_labour__somebody_is_at_it__short_turns_go_on(pool: Pool, gate: threading.Event) -> None:
    worker = Counter(100)

    pool.call(worker)

    assert worker.done.wait(LIMIT_SECONDS)
    assert not gate.is_set()


@pytest.mark.parametrize(
    ("wishes", "order"),
    [
        pytest.param([Long(100, 0), Long(900, 0), Long(500, 0)], [1, 2, 0], id="longest wait"),
        pytest.param([Long(0, 6000), Long(0, 1000)], [1, 0], id="short before long"),
        pytest.param([Long(1600, 6000), Long(0, 1000)], [0, 1], id="long ones are not starved"),
        pytest.param([Long(0, 0), Long(0, 0)], [0, 1], id="as they came"),
    ],
)
def test_labour__several_wait__by_waiting_and_length(
    pool: Pool, gate: threading.Event, wishes: list[Wish], order: list[int]
) -> None:
    diary: list[object] = []
    workers = queued(pool, diary, *wishes)

    gate.set()

    assert pool.drain(timeout_seconds=LIMIT_SECONDS)
    assert diary == [workers[place] for place in order]
    assert [worker.waiting for worker in diary if isinstance(worker, Labourer)] == [
        *reversed(range(len(workers)))
    ]


def test_turn__spare_work_and_nobody_waits__done(pool: Pool) -> None:
    diary: list[object] = []
    worker = Labourer(Due.SPARE, diary)
    pool.call(worker)

    assert worker.done.wait(LIMIT_SECONDS)
    assert diary == [worker]


def test_turn__spare_work_while_all_are_busy__left_out(pool: Pool, gate: threading.Event) -> None:
    diary: list[object] = []
    worker = Labourer(Due.SPARE, diary)
    pool.call(worker)

    assert worker.done.wait(LIMIT_SECONDS)
    assert diary == []
    assert not gate.is_set()


def test_labour__takes_the_last_of_several_threads__as_if_somebody_waited() -> None:
    pool = Pool(3, labourers=2)
    gate = threading.Event()
    first = Labourer(Long(0, 0), [], gate=gate)
    second = Labourer(Long(0, 0), [], gate=gate)

    pool.call(first)
    assert first.has_begun.wait(LIMIT_SECONDS)
    pool.call(second)
    assert second.has_begun.wait(LIMIT_SECONDS)
    gate.set()

    assert pool.drain(timeout_seconds=LIMIT_SECONDS)
    pool.close(timeout_seconds=LIMIT_SECONDS)
    assert (first.waiting, second.waiting) == (0, 1)
