from ivr.digits import SAME_KEY_SECONDS, KeyFilter


def test_takes__one_of_two_that_are_the_same_key() -> None:
    keys = KeyFilter()
    assert keys.takes_signalling("1", at=0.0)
    assert not keys.takes_audio("1", at=0.2)
    assert keys.takes_audio("1", at=1.0)


def test_takes__audio_alone_once_it_was_heard() -> None:
    keys = KeyFilter()
    assert keys.takes_audio("1", at=0.0)
    assert not keys.takes_signalling("1", at=0.1)
    assert not keys.takes_signalling("2", at=9.0)


def test_takes__signalling_of_a_network_without_audio_keys() -> None:
    keys = KeyFilter()
    assert [keys.takes_signalling(digit, at=at) for at, digit in enumerate("1102")] == [True] * 4


def test_takes__another_key_or_a_later_one_by_audio() -> None:
    keys = KeyFilter()
    keys.takes_signalling("1", at=0.0)
    assert keys.takes_audio("2", at=0.1)
    other = KeyFilter()
    other.takes_signalling("1", at=0.0)
    assert other.takes_audio("1", at=SAME_KEY_SECONDS + 0.1)
