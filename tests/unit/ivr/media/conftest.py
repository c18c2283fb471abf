"""Fixtures of the media engine's tests."""

from collections.abc import Iterator

import pytest

from tests.unit.ivr.media.lane_room import Room


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    yield room
    for opened in room.sockets:
        opened.close()
