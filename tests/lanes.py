"""Two workers for two cores, and the real-time tests by themselves.

Tests from end to end play audio in real time through browsers and telephones, and fail when
others take the machine. They come last, as two pieces of work, one with the browsers and one
without: most of their time is waiting for callers, and they keep quiet for each other
(tests/e2e/hush.py). All other files are handed out one by one before them. Only `pytest -n` comes
here (pytest-xdist); a plain `pytest` runs everything in the same order.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_REAL_TIME = "tests/e2e/"
_WITH_BROWSERS = ("tests/e2e/test_desk.py", "tests/e2e/test_first_call.py")


class Lanes(LoadScopeScheduling):
    """Hands out file after file, then the real-time tests as two pieces."""

    def _split_scope(self, nodeid: str) -> str:
        return lane_of(nodeid)


def lane_of(nodeid: str) -> str:
    """The piece of work that a test belongs to: the tests of a piece stay on one worker."""
    file = nodeid.partition("::")[0]
    if not file.startswith(_REAL_TIME):
        return file
    return f"{_REAL_TIME} with browsers" if file in _WITH_BROWSERS else _REAL_TIME


def make_scheduler(config: pytest.Config, log: Any) -> Lanes:
    """The scheduler for `-n`; the order of collection is kept."""
    config.option.loadscopereorder = False
    return Lanes(config, log)


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests with the real-time ones last, otherwise in the order they came."""
    return sorted(items, key=lambda item: item.nodeid.startswith(_REAL_TIME))
