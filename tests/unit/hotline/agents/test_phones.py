"""Passwords of lawyers' SIP phones: shown once, kept as hashes, good for active lawyers only."""

import pytest

from hotline.agents import phones
from hotline.cli import main
from hotline.errors import InvalidInput
from hotline.house import House
from hotline.tables import PhoneCredential, User
from ivr.sip.digest import Algorithm, hash_password
from tests.unit.hotline.factories import create_user


def hash_of(user: User, password: str, algorithm: Algorithm) -> str:
    return hash_password(algorithm, username=user.username, realm=phones.REALM, password=password)


def test_renew_password__hashes_are_those_of_digest(house: House) -> None:
    with house.database.session() as session:
        lawyer = create_user(session, house)
        password = phones.renew_password(session, house, lawyer)
        hashes = phones.phone_hashes(session, house)[lawyer.username]

        assert hashes.md5 == hash_of(lawyer, password, Algorithm.MD5)
        assert hashes.sha256 == hash_of(lawyer, password, Algorithm.SHA256)


def test_renew_password__is_another_one_each_time(house: House) -> None:
    with house.database.session() as session:
        lawyer = create_user(session, house)
        first = phones.renew_password(session, house, lawyer)
        before = phones.phone_hashes(session, house)
        second = phones.renew_password(session, house, lawyer)

        assert first != second
        assert phones.phone_hashes(session, house) != before


def test_renew_password__neither_password_nor_hash_is_stored_open(house: House) -> None:
    with house.database.session() as session:
        lawyer = create_user(session, house)
        password = phones.renew_password(session, house, lawyer)
        session.flush()
        row = session.get_one(PhoneCredential, lawyer.id)
        stored = row.md5_sealed + row.sha256_sealed

        assert password.encode() not in stored
        assert hash_of(lawyer, password, Algorithm.MD5).encode() not in stored


def test_renew_password__only_lawyers_have_phones(house: House) -> None:
    with house.database.session() as session:
        intake = create_user(session, house, roles=("intake",))

        with pytest.raises(InvalidInput):
            phones.renew_password(session, house, intake)


def test_phone_hashes__disabled_lawyers_have_none(house: House) -> None:
    with house.database.session() as session:
        lawyer = create_user(session, house)
        phones.renew_password(session, house, lawyer)
        lawyer.is_active = False
        session.add(lawyer)

        assert phones.phone_hashes(session, house) == {}


def test_remove_password__says_whether_there_was_one(house: House) -> None:
    with house.database.session() as session:
        lawyer = create_user(session, house)
        phones.renew_password(session, house, lawyer)

        assert phones.remove_password(session, house, lawyer)
        assert not phones.remove_password(session, house, lawyer)


def test_command__prints_a_password_that_works(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    with house.database.session() as session:
        lawyer = create_user(session, house)
        username = lawyer.username

    with pytest.raises(SystemExit) as end:
        main(["phone", "password", username, "--data-dir", str(house.settings.data_dir)])

    assert end.value.code == 0
    printed = dict(line.split(None, 1) for line in capsys.readouterr().out.splitlines()[1:2])
    with house.database.session() as session:
        expected = phones.hash_phone_password(username, printed["password"])
        assert phones.phone_hashes(session, house)[username] == expected
