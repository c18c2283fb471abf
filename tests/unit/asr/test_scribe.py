"""What becomes of words that are not final: told as people write them."""

from typing import Any

import pytest

from asr.desk import Deed, Desk
from asr.ear import Note, Said
from asr.scribe import Facts, Scribe


class Blotter(Desk):
    """Remembers what it is told instead of sending it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.deeds: list[Deed] = []

    def write(self, deed: Deed) -> None:
        self.deeds.append(deed)

    def tell(self, kind: str, data: dict[str, object]) -> None:
        self.told.append((kind, data))


def partial(text: str) -> Note:
    return Said(text, 0, 1000, None, is_final=False)


@pytest.fixture
def desk() -> Blotter:
    return Blotter()


@pytest.fixture
def scribe(desk: Blotter) -> Scribe:
    return Scribe(Facts(stream=7, call_id="call_1", speaker="caller", language="zh"), desk)


def test_write__words_go_on__numbers_that_are_over_in_figures(
    desk: Blotter, scribe: Scribe
) -> None:
    for text in ("欠我三万五", "欠我三万五千块钱一直没给"):
        scribe.write([partial(text)], "zh", None, with_partials=True)

    assert [data["text"] for _, data in desk.told] == ["欠我三万五", "欠我35000元一直没给"]
    assert desk.deeds == []


def test_write__words_go_on_without_partials__only_that_they_came_to_nothing(
    desk: Blotter, scribe: Scribe
) -> None:
    scribe.write([partial("欠我"), partial("")], "zh", None, with_partials=False)

    assert [(kind, data["text"]) for kind, data in desk.told] == [("transcript.partial", "")]
