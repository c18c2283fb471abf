"""Judging calls by jobs: a real server, and a worker that works until nothing is left."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlmodel import select

from hotline import jobs, valkey
from hotline.bus import Bus
from hotline.clock import FakeClock
from hotline.house import House
from hotline.quality import jobs as quality
from hotline.quality.talk import Item
from hotline.tables import QualityCheck
from hotline.transcripts.service import add_segment
from hotline.worker import work_off
from tests.unit.hotline.factories import create_call, create_user


@pytest.fixture
def house(house: House) -> Iterator[House]:
    """A house whose jobs go over a real server."""
    with valkey.running(house.settings) as url:
        bus = Bus(url)
        yield replace(house, bus=bus)
        bus.close()
        jobs.queue_of(url).connection.close()
        jobs.queue_of.cache_clear()


def talk(house: House, clock: FakeClock, *, said: str) -> str:
    """A call in which a lawyer said something, over for two minutes."""
    with house.database.session() as session:
        call = create_call(session, house)
        call.lawyer_id = create_user(session, house).id
        call.bridged_at = clock.now()
        add_segment(
            session,
            house,
            call_id=call.id,
            speaker="lawyer",
            start_ms=0,
            end_ms=3000,
            text=said,
            language="zh",
        )
        clock.advance(seconds=60)
        call.state = "ended"
        call.ended_at = clock.now()
        clock.advance(seconds=120)
        return call.id


def judged(house: House) -> dict[str, QualityCheck]:
    with house.database.reading() as session:
        rows = session.exec(select(QualityCheck)).all()
        return {row.call_id: row for row in rows}


def test_sweep__talks_that_are_over__each_judged_by_a_job_of_its_own(
    house: House, clock: FakeClock
) -> None:
    polite = talk(house, clock, said="您好，这里是法律援助热线，我是王律师")
    touting = talk(house, clock, said="你加我微信，我收费便宜")

    quality.sweep(house)

    assert judged(house) == {}
    assert work_off(house) == 2
    found = judged(house)
    assert set(found) == {polite, touting}
    forbidden = {
        call_id: [item for item in row.items if item["item"] == Item.FORBIDDEN_WORDS]
        for call_id, row in found.items()
    }
    assert found[polite].score > found[touting].score
    assert [bool(forbidden[call_id][0]["evidence"]) for call_id in (polite, touting)] == [
        False,
        True,
    ]


def test_sweep__judged_already__no_job(house: House, clock: FakeClock) -> None:
    talk(house, clock, said="您好")
    quality.sweep(house)
    work_off(house)

    quality.sweep(house)

    assert work_off(house) == 0


def test_sweep__twice_before_any_worker__one_job(house: House, clock: FakeClock) -> None:
    talk(house, clock, said="您好")

    quality.sweep(house)
    quality.sweep(house)

    assert work_off(house) == 1


def test_check__the_call_was_erased_meanwhile__no_error(house: House) -> None:
    jobs.enqueue(None, house, quality.JOB, {"call_id": "call_gone"})

    assert work_off(house) == 1
    assert judged(house) == {}
