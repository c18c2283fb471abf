import threading

import pytest

from asr.pool import Pool

LIMIT_SECONDS = 20


class Counter:
    """Work in small turns; notices when two threads are at it."""

    def __init__(self, turns: int) -> None:
        self.left = turns
        self.is_at_work = False
        self.was_doubled = False
        self.done = threading.Event()

    def turn(self) -> bool:
        self.was_doubled |= self.is_at_work
        self.is_at_work = True
        self.left -= 1
        self.is_at_work = False
        if self.left <= 0:
            self.done.set()
        return self.left > 0


@pytest.fixture
def pool() -> "Pool":
    return Pool(2)


def test_call__many_workers__all_done_each_by_one_thread(pool: Pool) -> None:
    workers = [Counter(200) for _ in range(5)]

    for worker in workers:
        pool.call(worker)
        pool.call(worker)

    assert pool.drain(timeout_seconds=LIMIT_SECONDS)
    pool.close(timeout_seconds=LIMIT_SECONDS)
    assert all(worker.left <= 0 and not worker.was_doubled for worker in workers)


def test_call__while_at_work__another_turn_follows(pool: Pool) -> None:
    class Slow(Counter):
        def __init__(self) -> None:
            super().__init__(2)
            self.has_begun = threading.Event()
            self.may_go_on = threading.Event()

        def turn(self) -> bool:
            self.has_begun.set()
            assert self.may_go_on.wait(LIMIT_SECONDS)
            super().turn()
            return False

    worker = Slow()
    pool.call(worker)
    assert worker.has_begun.wait(LIMIT_SECONDS)
    pool.call(worker)
    worker.may_go_on.set()

    assert worker.done.wait(LIMIT_SECONDS)
    pool.close(timeout_seconds=LIMIT_SECONDS)


def test_turn__raises__the_pool_goes_on(pool: Pool) -> None:
    class Broken:
        def turn(self) -> bool:
            raise RuntimeError

    good = Counter(1)
    for _ in range(4):
        pool.call(Broken())
    pool.call(good)

    assert good.done.wait(LIMIT_SECONDS)
    assert pool.drain(timeout_seconds=LIMIT_SECONDS)
    pool.close(timeout_seconds=LIMIT_SECONDS)


def test_drain__work_without_end__false(pool: Pool) -> None:
    worker = Counter(10**9)
    pool.call(worker)

    assert not pool.drain(timeout_seconds=0.01)
    worker.left = 0
    assert pool.drain(timeout_seconds=LIMIT_SECONDS)
    pool.close(timeout_seconds=LIMIT_SECONDS)
