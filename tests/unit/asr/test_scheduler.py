from hypothesis import given, settings, strategies as st

from asr.scheduler import CALM_SECONDS, STEP_SECONDS, Limits, Mode, Scheduler

LATE, TOO_LATE = 2000, 7000


def scheduler(*calls: str) -> Scheduler:
    chosen = Scheduler()
    for call_id in calls:
        chosen.mode(call_id)
    return chosen


def modes(chosen: Scheduler) -> dict[str, Mode]:
    return {call_id: chosen.mode(call_id) for call_id in chosen.calls}


def test_judge__nobody_is_late__nothing_changes() -> None:
    chosen = scheduler("a", "b")

    assert chosen.judge(0.0, {"a": 400, "b": 1400}) == {}


def test_judge__late__the_newest_goes_without_partials_one_a_step() -> None:
    chosen = scheduler("a", "b", "c")

    assert chosen.judge(0.0, {"a": LATE, "b": 0, "c": 0}) == {"c": Mode.WITHOUT_PARTIALS}
    assert chosen.judge(0.5, {"a": LATE, "b": 0, "c": 0}) == {}
    assert chosen.judge(STEP_SECONDS, {"a": LATE}) == {"b": Mode.WITHOUT_PARTIALS}
    assert chosen.judge(2 * STEP_SECONDS, {"a": LATE}) == {"a": Mode.WITHOUT_PARTIALS}
    assert chosen.judge(3 * STEP_SECONDS, {"a": LATE}) == {}


def test_judge__too_late__the_newest_waits_for_the_end_of_the_call() -> None:
    chosen = scheduler("a", "b")

    assert chosen.judge(0.0, {"a": TOO_LATE, "b": 0}) == {"b": Mode.AFTER_CALL}


def test_judge__many_are_too_late__a_quarter_of_them_at_once() -> None:
    chosen = scheduler(*(f"call-{number:02}" for number in range(12)))

    changed = chosen.judge(0.0, dict.fromkeys(chosen.calls, TOO_LATE))

    assert changed == dict.fromkeys(("call-11", "call-10", "call-09"), Mode.AFTER_CALL)


def test_judge__one_of_many_is_too_late__one_at_a_time() -> None:
    chosen = scheduler(*(f"call-{number:02}" for number in range(12)))

    changed = chosen.judge(0.0, dict.fromkeys(chosen.calls, 0) | {"call-03": 5 * TOO_LATE})

    assert changed == {"call-11": Mode.AFTER_CALL}


def test_judge__a_side_was_cut_off__its_call_at_once() -> None:
    chosen = scheduler("a", "b")
    chosen.judge(0.0, {"a": LATE})

    assert chosen.judge(0.1, {"a": 0, "b": 0}, overrun=["a"]) == {"a": Mode.AFTER_CALL}


def test_judge__calm__one_step_back_at_a_time_the_oldest_first() -> None:
    chosen = scheduler("a", "b")
    for second in range(0, 8, 2):
        chosen.judge(float(second), {"a": TOO_LATE, "b": TOO_LATE})
    assert set(modes(chosen).values()) == {Mode.AFTER_CALL}

    # That the first step back came soon after the trouble is no regret of it.
    changes = [
        change for second in range(10, 80) if (change := chosen.judge(float(second), {"a": 0}))
    ]

    assert changes == [
        {"a": Mode.WITHOUT_PARTIALS},
        {"b": Mode.WITHOUT_PARTIALS},
        {"a": Mode.LIVE},
        {"b": Mode.LIVE},
    ]


def test_judge__between_late_and_calm__nothing_moves() -> None:
    chosen = scheduler("a", "b")
    chosen.judge(0.0, {"a": LATE})

    assert [chosen.judge(float(second), {"a": 1200}) for second in range(1, 200)] == [{}] * 199


def test_judge__step_back_too_early__the_next_one_takes_longer() -> None:
    chosen = scheduler("a")
    chosen.judge(0.0, {"a": LATE})
    assert chosen.judge(1.0, {"a": 0}) == {}
    assert chosen.judge(1.0 + CALM_SECONDS, {"a": 0}) == {"a": Mode.LIVE}
    assert chosen.judge(15.0, {"a": LATE}) == {"a": Mode.WITHOUT_PARTIALS}

    assert chosen.judge(20.0, {"a": 0}) == {}
    assert chosen.judge(20.0 + CALM_SECONDS, {"a": 0}) == {}
    assert chosen.judge(20.0 + 2 * CALM_SECONDS, {"a": 0}) == {"a": Mode.LIVE}


def test_mode__call_that_comes_in_trouble__begins_where_the_worst_off_is() -> None:
    chosen = scheduler("a", "b")
    chosen.judge(0.0, {"a": TOO_LATE})

    assert chosen.mode("c") is Mode.AFTER_CALL


def test_forget__calls_that_are_over__no_longer_count() -> None:
    chosen = scheduler("a", "b")
    chosen.judge(0.0, {"a": TOO_LATE})
    chosen.forget(["b"])

    assert chosen.mode("c") is Mode.LIVE


class Machine:
    """A machine that can hear so many calls; each waits in a line of its own, cut at its end."""

    COST = {Mode.LIVE: 1.0, Mode.WITHOUT_PARTIALS: 0.75, Mode.AFTER_CALL: 0.0}
    LONGEST_MS = 10_000

    def __init__(self, calls: int, capacity: float) -> None:
        self.scheduler = scheduler(*(f"call-{number}" for number in range(calls)))
        self.capacity = capacity
        self.lag = dict.fromkeys(self.scheduler.calls, 0.0)
        self.worst = 0.0
        self.changes = 0
        self.now = 0.0

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1.0
            self._hear()
            overrun = [call for call, lag in self.lag.items() if lag > self.LONGEST_MS]
            lag = {call: int(lag) for call, lag in self.lag.items()}
            changed = self.scheduler.judge(self.now, lag, overrun=overrun)
            self.changes += len(changed)
            for call, mode in changed.items():
                if mode is Mode.AFTER_CALL:
                    self.lag[call] = 0.0
            for call in overrun:
                self.lag[call] = 0.0
            self.worst = max(self.worst, *self.lag.values())

    def _hear(self) -> None:
        wanted = {
            call: self.COST[mode]
            for call, mode in modes(self.scheduler).items()
            if mode is not Mode.AFTER_CALL
        }
        share = min(1.0, self.capacity / sum(wanted.values())) if wanted else 1.0
        spare = max(0.0, self.capacity - sum(wanted.values()))
        for call in wanted:
            caught_up = spare / len(wanted) + share
            self.lag[call] = max(0.0, self.lag[call] + 1000 * (1 - caught_up))


@settings(max_examples=25, deadline=None)
@given(calls=st.integers(1, 25), capacity=st.floats(0.5, 30.0))
def test_judge__any_machine__lag_is_bounded_and_it_settles(calls: int, capacity: float) -> None:
    machine = Machine(calls, capacity)

    machine.run(400)
    settled = machine.changes
    machine.run(400)

    assert machine.worst <= Machine.LONGEST_MS
    # Steps back that are regretted grow rare.
    assert machine.changes - settled <= 30
    if capacity >= calls:
        assert machine.changes == 0


@settings(max_examples=15, deadline=None)
@given(calls=st.integers(1, 12), capacity=st.floats(0.5, 6.0))
def test_judge__the_rush_is_over__all_are_live_again(calls: int, capacity: float) -> None:
    machine = Machine(calls, capacity)
    machine.run(300)

    machine.capacity = 100.0
    machine.run(160 * 2 * calls + 400)

    assert set(modes(machine.scheduler).values()) == {Mode.LIVE}


@given(
    lags=st.lists(
        st.dictionaries(st.sampled_from("abcd"), st.integers(0, 12_000)), min_size=1, max_size=60
    )
)
def test_judge__any_lags__one_step_at_a_time_and_never_down_without_reason(
    lags: list[dict[str, int]],
) -> None:
    chosen = scheduler("a", "b", "c", "d")
    limits = Limits()
    for number, lag in enumerate(lags):
        before = modes(chosen)
        changed = chosen.judge(number * 0.5, lag)
        worst = max(lag.values(), default=0)

        assert len(changed) <= 1
        for call, mode in changed.items():
            if mode > before[call]:
                assert worst > limits.late_ms
                assert mode is not Mode.AFTER_CALL or worst > limits.too_late_ms
            else:
                assert worst * 3 <= 2 * limits.late_ms
                assert mode == before[call] - 1
