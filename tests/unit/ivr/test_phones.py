"""The line hears which phones may register."""

from hotline.agents import phones
from hotline.house import House
from ivr.phones import allowed_phones
from ivr.sip.digest import Algorithm, hash_password
from tests.unit.hotline.factories import create_user


def test_allowed_phones__carry_what_digest_needs(house: House) -> None:
    with house.database.session() as session:
        lawyer = create_user(session, house)
        create_user(session, house, name="without")
        username = lawyer.username
        password = phones.renew_password(session, house, lawyer)

    allowed = allowed_phones(house)

    assert list(allowed) == [username]
    for algorithm in Algorithm:
        assert allowed[username].of(algorithm) == hash_password(
            algorithm, username=username, realm=phones.REALM, password=password
        )
