"""What an administrator may do to accounts, and that somebody can always administer."""

import pytest
from sqlmodel import col, select

from hotline.accounts import service, staff
from hotline.accounts.demo_mode import enter_demo_mode
from hotline.accounts.service import NewUser
from hotline.agents import service as agents
from hotline.agents.rules import LawyerState
from hotline.clock import FakeClock
from hotline.errors import Conflict, InvalidInput, NotFound, NotSignedIn
from hotline.house import House
from hotline.tables import AuditEntry, Lawyer, User
from tests.unit.hotline.factories import create_lawyer, create_user

PASSWORD = "a long enough one"


@pytest.fixture
def admin(house: House) -> User:
    with house.database.session() as session:
        return create_user(session, house, name="admin", roles=("admin",))


def change(house: House, user_id: str, *, by: User, **values: object) -> User:
    with house.database.session() as session:
        row = session.get_one(User, user_id)
        wish: dict[str, object] = {
            "display_name": row.display_name,
            "roles": row.roles,
            "is_active": row.is_active,
            **values,
        }
        return staff.change(session, house, user_id, by=by, **wish)  # type: ignore[arg-type]  # a table of arguments


def person(house: House, *roles: str, is_demo: bool = False) -> User:
    with house.database.session() as session:
        user = create_user(session, house, name="person", roles=roles)
        user.is_demo = is_demo
        return user


def test_add__lawyer_can_sign_in_and_is_on_the_board(house: House, admin: User) -> None:
    new = NewUser("wang", "王律师", PASSWORD, ("lawyer",), languages=("zh", "bo"))
    with house.database.session() as session:
        added = staff.add(session, house, new, by=admin)

    with house.database.session() as session:
        user, _, _ = service.sign_in(
            session, house, username="wang", password=PASSWORD, address="10.0.0.1"
        )
        assert user.id == added.id
        assert session.get_one(Lawyer, user.id).languages == ["zh", "bo"]


def test_change__every_deed_is_on_record_without_the_password(house: House, admin: User) -> None:
    officer = person(house, "intake")
    change(house, officer.id, by=admin, roles=["supervisor", "intake"], display_name=" 赵 ")
    with house.database.session() as session:
        staff.give_password(session, house, officer.id, PASSWORD, by=admin)

    with house.database.reading() as session:
        assert session.get_one(User, officer.id).display_name == "赵"
        trail = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
    assert [entry.action for entry in trail] == ["user.changed", "user.password_given"]
    assert trail[0].detail == {
        "before": {"roles": ["intake"], "is_active": True},
        "after": {"roles": ["supervisor", "intake"], "is_active": True},
    }
    assert {entry.user_id for entry in trail} == {admin.id}
    assert PASSWORD not in str([entry.model_dump() for entry in trail])


def test_change__new_lawyer_gets_a_row_and_keeps_an_old_one(house: House, admin: User) -> None:
    officer = person(house, "intake")
    change(house, officer.id, by=admin, roles=["lawyer"])
    with house.database.session() as session:
        service.set_skills(session, house, officer.id, languages=("ko",), topics=("labour",))

    change(house, officer.id, by=admin, roles=["intake"])
    change(house, officer.id, by=admin, roles=["lawyer", "intake"])

    with house.database.reading() as session:
        assert session.get_one(Lawyer, officer.id).languages == ["ko"]


@pytest.mark.parametrize(
    "values", [{"roles": ["lawyer"]}, {"is_active": False}], ids=["roles", "is_active"]
)
def test_change__last_administrator_stays(
    house: House, admin: User, values: dict[str, object]
) -> None:
    person(house, "admin", is_demo=True)
    other = person(house, "admin")
    change(house, other.id, by=admin, is_active=False)

    with pytest.raises(Conflict):
        change(house, admin.id, by=other, **values)

    with house.database.reading() as session:
        row = session.get_one(User, admin.id)
    assert (row.roles, row.is_active) == (["admin"], True)


def test_change__demo_administrators_count_in_a_demo(house: House, admin: User) -> None:
    enter_demo_mode(house.settings)
    other = person(house, "admin", is_demo=True)
    assert not change(house, admin.id, by=other, is_active=False).is_active


def test_change__nobody_shuts_out_themselves(house: House, admin: User) -> None:
    person(house, "admin")
    with pytest.raises(Conflict):
        change(house, admin.id, by=admin, is_active=False)


@pytest.mark.parametrize(
    "values", [{"roles": ["intake"]}, {"is_active": False}], ids=["roles", "is_active"]
)
def test_change__lawyer_on_duty_stays_one(
    house: House, admin: User, values: dict[str, object]
) -> None:
    with house.database.session() as session:
        lawyer_id = create_lawyer(session, house).user_id
    with pytest.raises(Conflict):
        change(house, lawyer_id, by=admin, **values)

    change(house, lawyer_id, by=admin, display_name="王", roles=["lawyer", "intake"])
    with house.database.session() as session:
        agents.set_state(session, house, lawyer_id, LawyerState.OFFLINE, by=lawyer_id)
    after = change(house, lawyer_id, by=admin, **values)
    assert {name: getattr(after, name) for name in values} == values


def test_set_active__last_administrator_is_not_shut_out_as_a_lawyer_either(house: House) -> None:
    alone = person(house, "admin", "lawyer")
    with pytest.raises(Conflict), house.database.session() as session:
        staff.set_active(session, house, alone.id, is_active=False)
    with house.database.reading() as session:
        assert session.get_one(User, alone.id).is_active


def test_change__what_cannot_be_meant_is_refused(house: House, admin: User) -> None:
    with pytest.raises(NotFound):
        change_unknown(house, admin)
    with pytest.raises(InvalidInput):
        change(house, admin.id, by=admin, roles=["king"])


def change_unknown(house: House, admin: User) -> None:
    with house.database.session() as session:
        staff.change(
            session, house, "user_0", display_name="", roles=["admin"], is_active=True, by=admin
        )


def test_give_password__ends_what_was_signed_in(
    house: House, admin: User, clock: FakeClock
) -> None:
    with house.database.session() as session:
        user = staff.add(session, house, NewUser("wang", "", PASSWORD, ("intake",)), by=admin)
        _, token, _ = service.sign_in(
            session, house, username="wang", password=PASSWORD, address="10.0.0.1"
        )
    with house.database.session() as session:
        staff.give_password(session, house, user.id, "another long one", by=admin)

    with house.database.session() as session:
        assert service.user_of_token(session, house, token) is None
    with house.database.session() as session, pytest.raises(NotSignedIn):
        service.sign_in(session, house, username="wang", password=PASSWORD, address="10.0.0.1")
    clock.advance(seconds=3600)
    with house.database.session() as session:
        service.sign_in(
            session, house, username="wang", password="another long one", address="10.0.0.1"
        )
