import pytest

from asr.remote_servers import RETRY_SECONDS, Address, Servers, parse_address
from hotline.errors import NotConfigured

ONE, TWO = Address("ws://one:2700"), Address("ws://two:2700")


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_take__all_well__in_turn() -> None:
    servers = Servers([ONE, TWO], now=Clock())

    assert [servers.take() for _ in range(4)] == [ONE, TWO, ONE, TWO]


def test_take__one_failed__left_alone_then_tried_by_one_side() -> None:
    clock = Clock()
    servers = Servers([ONE, TWO], now=clock)

    servers.failed(ONE, "hangs")
    assert {servers.take() for _ in range(4)} == {TWO}

    clock.at += RETRY_SECONDS
    assert sorted((servers.take() for _ in range(4)), key=str) == [ONE, TWO, TWO, TWO]

    servers.works(ONE)
    assert {servers.take() for _ in range(4)} == {ONE, TWO}


def test_take__one_listens_to_more__the_other() -> None:
    servers = Servers([ONE, TWO], now=Clock())
    for _ in range(2):
        servers.joined(ONE)
    servers.joined(TWO)

    assert [servers.take() for _ in range(2)] == [TWO, TWO]


def test_may_reset__known_not_to__until_it_fails() -> None:
    servers = Servers([ONE, TWO], now=Clock())
    servers.knows_no_reset(ONE)
    assert [servers.may_reset(address) for address in (ONE, TWO)] == [False, True]

    servers.failed(ONE, "disconnected")

    assert servers.may_reset(ONE)


def test_take__all_failed_or_tried__none() -> None:
    servers = Servers([ONE, TWO], now=Clock())
    servers.failed(ONE, "hangs")

    assert servers.take(besides=[TWO]) is None


def test_failed__again_and_again__one_error_until_it_works(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    servers = Servers([ONE], now=clock)
    for _ in range(3):
        servers.failed(ONE, "hangs")
        clock.at += RETRY_SECONDS
    assert len(caplog.records) == 1

    servers.works(ONE)
    servers.failed(ONE, "hangs")

    assert [record.levelname for record in caplog.records].count("ERROR") == 2


class TestHealth:
    def test_health__nobody_has_asked__unknown(self) -> None:
        (health,) = Servers([ONE], now=Clock()).health()

        assert (health.address, health.is_reachable, health.is_well) == (ONE, None, True)
        assert (health.sides, health.failures, health.error) == (0, 0, "")

    def test_health__sides_come_and_go__counted(self) -> None:
        servers = Servers([ONE, TWO], now=Clock())
        for _ in range(3):
            servers.joined(ONE)
        servers.left(ONE)

        assert [health.sides for health in servers.health()] == [2, 0]
        assert [health.is_reachable for health in servers.health()] == [True, None]

    def test_health__failed_then_understood__well_with_its_last_error(self) -> None:
        clock = Clock()
        servers = Servers([ONE], now=clock)
        servers.failed(ONE, "hangs")
        clock.at += RETRY_SECONDS
        assert not servers.health()[0].is_well

        servers.works(ONE)

        (health,) = servers.health()
        assert (health.is_well, health.failures, health.error) == (True, 1, "hangs")
        assert health.failed_seconds_ago == RETRY_SECONDS

    def test_unheard_of__only_those_that_nobody_connected_to(self) -> None:
        clock = Clock()
        servers = Servers([ONE, TWO], now=clock)
        servers.joined(ONE)
        assert servers.unheard_of(20.0) == [TWO]

        servers.reached(TWO, is_there=False)
        assert servers.unheard_of(20.0) == []

        clock.at += 20.0
        assert servers.unheard_of(20.0) == [ONE, TWO]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ws://host:2700", Address("ws://host:2700", 8000)),
        ("wss://host/asr#16000", Address("wss://host/asr", 16000)),
    ],
)
def test_parse_address__an_address__read(text: str, address: Address) -> None:
    assert parse_address(text) == address


def test_shown__name_password_and_key__left_out() -> None:
    address = parse_address("wss://operator:secret@host:2700/asr?key=secret#16000")

    assert (address.shown, address.host) == ("wss://host:2700/asr", "host:2700")


@pytest.mark.parametrize("text", ["http://host", "ws://", "host:2700", "ws://host#44100"])
def test_parse_address__none__says_how(text: str) -> None:
    with pytest.raises(NotConfigured, match="ws://HOST:2700"):
        parse_address(text)
