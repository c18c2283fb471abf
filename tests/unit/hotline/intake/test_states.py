from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from hotline.errors import Conflict, HotlineError, InvalidInput, NotAllowed
from hotline.intake.states import (
    ASSIGNMENT_DAYS,
    FINAL_STATES,
    TRANSITIONS,
    IntakeAction,
    IntakeState,
    Pause,
    actions_for,
    decision_due_at,
    end_of_period,
    next_state,
)

INTAKE = frozenset({"intake"})
LAWYER = frozenset({"lawyer"})
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=SHANGHAI)
DOCUMENTS = ("身份证",)
REASON = "不属于法律援助范围"


class TestNextState:
    @pytest.mark.parametrize(
        ("state", "action", "roles", "to"),
        [
            ("submitted", "request_documents", INTAKE, "documents_requested"),
            ("documents_requested", "supply_documents", LAWYER, "submitted"),
            ("submitted", "accept", INTAKE, "accepted"),
            ("submitted", "decide_against", INTAKE, "decided_against"),
            ("documents_requested", "lapse", INTAKE, "withdrawn"),
            ("submitted", "withdraw", LAWYER, "withdrawn"),
            ("documents_requested", "withdraw", INTAKE, "withdrawn"),
        ],
    )
    def test_next_state__follows_the_table(
        self, state: str, action: str, roles: frozenset[str], to: str
    ) -> None:
        found = next_state(
            IntakeState(state),
            IntakeAction(action),
            roles=roles,
            reason=REASON,
            documents=DOCUMENTS,
        )

        assert found is IntakeState(to)

    @pytest.mark.parametrize("state", sorted(FINAL_STATES))
    @pytest.mark.parametrize("action", list(IntakeAction))
    def test_next_state__final_state_allows_nothing(
        self, state: IntakeState, action: IntakeAction
    ) -> None:
        with pytest.raises(Conflict):
            next_state(state, action, roles=INTAKE, reason=REASON, documents=DOCUMENTS)

    @pytest.mark.parametrize("action", [IntakeAction.ACCEPT, IntakeAction.DECIDE_AGAINST])
    def test_next_state__lawyer_does_not_decide(self, action: IntakeAction) -> None:
        with pytest.raises(NotAllowed):
            next_state(IntakeState.SUBMITTED, action, roles=LAWYER, reason=REASON)

    @pytest.mark.parametrize("reason", ["", "   ", "不符"])
    def test_next_state__against_without_written_reason_raises(self, reason: str) -> None:
        with pytest.raises(InvalidInput):
            next_state(
                IntakeState.SUBMITTED, IntakeAction.DECIDE_AGAINST, roles=INTAKE, reason=reason
            )

    @pytest.mark.parametrize("documents", [(), ("", " ")])
    def test_next_state__request_that_names_nothing_raises(
        self, documents: tuple[str, ...]
    ) -> None:
        with pytest.raises(InvalidInput):
            next_state(
                IntakeState.SUBMITTED,
                IntakeAction.REQUEST_DOCUMENTS,
                roles=INTAKE,
                documents=documents,
            )

    def test_next_state__asking_again_needs_a_reason(self) -> None:
        with pytest.raises(InvalidInput):
            next_state(
                IntakeState.SUBMITTED,
                IntakeAction.REQUEST_DOCUMENTS,
                roles=INTAKE,
                documents=DOCUMENTS,
                times_requested=1,
            )

    @settings(deadline=None)
    @given(st.lists(st.sampled_from(list(IntakeAction)), max_size=12))
    def test_next_state__any_order_of_actions_leaves_a_known_state(
        self, actions: list[IntakeAction]
    ) -> None:
        state = IntakeState.SUBMITTED
        for action in actions:
            try:
                state = next_state(state, action, roles=INTAKE, reason=REASON, documents=DOCUMENTS)
            except HotlineError:
                continue

        assert state in IntakeState


class TestActionsFor:
    def test_actions_for__officer_decides(self) -> None:
        assert actions_for(IntakeState.SUBMITTED, INTAKE) == (
            IntakeAction.REQUEST_DOCUMENTS,
            IntakeAction.ACCEPT,
            IntakeAction.DECIDE_AGAINST,
            IntakeAction.WITHDRAW,
        )

    def test_actions_for__lawyer_supplies_or_withdraws(self) -> None:
        assert actions_for(IntakeState.DOCUMENTS_REQUESTED, LAWYER) == (
            IntakeAction.SUPPLY_DOCUMENTS,
            IntakeAction.WITHDRAW,
        )

    def test_actions_for__administrator_does_nothing(self) -> None:
        assert actions_for(IntakeState.SUBMITTED, frozenset({"admin"})) == ()

    def test_final_states__have_no_way_out(self) -> None:
        assert {
            IntakeState.ACCEPTED,
            IntakeState.DECIDED_AGAINST,
            IntakeState.WITHDRAWN,
        } == FINAL_STATES
        assert all(state not in FINAL_STATES for state, _ in TRANSITIONS)


class TestDecisionDueAt:
    def test_decision_due_at__seven_natural_days_last_one_whole(self) -> None:
        due = decision_due_at(MONDAY_NOON, zone=SHANGHAI)

        assert due == datetime(2026, 3, 10, 0, 0, tzinfo=SHANGHAI)

    def test_decision_due_at__days_are_local_ones(self) -> None:
        late_on_sunday = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)

        due = decision_due_at(late_on_sunday, zone=SHANGHAI)

        assert due == datetime(2026, 3, 10, 0, 0, tzinfo=SHANGHAI)

    def test_decision_due_at__waiting_for_documents_does_not_count(self) -> None:
        pause = Pause(MONDAY_NOON + timedelta(days=1), MONDAY_NOON + timedelta(days=4))

        due = decision_due_at(MONDAY_NOON, zone=SHANGHAI, pauses=[pause])

        assert due == datetime(2026, 3, 13, 0, 0, tzinfo=SHANGHAI)

    def test_decision_due_at__stands_still_while_documents_are_awaited(self) -> None:
        assert (
            decision_due_at(MONDAY_NOON, zone=SHANGHAI, pauses=[Pause(MONDAY_NOON, None)]) is None
        )

    def test_decision_due_at__last_day_of_rest_moves_on(self) -> None:
        rest = {date(2026, 3, 9), date(2026, 3, 10)}

        due = decision_due_at(MONDAY_NOON, zone=SHANGHAI, is_rest_day=rest.__contains__)

        assert due == datetime(2026, 3, 12, 0, 0, tzinfo=SHANGHAI)

    def test_end_of_period__three_days_to_assign(self) -> None:
        end = end_of_period(MONDAY_NOON, days=ASSIGNMENT_DAYS, zone=SHANGHAI)

        assert end == datetime(2026, 3, 6, 0, 0, tzinfo=SHANGHAI)
