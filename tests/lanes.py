"""Two lanes for a machine with two cores: what plays audio in real time, and everything else.

Tests of audio wait more than they compute, and disturb each other; so they stay on one worker, one
after the other, while the other worker does what is left, file by file. Only `pytest -n` comes
here (pytest-xdist); a plain `pytest` runs everything in order.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_REAL_TIME = (
    "tests/e2e/",
    "tests/integration/test_gateway",
    "tests/integration/test_line_contract",
    "tests/integration/test_media_",
    "tests/integration/test_trunk_line_",
)


class Lanes(LoadScopeScheduling):
    """Hands out the real-time tests as one piece of work, first; then file after file."""

    def _split_scope(self, nodeid: str) -> str:
        return lane_of(nodeid)


def lane_of(nodeid: str) -> str:
    """The piece of work that a test belongs to: the tests of a piece stay on one worker."""
    if nodeid.startswith(_REAL_TIME):
        return "real time"
    return nodeid.partition("::")[0]


def make_scheduler(config: pytest.Config, log: Any) -> Lanes:
    """The scheduler for `-n`; the order of collection is kept, and the long piece comes first."""
    config.option.loadscopereorder = False
    return Lanes(config, log)


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests with those of the real-time lane first, otherwise in the order they came."""
    return sorted(items, key=lambda item: lane_of(item.nodeid) != "real time")
