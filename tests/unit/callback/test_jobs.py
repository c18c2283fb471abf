"""What the worker puts in order, every minute."""

from datetime import timedelta

from callback import jobs
from callback.rules import ATTEMPT_LIMIT
from hotline.agents.rules import LawyerState
from hotline.clock import FakeClock
from hotline.house import House
from hotline.tables import Call, Lawyer
from tests.unit.callback.calling_back import ask, dial, entry_of, stored, take

_LIMIT_SECONDS = ATTEMPT_LIMIT / timedelta(seconds=1)


def state_of(house: House, call: Call) -> tuple[str, str | None, str]:
    """The call's state, why it ended, and its lawyer's state."""
    with house.database.reading() as session:
        row = session.get_one(Call, call.id)
        return row.state, row.end_reason, session.get_one(Lawyer, row.lawyer_id).state


def test_sweep__gives_back_the_attempt_of_a_dead_process(house: House, clock: FakeClock) -> None:
    callback = ask(house)
    call = dial(house, callback)
    jobs.sweep(house)
    assert stored(house, callback).state == "dialling"
    clock.advance(seconds=_LIMIT_SECONDS)
    jobs.sweep(house)
    assert (stored(house, callback).state, entry_of(house, callback).state) == (
        "waiting",
        "waiting",
    )
    assert state_of(house, call) == ("ended", "ivr_restarted", LawyerState.WRAP_UP)


def test_sweep__frees_whoever_accepted_and_nobody_dialled(house: House, clock: FakeClock) -> None:
    callback = ask(house)
    call = take(house, callback)
    jobs.sweep(house)
    assert entry_of(house, callback).state == "accepted"
    clock.advance(seconds=_LIMIT_SECONDS)
    jobs.sweep(house)
    assert entry_of(house, callback).state == "waiting"
    assert state_of(house, call) == ("ended", "not_dialled", LawyerState.AVAILABLE)


def test_sweep__talk_that_goes_on_is_left_alone(house: House, clock: FakeClock) -> None:
    call = dial(house, ask(house))
    with house.database.session() as session:
        session.get_one(Call, call.id).state = "talking"
    clock.advance(seconds=_LIMIT_SECONDS)
    jobs.sweep(house)
    assert state_of(house, call)[0] == "talking"
