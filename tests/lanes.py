"""Two workers for two cores, and the real-time tests by themselves.

Tests from end to end play audio in real time through browsers and telephones, and fail when
others take the machine; they are one piece of work that comes last. All other files are handed out
one by one before it. Only `pytest -n` comes here (pytest-xdist); a plain `pytest` runs everything
in the same order.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_REAL_TIME = "tests/e2e/"


class Lanes(LoadScopeScheduling):
    """Hands out file after file, then the real-time tests as one piece."""

    def _split_scope(self, nodeid: str) -> str:
        return lane_of(nodeid)


def lane_of(nodeid: str) -> str:
    """The piece of work that a test belongs to: the tests of a piece stay on one worker."""
    return _REAL_TIME if nodeid.startswith(_REAL_TIME) else nodeid.partition("::")[0]


def make_scheduler(config: pytest.Config, log: Any) -> Lanes:
    """The scheduler for `-n`; the order of collection is kept."""
    config.option.loadscopereorder = False
    return Lanes(config, log)


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests with the real-time ones last, otherwise in the order they came."""
    return sorted(items, key=lambda item: lane_of(item.nodeid) == _REAL_TIME)
