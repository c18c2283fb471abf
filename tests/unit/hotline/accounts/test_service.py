"""Signing in: tokens, throttling, demo users, and what is stored."""

import pytest
from sqlmodel import select

from hotline.accounts import service
from hotline.accounts.demo_mode import enter_demo_mode
from hotline.accounts.service import NewUser
from hotline.clock import FakeClock
from hotline.errors import Conflict, InvalidInput, NotFound, NotSignedIn, TooMany
from hotline.house import House
from hotline.tables import Lawyer, SignIn, User

PASSWORD = "a long enough one"


def add_user(house: House, *, username: str = "wang", roles: tuple[str, ...] = ("lawyer",)) -> User:
    with house.database.session() as session:
        return service.create_user(
            session, house, NewUser(username, "王律师", PASSWORD, roles, languages=("zh", "bo"))
        )


def add_demo_user(house: House) -> User:
    with house.database.session() as session:
        return service.create_user(
            session, house, NewUser("lawyer1", "", "demo12348", ("lawyer",), is_demo=True)
        )


def sign_in(
    house: House, *, username: str = "wang", password: str = PASSWORD, address: str = "10.0.0.1"
) -> str:
    with house.database.session() as session:
        _, token, _ = service.sign_in(
            session, house, username=username, password=password, address=address
        )
        return token


def who(house: House, token: str) -> str | None:
    with house.database.reading() as session:
        user = service.user_of_token(session, house, token)
        return user.username if user else None


def fail(house: House, *, times: int, username: str = "wang", address: str = "10.0.0.1") -> None:
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            sign_in(house, username=username, password="wrong", address=address)


def test_sign_in__token_opens_until_it_expires(house: House, clock: FakeClock) -> None:
    add_user(house)
    token = sign_in(house)
    assert who(house, token) == "wang"
    clock.advance(seconds=12 * 3600)
    assert who(house, token) is None


def test_sign_in__name_is_taken_without_case(house: House) -> None:
    add_user(house)
    assert who(house, sign_in(house, username=" WANG ")) == "wang"


def test_sign_in__database_holds_neither_token_nor_password(house: House) -> None:
    add_user(house)
    token = sign_in(house)
    house.database.close()
    stored = b"".join(path.read_bytes() for path in house.settings.data_dir.glob("hotline.db*"))
    assert token.encode() not in stored
    assert PASSWORD.encode() not in stored


@pytest.mark.parametrize("username", ["wang", "nobody", "a b", "x" * 5000, ""])
def test_sign_in__unknown_and_wrong_are_refused_alike(house: House, username: str) -> None:
    add_user(house)
    with pytest.raises(NotSignedIn, match="do not fit"):
        sign_in(house, username=username, password="wrong")


def test_sign_in__sixth_try_waits_even_with_the_right_password(
    house: House, clock: FakeClock
) -> None:
    add_user(house)
    fail(house, times=5)
    with pytest.raises(TooMany) as refusal:
        sign_in(house)
    assert refusal.value.retry_after_seconds == 30
    clock.advance(seconds=30)
    assert who(house, sign_in(house)) == "wang"
    fail(house, times=1)


def test_sign_in__unknown_names_are_throttled_too(house: House) -> None:
    fail(house, times=5, username="nobody")
    with pytest.raises(TooMany):
        sign_in(house, username="nobody", password="wrong")


def test_sign_in__inactive_user_is_refused_and_signed_out(house: House) -> None:
    user = add_user(house)
    token = sign_in(house)
    with house.database.session() as session:
        service.set_active(session, user.id, is_active=False)
    assert who(house, token) is None
    fail(house, times=1)


def test_sign_in__demo_user_needs_demo_mode(house: House) -> None:
    add_demo_user(house)
    with pytest.raises(NotSignedIn):
        sign_in(house, username="lawyer1", password="demo12348")
    enter_demo_mode(house.settings)
    token = sign_in(house, username="lawyer1", password="demo12348")
    assert who(house, token) == "lawyer1"
    (house.settings.data_dir / "demo").unlink()
    assert who(house, token) is None


def test_sign_out__token_opens_no_longer(house: House) -> None:
    add_user(house)
    token = sign_in(house)
    with house.database.session() as session:
        service.sign_out(session, house, token)
    assert who(house, token) is None


@pytest.mark.parametrize("token", ["", "x", "💡" * 1000])
def test_user_of_token__unknown_token_is_nobody(house: House, token: str) -> None:
    assert who(house, token) is None


def test_set_password__ends_the_old_sign_ins(house: House) -> None:
    user = add_user(house)
    token = sign_in(house)
    with house.database.session() as session:
        service.set_password(session, house, user.id, "another long one")
    assert who(house, token) is None
    assert who(house, sign_in(house, password="another long one")) == "wang"


def test_set_password__unknown_user_is_not_found(house: House) -> None:
    with house.database.session() as session, pytest.raises(NotFound):
        service.set_password(session, house, "user_none", "another long one")


def test_create_user__lawyer_stands_on_the_board_offline(house: House) -> None:
    user = add_user(house)
    with house.database.reading() as session:
        lawyer = session.get(Lawyer, user.id)
        assert lawyer is not None
        assert (lawyer.state, lawyer.languages, lawyer.topics) == ("offline", ["zh", "bo"], ["*"])


def test_create_user__others_are_not_on_the_board(house: House) -> None:
    user = add_user(house, roles=("supervisor",))
    with house.database.reading() as session:
        assert session.get(Lawyer, user.id) is None


def test_create_user__name_taken_is_a_conflict(house: House) -> None:
    add_user(house)
    with pytest.raises(Conflict):
        add_user(house, username="Wang")


def test_create_user__weak_password_is_refused(house: House) -> None:
    with house.database.session() as session, pytest.raises(InvalidInput):
        service.create_user(session, house, NewUser("li", "", "demo12348", ("lawyer",)))


def test_sign_in__ended_sign_ins_are_swept(house: House, clock: FakeClock) -> None:
    add_user(house)
    sign_in(house)
    clock.advance(seconds=13 * 3600)
    sign_in(house)
    with house.database.reading() as session:
        assert len(session.exec(select(SignIn)).all()) == 1
