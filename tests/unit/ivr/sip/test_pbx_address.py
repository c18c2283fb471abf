"""Where a PBX is, of the addresses that its name has."""

from ivr.sip.pbx_address import find_pbx


async def test_find_pbx__address_that_is_known_is_kept_to() -> None:
    assert await find_pbx("127.0.0.1", 5060, known=("127.0.0.1", 5060)) == ("127.0.0.1", 5060)


async def test_find_pbx__address_that_the_name_has_no_more_is_given_up() -> None:
    assert await find_pbx("127.0.0.1", 5060, known=("127.0.0.9", 5060)) == ("127.0.0.1", 5060)
