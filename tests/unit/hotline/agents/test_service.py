"""What a duty lawyer does after a call."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from hotline.agents import presence, service as agents
from hotline.agents.rules import CHOSEN, LawyerState, Reason
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.errors import Conflict
from hotline.house import House
from hotline.tables import LawyerStateChange
from tests.unit.hotline.factories import create_call, create_lawyer


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
        presence.connected(session, house, row.id)
        assert agents.row_of(session, row.id).state is LawyerState.LOST


def test_after_call__who_is_not_talking_stays(house: House) -> None:
    row = after_call(house, state=LawyerState.BUSY, reason=Reason.CALL_LOST)
    assert row.state is LawyerState.BUSY


class TestExtendWrapUp:
    def test_extend_wrap_up__adds_the_configured_time_as_often_as_allowed(
        self, house: House
    ) -> None:
        row = after_call(house, state=LawyerState.TALKING, reason=Reason.CALL_ENDED)
        with house.database.session() as session:
            extended = agents.extend_wrap_up(session, house, row.id)
            with pytest.raises(Conflict):
                agents.extend_wrap_up(session, house, row.id)

        assert row.until is not None
        assert extended.until == row.until + timedelta(seconds=60)

    def test_extend_wrap_up__is_allowed_again_after_the_next_call(self, house: House) -> None:
        row = after_call(house, state=LawyerState.TALKING, reason=Reason.CALL_ENDED)
        with house.database.session() as session:
            agents.extend_wrap_up(session, house, row.id)
            lawyer = agents.find(session, row.id)
            agents.change(session, house, lawyer, LawyerState.TALKING, by=row.id)
            agents.after_call(session, house, row.id, reason=Reason.CALL_ENDED)

            assert agents.extend_wrap_up(session, house, row.id).state is LawyerState.WRAP_UP

    def test_extend_wrap_up__needs_a_wrap_up(self, house: House) -> None:
        row = after_call(house, state=LawyerState.BUSY, reason=Reason.CALL_ENDED)
        with house.database.session() as session, pytest.raises(Conflict):
            agents.extend_wrap_up(session, house, row.id)

    def test_extend_wrap_up__is_in_the_history(self, house: House) -> None:
        row = after_call(house, state=LawyerState.TALKING, reason=Reason.CALL_ENDED)
        with house.database.session() as session:
            agents.extend_wrap_up(session, house, row.id)
            newest = session.exec(
                select(LawyerStateChange).order_by(col(LawyerStateChange.id).desc())
            ).first()

        assert newest is not None
        assert (newest.to_state, newest.by, newest.reason) == ("wrap_up", row.id, "extended")


def history(house: House, lawyer_id: str) -> list[LawyerStateChange]:
    """The lawyer's changes of state, oldest first."""
    with house.database.reading() as session:
        query = select(LawyerStateChange).where(col(LawyerStateChange.lawyer_id) == lawyer_id)
        return list(session.exec(query.order_by(col(LawyerStateChange.id))))


class TestSetState:
    @pytest.mark.parametrize("state", sorted(set(LawyerState) - CHOSEN))
    def test_set_state__what_comes_by_itself_is_not_asked_for(
        self, house: House, state: LawyerState
    ) -> None:
        with house.database.session() as session:
            lawyer = create_lawyer(session, house)
            until = house.clock.now() + timedelta(seconds=30)
            agents.change(session, house, lawyer, state, by="system", reason="was", until=until)
            lawyer.missed_offers = 1
            for wanted in (state, LawyerState.LOST, LawyerState.WRAP_UP):
                with pytest.raises(Conflict, match="comes by itself"):
                    agents.set_state(session, house, lawyer.user_id, wanted, by=lawyer.user_id)

            assert (lawyer.state, lawyer.state_reason) == (state, "was")
            assert (lawyer.state_until, lawyer.missed_offers) == (until, 1)

    def test_set_state__same_again_is_no_change(self, house: House) -> None:
        with house.database.session() as session:
            own = create_lawyer(session, house).user_id
            for _ in range(2):
                agents.set_state(session, house, own, LawyerState.BUSY, by=own)

        assert [row.to_state for row in history(house, own)] == ["available", "busy"]

    def test_set_state__another_person_or_reason_is_in_the_history(self, house: House) -> None:
        with house.database.session() as session:
            own = create_lawyer(session, house).user_id
            agents.set_state(session, house, own, LawyerState.BUSY, by=own)
            agents.set_state(session, house, own, LawyerState.BUSY, by="user_chief")
            agents.set_state(session, house, own, LawyerState.BUSY, by=own, reason="ticket")

        rows = [(row.from_state, row.by, row.reason) for row in history(house, own)[1:]]
        assert rows == [
            ("available", own, "asked"),
            ("busy", "user_chief", "asked"),
            ("busy", own, "ticket"),
        ]

    def test_set_state__available_again_keeps_the_place_in_line(
        self, house: House, clock: FakeClock
    ) -> None:
        with house.database.session() as session:
            lawyer = create_lawyer(session, house)
            idle_since = lawyer.idle_since
            clock.advance(seconds=60)
            agents.set_state(
                session, house, lawyer.user_id, LawyerState.AVAILABLE, by=lawyer.user_id
            )

            assert lawyer.idle_since == idle_since


class TestBreak:
    @pytest.mark.parametrize(("reason", "minutes"), [("rest", 15), ("meal", 45)])
    def test_set_state__break_asked_for_again_counts_from_its_beginning(
        self, house: House, clock: FakeClock, reason: str, minutes: int
    ) -> None:
        began_at = house.clock.now()
        with house.database.session() as session:
            own = create_lawyer(session, house).user_id
            agents.set_state(session, house, own, LawyerState.BREAK, by=own, reason="rest")
            clock.advance(seconds=600)
            row = agents.set_state(session, house, own, LawyerState.BREAK, by=own, reason=reason)

        assert (row.since, row.until) == (began_at, began_at + timedelta(minutes=minutes))
        reasons = [row.reason for row in history(house, own)[1:]]
        assert reasons == list(dict.fromkeys(("rest", reason)))

    @pytest.mark.parametrize(("reason", "minutes"), [("meal", 45), ("dentist", 15), (None, 15)])
    def test_set_state__break_has_the_limit_of_its_reason(
        self, house: House, reason: str | None, minutes: int
    ) -> None:
        with house.database.session() as session:
            lawyer = create_lawyer(session, house)
            row = agents.set_state(
                session, house, lawyer.user_id, LawyerState.BREAK, by=lawyer.user_id, reason=reason
            )

        assert row.until == house.clock.now() + timedelta(minutes=minutes)

    def test_end_wrap_up__break_chosen_during_the_call_has_a_limit(self, house: House) -> None:
        with house.database.session() as session:
            lawyer = create_lawyer(session, house)
            agents.change(session, house, lawyer, LawyerState.TALKING, by="system")
            agents.set_state(session, house, lawyer.user_id, LawyerState.BREAK, by=lawyer.user_id)
            agents.after_call(session, house, lawyer.user_id, reason=Reason.CALL_ENDED)
            agents.end_wrap_up(session, house, lawyer)

            assert lawyer.state == LawyerState.BREAK
            assert lawyer.state_until == house.clock.now() + timedelta(minutes=15)

    @pytest.mark.parametrize("ending", [Reason.CALL_ENDED, Reason.HANDED_ON])
    def test_set_state__reason_chosen_during_the_call_holds_afterwards(
        self, house: House, ending: Reason
    ) -> None:
        with house.database.session() as session:
            lawyer = create_lawyer(session, house)
            agents.change(session, house, lawyer, LawyerState.TALKING, by="system")
            agents.set_state(
                session, house, lawyer.user_id, LawyerState.BREAK, by="user_chief", reason="meal"
            )
            assert (lawyer.state, lawyer.next_reason) == ("talking", "meal")
            agents.after_call(session, house, lawyer.user_id, reason=ending)
            if lawyer.state == LawyerState.WRAP_UP:
                agents.end_wrap_up(session, house, lawyer)

        assert (lawyer.state, lawyer.state_reason, lawyer.state_by) == (
            "break",
            "meal",
            "user_chief",
        )
        assert lawyer.state_until == house.clock.now() + timedelta(minutes=45)
        assert (lawyer.next_state, lawyer.next_reason, lawyer.next_by) == (None, None, None)

    def test_set_state__a_later_wish_takes_the_place_of_the_first(self, house: House) -> None:
        with house.database.session() as session:
            lawyer = create_lawyer(session, house)
            own = lawyer.user_id
            agents.change(session, house, lawyer, LawyerState.TALKING, by="system")
            agents.set_state(session, house, own, LawyerState.BREAK, by=own, reason="meal")
            agents.set_state(session, house, own, LawyerState.AVAILABLE, by=own)
            agents.after_call(session, house, own, reason=Reason.CALL_ENDED)
            agents.end_wrap_up(session, house, lawyer)

        assert (lawyer.state, lawyer.state_reason) == ("available", "wrap_up_over")


class TestFollowCall:
    def test_change__lawyer_holds_while_the_call_is_on_hold(self, house: House) -> None:
        with house.database.session() as session:
            lawyer = create_lawyer(session, house)
            call = create_call(session, house)
            agents.change(session, house, lawyer, LawyerState.TALKING, by="system")
            lawyer.call_id = call.id
            calls.change(session, house, call, lawyer_id=lawyer.user_id, state="talking")

            calls.change(session, house, call, state="on_hold")
            assert (lawyer.state, lawyer.call_id) == (LawyerState.HOLDING, call.id)

            calls.change(session, house, call, state="talking")
            assert (lawyer.state, lawyer.call_id) == (LawyerState.TALKING, call.id)

    def test_after_call__who_holds_wraps_up_too(self, house: House) -> None:
        row = after_call(house, state=LawyerState.HOLDING, reason=Reason.CALL_ENDED)
        assert row.state is LawyerState.WRAP_UP


def test_acknowledged__reserved_rings(house: House) -> None:
    with house.database.session() as session:
        lawyer = create_lawyer(session, house)
        until = house.clock.now() + timedelta(seconds=20)
        agents.change(session, house, lawyer, LawyerState.RESERVED, by="system", until=until)
        agents.acknowledged(session, house, lawyer.user_id)

        assert (lawyer.state, lawyer.state_until) == (LawyerState.RINGING, until)
