import pytest

from hotline.calls.rules import (
    MOST_PARTIES,
    Control,
    PartyState,
    Purpose,
    Talk,
    check_control,
    check_reach,
    checked_digits,
    checked_number,
)
from hotline.errors import Conflict, InvalidInput
from ivr.flow import parties as flow_parties
from ivr.flow.handlers_control import MOST_PARTIES as MOST_IN_FLOW

CONSULTED = PartyState("leg_1", Purpose.CONSULT, is_talking=True)


def test_purpose__means_the_same_to_the_flow() -> None:
    assert {each.value for each in Purpose} == {each.value for each in flow_parties.Purpose}
    assert MOST_PARTIES == MOST_IN_FLOW


@pytest.mark.parametrize(
    ("control", "state"),
    [
        (Control.HOLD, "talking"),
        (Control.RESUME, "on_hold"),
        (Control.QUEUE, "talking"),
        (Control.QUEUE, "on_hold"),
        (Control.DIGITS, "transferred"),
    ],
)
def test_check_control__allows_what_the_state_allows(control: Control, state: str) -> None:
    check_control(Talk(state), control)


@pytest.mark.parametrize(
    ("control", "state"),
    [
        (Control.HOLD, "on_hold"),
        (Control.HOLD, "queued"),
        (Control.RESUME, "talking"),
        (Control.QUEUE, "transferred"),
        (Control.DIGITS, "queued"),
        (Control.DROP, "rating"),
    ],
)
def test_check_control__refuses_the_rest(control: Control, state: str) -> None:
    with pytest.raises(Conflict):
        check_control(Talk(state), control)


@pytest.mark.parametrize("control", [Control.COMPLETE, Control.JOIN])
def test_check_control__needs_somebody_who_is_consulted(control: Control) -> None:
    check_control(Talk("on_hold", (CONSULTED,)), control)
    with pytest.raises(Conflict):
        check_control(Talk("on_hold"), control)


def test_check_control__recording_pauses_once_and_goes_on_once() -> None:
    running, paused = Talk("talking", is_recording=True), Talk("talking", (), True, True)
    check_control(running, Control.PAUSE_RECORDING)
    check_control(paused, Control.RESUME_RECORDING)
    for talk, control in (
        (paused, Control.PAUSE_RECORDING),
        (running, Control.RESUME_RECORDING),
        (Talk("talking"), Control.PAUSE_RECORDING),
    ):
        with pytest.raises(Conflict):
            check_control(talk, control)


def test_check_reach__one_consultation_or_transfer_at_a_time() -> None:
    for purpose in (Purpose.CONSULT, Purpose.TRANSFER):
        with pytest.raises(Conflict):
            check_reach(Talk("on_hold", (CONSULTED,)), purpose)
    check_reach(Talk("on_hold", (CONSULTED,)), Purpose.JOIN)


def test_check_reach__the_mixer_has_room_for_so_many() -> None:
    others = tuple(
        PartyState(f"leg_{number}", Purpose.JOIN, is_talking=True) for number in range(MOST_PARTIES)
    )
    with pytest.raises(Conflict):
        check_reach(Talk("talking", others), Purpose.JOIN)
    check_reach(Talk("talking", others[1:]), Purpose.JOIN)


@pytest.mark.parametrize("state", ["queued", "menu", "transferred", "rating", "ended"])
def test_check_reach__supervisors_listen_to_talks_only(state: str) -> None:
    with pytest.raises(Conflict):
        check_reach(Talk(state), Purpose.LISTEN)


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [("110", "110"), ("138 0000-1234", "13800001234"), ("+44 20 7946 0000", "00442079460000")],
)
def test_checked_number__takes_what_people_type(typed: str, dialled: str) -> None:
    assert checked_number(typed) == dialled


@pytest.mark.parametrize("typed", ["", "1", "sip:1@h", "110;x", "+", "12345678901234567", "１１０"])
def test_checked_number__refuses_what_is_no_number(typed: str) -> None:
    with pytest.raises(InvalidInput):
        checked_number(typed)


@pytest.mark.parametrize("digits", ["", "1a", "1" * 33, "１"])
def test_checked_digits__refuses_what_is_no_key(digits: str) -> None:
    with pytest.raises(InvalidInput):
        checked_digits(digits)
