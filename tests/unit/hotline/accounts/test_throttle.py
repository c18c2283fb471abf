"""Counting failed sign-ins by person, address and name."""

import pytest
from sqlmodel import select

from hotline.accounts import throttle
from hotline.clock import FakeClock
from hotline.errors import TooMany
from hotline.house import House
from hotline.tables import SignInFailure


def begin(house: House, *, name: str = "wang", address: str = "10.0.0.1") -> throttle.Try:
    with house.database.session() as session:
        return throttle.begin(session, house, name=name, address=address)


def forgive(house: House, attempt: throttle.Try) -> None:
    with house.database.session() as session:
        throttle.forgive(session, attempt)


def stored_subjects(house: House) -> list[str]:
    with house.database.reading() as session:
        return [row.subject for row in session.exec(select(SignInFailure))]


def test_begin__sixth_try_of_a_person_waits(house: House, clock: FakeClock) -> None:
    for _ in range(5):
        begin(house)
    with pytest.raises(TooMany) as refusal:
        begin(house)
    assert refusal.value.retry_after_seconds == 30
    clock.advance(seconds=30)
    begin(house)


def test_begin__failures_elsewhere_do_not_lock_the_person_out(house: House) -> None:
    for _ in range(5):
        begin(house, address="10.9.9.9")
    begin(house, address="10.0.0.1")


def test_begin__one_address_trying_many_names_is_stopped(house: House) -> None:
    for number in range(20):
        begin(house, name=f"user{number}", address="10.9.9.9")
    with pytest.raises(TooMany):
        begin(house, name="user99", address="10.9.9.9")


def test_begin__one_name_from_many_addresses_is_stopped(house: House) -> None:
    for number in range(50):
        begin(house, address=f"10.1.0.{number}")
    with pytest.raises(TooMany):
        begin(house, address="10.2.0.1")


def test_begin__refused_tries_do_not_make_the_wait_longer(house: House, clock: FakeClock) -> None:
    for _ in range(5):
        begin(house)
    for _ in range(10):
        with pytest.raises(TooMany):
            begin(house)
    clock.advance(seconds=30)
    begin(house)


def test_begin__stores_neither_names_nor_addresses(house: House) -> None:
    begin(house, name="zhang")
    subjects = stored_subjects(house)
    assert len(subjects) == 3
    assert all(len(subject) == 64 for subject in subjects)


def test_begin__failures_that_count_no_longer_are_forgotten(house: House, clock: FakeClock) -> None:
    begin(house)
    clock.advance(seconds=3601)
    begin(house)
    assert len(stored_subjects(house)) == 3


def test_forgive__person_starts_anew_and_the_address_keeps_earlier_failures(
    house: House, clock: FakeClock
) -> None:
    for _ in range(4):
        begin(house)
        clock.advance(seconds=1)
    forgive(house, begin(house))
    assert len(stored_subjects(house)) == 8
    for _ in range(5):
        begin(house)
