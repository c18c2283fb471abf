import pytest
from sqlmodel import Session

from hotline.callers import service
from hotline.callers.rules import Standing
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.queueing import service as queue
from hotline.queueing.rules import Priority
from hotline.tables import Call, Caller, Ticket, User
from hotline.tickets import service as tickets
from tests.unit.hotline.factories import create_call, create_user

OLD = "11010519491231002X"


def standing_of_next_call(house: House, *, number: str | None = "13800001111") -> Standing:
    """How the caller would be served who calls now."""
    with house.database.session() as session:
        return service.standing_of(session, house, create_call(session, house, number=number))


def set_queue_rules(house: House, **values: object) -> None:
    """What an administrator sets of the queue."""
    with house.database.session() as session:
        configuration.change(session, house, "queue", values, expected=0, by=None)


def talked(session: Session, house: House) -> tuple[User, Ticket]:
    """A talk that has ended, its ticket open."""
    lawyer = create_user(session, house)
    call = create_call(session, house)
    calls.change(session, house, call, language="en", topic="family", lawyer_id=lawyer.id)
    ticket = tickets.open_for_call(session, house, call, lawyer_id=lawyer.id)
    calls.end(session, house, call, reason="caller_hung_up")
    return lawyer, ticket


def test_standing_of__a_new_number(house: House) -> None:
    assert standing_of_next_call(house) == Standing()


def test_standing_of__a_withheld_number(house: House) -> None:
    with house.database.session() as session:
        call = create_call(session, house, number=None)
        calls.change(session, house, call, language="en")
        calls.end(session, house, call, reason="caller_lost")
    assert standing_of_next_call(house, number=None) == Standing()


def test_standing_of__an_open_ticket(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        lawyer_id = talked(session, house)[0].id
    found = standing_of_next_call(house)
    assert found.priority is Priority.RETURNING
    assert (found.lawyer_id, found.language, found.topic) == (lawyer_id, "en", "family")
    clock.advance(seconds=31 * 86_400)
    assert standing_of_next_call(house).lawyer_id is None


def test_standing_of__how_old_a_ticket_may_be_stands_in_the_rules(
    house: House, clock: FakeClock
) -> None:
    set_queue_rules(house, open_ticket_days=7)
    with house.database.session() as session:
        talked(session, house)
    clock.advance(seconds=8 * 86_400)
    assert standing_of_next_call(house).priority is Priority.NORMAL


def test_standing_of__a_finished_ticket_leaves_only_the_language(house: House) -> None:
    with house.database.session() as session:
        lawyer, ticket = talked(session, house)
        changes = {"summary": "问过", "disposition": "answered"}
        tickets.update(
            session, house, ticket.id, user=lawyer, version=ticket.version, changes=changes
        )
        tickets.finish(session, house, ticket.id, user=lawyer)
    assert standing_of_next_call(house) == Standing(language="en")


class TestCutOff:
    @pytest.mark.parametrize("minutes", [1, 9])
    def test_standing_of__the_place_of_before(
        self, house: House, clock: FakeClock, minutes: int
    ) -> None:
        with house.database.session() as session:
            call = create_call(session, house)
            entry = queue.enter(session, house, call=call, language="zh", topic=None)
            placed_at = entry.placed_at
            clock.advance(seconds=300)
            queue.leave(session, house, entry, reason="caller_lost")
            calls.end(session, house, call, reason="caller_lost")
        clock.advance(seconds=minutes * 60)
        found = standing_of_next_call(house)
        assert found.priority is Priority.CUT_OFF
        assert found.placed_at == placed_at

    def test_standing_of__a_call_without_a_place_counts_from_its_beginning(
        self, house: House, clock: FakeClock
    ) -> None:
        with house.database.session() as session:
            call = create_call(session, house)
            started_at = call.started_at
            clock.advance(seconds=30)
            calls.end(session, house, call, reason="engine_failed")
        assert standing_of_next_call(house).placed_at == started_at

    def test_standing_of__another_call_of_the_number_that_goes_on_hides_nothing(
        self, house: House
    ) -> None:
        with house.database.session() as session:
            calls.end(session, house, create_call(session, house), reason="caller_lost")
            create_call(session, house)
        assert standing_of_next_call(house).priority is Priority.CUT_OFF

    def test_standing_of__call_of_ours_that_nobody_answered_hides_nothing(
        self, house: House, clock: FakeClock
    ) -> None:
        with house.database.session() as session:
            call = create_call(session, house)
            calls.end(session, house, call, reason="engine_failed")
            clock.advance(seconds=60)
            ours = calls.begin(session, house, caller_id=call.caller_id, direction="out")
            calls.end(session, house, ours, reason="callee_no_answer")
        assert standing_of_next_call(house).priority is Priority.CUT_OFF

    def test_standing_of__whoever_called_again_and_hung_up_is_like_everybody(
        self, house: House, clock: FakeClock
    ) -> None:
        with house.database.session() as session:
            calls.end(session, house, create_call(session, house), reason="caller_lost")
            clock.advance(seconds=60)
            calls.end(session, house, create_call(session, house), reason="caller_hung_up")
        assert standing_of_next_call(house) == Standing()

    def test_standing_of__too_late_is_like_everybody(self, house: House, clock: FakeClock) -> None:
        with house.database.session() as session:
            calls.end(session, house, create_call(session, house), reason="caller_lost")
        clock.advance(seconds=11 * 60)
        assert standing_of_next_call(house) == Standing()

    def test_standing_of__how_late_is_too_late_stands_in_the_rules(
        self, house: House, clock: FakeClock
    ) -> None:
        set_queue_rules(house, cut_off_minutes=20)
        with house.database.session() as session:
            calls.end(session, house, create_call(session, house), reason="caller_lost")
        clock.advance(seconds=11 * 60)
        assert standing_of_next_call(house).priority is Priority.CUT_OFF


class TestLearn:
    def test_update__what_a_ticket_says_is_known_at_the_next_call(self, house: House) -> None:
        with house.database.session() as session:
            lawyer, ticket = talked(session, house)
            facts = {"migrant_worker": True, "disabilities": []}
            tickets.update(
                session,
                house,
                ticket.id,
                user=lawyer,
                version=ticket.version,
                changes={"caller_identity": OLD, "facts": facts},
            )
            caller = session.get_one(Caller, ticket.caller_id)
            assert caller.groups == ["migrant_worker"]
            assert b"1949" not in (caller.born_sealed or b"")
        found = standing_of_next_call(house)
        assert found.priority is Priority.ELDERLY
        assert found.is_slow

    def test_update__of_anything_else_leaves_the_caller_alone(self, house: House) -> None:
        with house.database.session() as session:
            lawyer, ticket = talked(session, house)
            changes = {"summary": "六十岁"}
            tickets.update(
                session, house, ticket.id, user=lawyer, version=ticket.version, changes=changes
            )
            caller = session.get_one(Caller, ticket.caller_id)
            assert (caller.groups, caller.born_sealed) == ([], None)


def test_standing_of__the_present_call_is_not_its_own_past(house: House) -> None:
    with house.database.session() as session:
        call = create_call(session, house)
        calls.change(session, house, call, language="en")
        tickets.open_for_call(session, house, call, lawyer_id=create_user(session, house).id)
        assert service.standing_of(session, house, session.get_one(Call, call.id)) == Standing()
