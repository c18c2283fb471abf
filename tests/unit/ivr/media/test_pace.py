import pytest

from ivr.media.pace import LANES, STEP_NS, Pace, lane_for

MS = 1_000_000
WINDOW_NS = 10_000 * MS


def test_begin__serves_each_lane_every_20_ms() -> None:
    now = 0
    pace = Pace(now)
    served: dict[int, list[int]] = {}
    for _ in range(4 * LANES):
        now += round(pace.wait_seconds(now) * 1e9)
        served.setdefault(pace.begin(now), []).append(now)

    assert sorted(served) == list(range(LANES))
    for moments in served.values():
        assert {later - earlier for earlier, later in zip(moments, moments[1:], strict=False)} == {
            20 * MS
        }


def test_wait_seconds__makes_up_for_a_late_step() -> None:
    pace = Pace(0)

    pace.begin(STEP_NS + 3 * MS)

    assert pace.wait_seconds(STEP_NS + 3 * MS) == pytest.approx(STEP_NS / 1e9 - 0.003)


def test_wait_seconds__is_nothing_when_the_step_is_due() -> None:
    assert Pace(0).wait_seconds(STEP_NS) == 0


def test_skip__catches_up_with_a_short_delay() -> None:
    pace = Pace(0)

    assert pace.skip(150 * MS) == 0
    assert pace.stalls == 0


def test_skip__gives_up_a_long_one_in_whole_rounds() -> None:
    pace = Pace(0)

    skipped = pace.skip(STEP_NS + 1007 * MS)

    assert skipped == 50
    assert pace.stalls == 1
    assert pace.wait_seconds(STEP_NS + 1007 * MS) == 0
    assert pace.skip(STEP_NS + 1007 * MS) == 0


def test_rest__is_no_stall() -> None:
    pace = Pace(0)

    pace.rest(5000 * MS)

    assert pace.skip(5000 * MS) == 0
    assert pace.wait_seconds(5000 * MS) == pytest.approx(STEP_NS / 1e9)


def test_lateness__is_the_99th_percentile() -> None:
    now = 0
    pace = Pace(now)
    for step in range(100):
        now += STEP_NS
        pace.begin(now + (4 * MS if step in (50, 51) else 0))

    assert pace.lateness_p99_ns == pytest.approx(4 * MS, rel=0.05)
    assert pace.lateness_max_ns == 4 * MS


def test_lateness__is_that_of_the_last_whole_window() -> None:
    now = 0
    pace = Pace(now)
    for window in range(2):
        for _ in range(WINDOW_NS // STEP_NS):
            now += STEP_NS
            pace.begin(now + (3 * MS if window == 0 else 0))
        assert pace.lateness_p99_ns == pytest.approx(3 * MS if window == 0 else 0, abs=MS / 10)


def test_lane_for__fills_one_before_it_shares_and_then_shares_evenly() -> None:
    loads = [0, 0]
    for _ in range(10):
        loads[lane_for(loads)] += 1
    assert loads == [10, 0]
    for _ in range(290):
        loads[lane_for(loads)] += 1
    assert loads == [150, 150]
    assert lane_for([150, 3]) == 1


def test_pass_over__the_next_step_is_the_other_lanes_at_its_own_time() -> None:
    pace = Pace(0)
    first = pace.next_lane
    pace.pass_over()
    assert pace.next_lane != first
    assert pace.wait_seconds(0) == 2 * STEP_NS / 1e9
    assert pace.begin(2 * STEP_NS) != first
    assert pace.lateness_max_ns == 0
