"""Seeding the demo: as the contract says, repeatable, and never beside real users."""

import pytest
from sqlmodel import col, select

from hotline.accounts.demo_mode import is_demo_mode
from hotline.accounts.service import NewUser, create_user, sign_in
from hotline.demo import PASSWORD, RealUsersExist, seed
from hotline.directory.centres import centres
from hotline.directory.means import limit_of
from hotline.house import House
from hotline.tables import Institution, Lawyer, User


def lawyers(house: House) -> dict[str, tuple[list[str], list[str]]]:
    with house.database.reading() as session:
        rows = session.exec(select(User, Lawyer).join(Lawyer, col(Lawyer.user_id) == User.id))
        return {user.username: (lawyer.languages, lawyer.topics) for user, lawyer in rows}


def test_seed__makes_the_lawyers_of_the_contract(house: House) -> None:
    seed(house)
    assert lawyers(house) == {
        "lawyer1": (["zh", "en"], ["*"]),
        "lawyer2": (["zh", "bo"], ["*"]),
        "lawyer3": (["zh"], ["labour"]),
        "lawyer4": (["zh", "ko"], ["*"]),
        "lawyer5": (["en"], ["*"]),
    }


def test_seed__twice_changes_nothing(house: House) -> None:
    assert seed(house) == seed(house)
    with house.database.reading() as session:
        assert len(session.exec(select(User)).all()) == 8
        names = session.exec(select(Institution.name)).all()
        assert len(names) == len(set(names)) > 0


def test_seed__the_centres_limit_says_that_it_is_made_up(house: House) -> None:
    seed(house)
    with house.database.reading() as session:
        (centre,) = centres(session)
    limit = limit_of(centre)
    assert limit is not None
    assert "演示" in limit.source


def test_seed__puts_skills_back_that_somebody_changed(house: House) -> None:
    seed(house)
    with house.database.session() as session:
        for lawyer in session.exec(select(Lawyer)):
            lawyer.languages = ["zh"]
            session.add(lawyer)
    seed(house)
    assert lawyers(house)["lawyer2"] == (["zh", "bo"], ["*"])


def test_seed__logins_open(house: House) -> None:
    logins = seed(house)
    assert {login.password for login in logins} == {PASSWORD}
    with house.database.session() as session:
        user, _, _ = sign_in(
            session, house, username="supervisor1", password=PASSWORD, address="127.0.0.1"
        )
    assert user.roles == ["supervisor"]


def test_seed__is_refused_beside_real_users(house: House) -> None:
    with house.database.session() as session:
        create_user(session, house, NewUser("wang", "", "a long enough one", ["admin"]))
    with pytest.raises(RealUsersExist, match="another directory"):
        seed(house)
    assert lawyers(house) == {}
    assert not is_demo_mode(house.settings)
