from collections.abc import Iterator

import pytest

from asr.desk import Desk
from hotline.house import House
from hotline.tables import SpeechStream
from hotline.transcripts import service as transcripts
from tests.unit.asr.sides import LIMIT_SECONDS
from tests.unit.hotline.factories import create_call


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    desk = Desk(house)
    yield desk
    desk.close(timeout_seconds=LIMIT_SECONDS)


@pytest.fixture
def stream(house: House) -> SpeechStream:
    with house.database.session() as session:
        call = create_call(session, house)
        return transcripts.open_stream(
            session, house, call_id=call.id, leg="a", speaker="caller", language="zh"
        )
