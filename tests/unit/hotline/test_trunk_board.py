"""What trunks are like, as the web faces hear of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from hotline import trunk_board
from hotline.house import House
from hotline.trunk_board import NodeNow, TrunkNow, are_all_dead
from hotline.views.figures import summary
from hotline.views.reader import Reader
from hotline.web.app import create_app
from tests.conftest import SilentBus


class ToldBus(SilentBus):
    """A bus that is there and remembers what was told."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: dict[str, dict[str, Any]] = {}

    def ping(self) -> None:
        """Is there."""

    def is_alive(self, name: str) -> bool:
        """Everybody is."""
        return True

    def tell(self, topic: str, name: str, data: dict[str, Any]) -> None:
        """Remembers."""
        self.notes[f"{topic}:{name}"] = data

    def told(self, topic: str) -> list[dict[str, Any]]:
        """Gives it back."""
        return [data for name, data in self.notes.items() if name.startswith(f"{topic}:")]


@dataclass(frozen=True)
class Trunk:
    """What a line tells of a trunk."""

    name: str = "电信"
    health: str = "up"
    registration: str | None = None
    calls: int = 3
    max_calls: int | None = 60


@pytest.fixture
def told(house: House) -> House:
    return replace(house, bus=ToldBus())


@pytest.fixture
def client(told: House) -> Iterator[TestClient]:
    with TestClient(create_app(told, mounts=[])) as client:
        yield client


def tell(house: House, *trunks: Trunk, node: str = "a:5060") -> None:
    trunk_board.tell(house, node, trunks=trunks, counters={"scanners": 7})


class TestHear:
    def test_hear__every_node_in_order(self, told: House) -> None:
        tell(told, Trunk("two"), node="b")
        tell(told, Trunk("one"), node="a")

        assert [(node.node, node.trunks[0].name) for node in trunk_board.hear(told)] == [
            ("a", "one"),
            ("b", "two"),
        ]

    def test_hear__words_of_another_version_are_passed_over(self, told: House) -> None:
        told.bus.tell("trunks", "old", {"trunks": 5})
        tell(told, Trunk())

        assert len(trunk_board.hear(told)) == 1

    def test_hear__nothing_while_the_bus_is_away(self, house: House) -> None:
        assert trunk_board.hear(house) == ()


@pytest.mark.parametrize(
    ("health", "registration", "is_dead"),
    [
        ("up", None, False),
        ("degraded", None, False),
        ("unknown", None, False),
        ("unknown", "trying", False),
        ("unknown", "refused", True),
        ("up", "refused", False),
        ("down", "registered", True),
    ],
)
def test_is_dead__only_what_certainly_carries_no_call(
    health: str, registration: str | None, is_dead: bool
) -> None:
    trunk = TrunkNow(name="x", health=health, registration=registration, calls=0, max_calls=None)

    assert trunk.is_dead is is_dead
    assert are_all_dead([NodeNow(node="a", trunks=(trunk,), counters={})]) is is_dead


class TestProbes:
    def test_readyz__one_dead_trunk_is_shown_and_no_reason_to_fail(
        self, told: House, client: TestClient
    ) -> None:
        tell(told, Trunk("one", health="down"), Trunk("two"))

        answer = client.get("/readyz")

        assert answer.status_code == 200
        assert [trunk["health"] for trunk in answer.json()["trunks"]] == ["down", "up"]

    def test_readyz__no_trunk_left_is_told_and_the_pages_stay(
        self, told: House, client: TestClient
    ) -> None:
        tell(told, Trunk("one", health="down"), Trunk("two", health="down"))

        answer = client.get("/readyz")

        assert answer.status_code == 200
        assert answer.json()["has_trunk"] is False

    def test_metrics__by_trunk_and_by_kind(self, told: House, client: TestClient) -> None:
        tell(told, Trunk('a"b', health="down"), Trunk("two"))

        text = client.get("/metrics").text

        assert 'hotline_trunk_up{node="a:5060",trunk="a\\"b"} 0' in text
        assert 'hotline_trunk_up{node="a:5060",trunk="two"} 1' in text
        assert 'hotline_trunk_calls{node="a:5060",trunk="two"} 3' in text
        assert 'hotline_sip_dropped_total{node="a:5060",kind="scanners"} 7' in text


def test_summary__shows_the_trunks_to_the_wallboard(told: House) -> None:
    tell(told, Trunk("one"))

    with told.database.reading() as session:
        figures = summary(Reader(session, told))

    assert [trunk.name for trunk in figures.trunks] == ["one"]
