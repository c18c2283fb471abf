"""What a duty lawyer does after a call."""

from hotline.agents import service as agents
from hotline.agents.rules import LawyerState, Reason
from hotline.house import House
from tests.unit.hotline.factories import create_lawyer


def after_call(house: House, *, state: LawyerState, reason: Reason) -> agents.LawyerRow:
    """The lawyer's line on the board when a call has ended."""
    with house.database.session() as session:
        lawyer = create_lawyer(session, house)
        agents.change(session, house, lawyer, state, by="system")
        agents.after_call(session, house, lawyer.user_id, reason=reason)
        return agents.row_of(session, lawyer.user_id)


def test_after_call__time_for_the_ticket(house: House) -> None:
    row = after_call(house, state=LawyerState.TALKING, reason=Reason.CALL_ENDED)
    assert (row.state, row.reason) == (LawyerState.WRAP_UP, "call_ended")
    assert row.until is not None


def test_after_call__lost_audio_takes_the_lawyer_out(house: House) -> None:
    row = after_call(house, state=LawyerState.TALKING, reason=Reason.CALL_LOST)
    assert (row.state, row.reason, row.until) == (LawyerState.LOST, "call_lost", None)


def test_after_call__lost_audio_is_not_mended_by_a_reload(house: House) -> None:
    row = after_call(house, state=LawyerState.TALKING, reason=Reason.CALL_LOST)
    with house.database.session() as session:
        agents.connected(session, house, row.id)
        assert agents.row_of(session, row.id).state is LawyerState.LOST


def test_after_call__who_is_not_talking_stays(house: House) -> None:
    row = after_call(house, state=LawyerState.BUSY, reason=Reason.CALL_LOST)
    assert row.state is LawyerState.BUSY
