"""Which trunks a call is dialled through, and in which order."""

from ivr.sip.digest import Credentials
from ivr.sip.heartbeat import Health
from ivr.sip.registration import Reply
from ivr.sip.trunk_desk import TrunkDesk, routes_for
from ivr.sip.trunks import Registrar, Trunk

REGISTRAR = Registrar(("192.0.2.9", 5060), "ims.example")


def make_desk(name: str, **changes: object) -> TrunkDesk:
    values = {"outbound": ("192.0.2.1", 5060), "heartbeat_seconds": 30.0, "domain": "ims.example"}
    desk = TrunkDesk(Trunk(name=name, **(values | changes)), clock=lambda: 0.0)  # type: ignore[arg-type]  # a table of arguments
    desk.address = ("192.0.2.1", 5060)
    return desk


def order(*desks: TrunkDesk) -> list[str]:
    routes = routes_for(desks, "013800001234", from_number="12348", ring_seconds=30.0)
    return [route.desk.trunk.name for route in routes if route.desk is not None]


class TestRoutesFor:
    def test_routes__operators_order_while_all_are_well(self) -> None:
        first, second = make_desk("first"), make_desk("second")
        for desk in (first, second):
            assert desk.heartbeat is not None
            desk.heartbeat.answered(0.0, 200)

        assert order(first, second) == ["first", "second"]

    def test_routes__dead_one_comes_last_and_is_not_given_up(self) -> None:
        dead, silent, fine = make_desk("dead"), make_desk("silent"), make_desk("fine")
        for desk, losses in ((dead, 3), (silent, 1)):
            for _ in range(losses):
                assert desk.heartbeat is not None
                desk.heartbeat.lost(0.0)

        assert order(dead, silent, fine) == ["fine", "silent", "dead"]

    def test_routes__registered_before_unregistered(self) -> None:
        waiting = make_desk("waiting", registrar=REGISTRAR, credentials=Credentials("u", "p"))
        plain = make_desk("plain")

        before = order(waiting, plain)
        assert waiting.registration is not None
        waiting.registration.hear(Reply(200), 0.0)

        assert (before, order(waiting, plain)) == (["plain", "waiting"], ["waiting", "plain"])

    def test_routes__without_full_ones_and_those_without_an_address(self) -> None:
        full, lost, fine = make_desk("full", max_calls=1), make_desk("lost"), make_desk("fine")
        full.calls = 1
        lost.address = None

        assert order(full, lost, fine) == ["fine"]

    def test_routes__numbers_by_the_trunks_rules(self) -> None:
        desk = make_desk("one", shown_number="029", strip="0", add="9")

        (route,) = routes_for([desk], "013800001234", from_number="12348", ring_seconds=30.0)

        assert (route.number, route.from_number) == ("913800001234", "029")
        assert (route.domain, route.trunk) == ("ims.example", ("192.0.2.1", 5060))


class TestHearFrom:
    def test_hear_from__only_where_it_is_dialled_shows_that_it_is_there(self) -> None:
        desk = make_desk("one")

        desk.hear_from("192.0.2.2")
        before = desk.health
        desk.hear_from("192.0.2.1")

        assert (before, desk.health) == (Health.UNKNOWN, Health.UP)


class TestStatus:
    def test_status__words_for_people(self) -> None:
        desk = make_desk("one", registrar=REGISTRAR, max_calls=5)
        desk.calls = 2

        status = desk.status()

        assert (status.name, status.health, status.registration) == ("one", "unknown", "trying")
        assert (status.calls, status.max_calls) == (2, 5)
