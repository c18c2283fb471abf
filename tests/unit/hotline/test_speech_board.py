"""What is said of speech servers, and what an administrator reads of it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from hotline import speech_board
from hotline.house import House
from hotline.speech_board import ServerNow
from hotline.views.speech import server_shapes
from tests.unit.hotline.test_trunk_board import ToldBus

WELL = ServerNow(
    language="zh",
    url="ws://one:2700",
    is_well=True,
    is_reachable=True,
    sides=2,
    failures=0,
    error="",
    failed_seconds_ago=None,
)
FAILED = WELL.model_copy(
    update={"is_well": False, "failures": 3, "error": "hangs", "failed_seconds_ago": 12.7}
)


@pytest.fixture
def told(house: House) -> House:
    return replace(house, bus=ToldBus())


def states(told: Sequence[ServerNow]) -> list[str]:
    return [row.state for row in server_shapes([("zh", "ws://one:2700")], told)]


class TestHear:
    def test_hear__what_was_told(self, told: House) -> None:
        speech_board.tell(told, [WELL, FAILED])

        assert list(speech_board.hear(told)) == [WELL, FAILED]

    def test_hear__words_of_another_version__passed_over(self, told: House) -> None:
        told.bus.tell("speech-servers", "asr", {"servers": [{"name": "one"}]})

        assert list(speech_board.hear(told)) == []

    def test_hear__the_bus_is_away__nothing(self, house: House) -> None:
        assert list(speech_board.hear(house)) == []


class TestServerShapes:
    def test_server_shapes__well_failed_unreachable_untried_and_silent(self) -> None:
        unreachable = WELL.model_copy(update={"is_reachable": False})
        untried = WELL.model_copy(update={"is_reachable": None})

        assert states([WELL]) == ["well"]
        assert states([FAILED]) == ["failed"]
        assert states([unreachable]) == ["failed"]
        assert states([untried]) == ["unknown"]
        assert states([]) == ["unknown"]

    def test_server_shapes__failed__says_why_and_since_when(self) -> None:
        (row,) = server_shapes([("zh", "ws://one:2700")], [FAILED])

        assert (row.error, row.failed_seconds_ago, row.failures, row.sides) == ("hangs", 12, 3, 2)
