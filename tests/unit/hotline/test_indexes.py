"""What is asked all day long is found by an index: the tables grow for years."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from hotline.callers import service as callers
from hotline.house import House
from hotline.insights import repository as insights
from hotline.quality import jobs as quality
from hotline.quality.gathering import gather
from hotline.quality.service import is_sample_short
from hotline.queueing import forecasts, repository as queueing
from hotline.tables import Call
from hotline.views.calls import calls_going_on
from hotline.views.figures import summary
from hotline.views.reader import Reader
from tests.unit.api.factories import add_people, add_waiting

# Rows for every call that there ever was.
_GROWING = "calls|queue_entries|offers|legs|segments|insights|tickets|events|forecasts|audit"
_WHOLE = re.compile(rf"SCAN ({_GROWING})\b")


@pytest.fixture
def plans(house: House) -> Iterator[list[str]]:
    """How SQLite carries out each question that is asked, with the question."""
    found: list[str] = []

    def explain(_: Connection, cursor: Any, statement: str, values: Any, *__: object) -> None:
        if statement.startswith("SELECT"):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            found.extend(f"{row[3]}: {statement}" for row in cursor.fetchall())

    event.listen(house.database.engine, "before_cursor_execute", explain)
    yield found
    event.remove(house.database.engine, "before_cursor_execute", explain)


def test_what_is_asked_all_day__reads_no_whole_table(house: House, plans: list[str]) -> None:
    add_people(house)
    call_id = add_waiting(house)
    plans.clear()

    with house.database.reading() as session:
        reader, now = Reader(session, house), house.clock.now()
        summary(reader)
        forecasts.look(session, house)
        forecasts.settle(session, house)
        callers.standing_of(session, house, session.get_one(Call, call_id))
        queueing.taken_entry_of_call(session, call_id)
        insights.endangered_entries(session, now=now)
        quality.due(session, now)
        gather(session, session.get_one(Call, call_id))
        is_sample_short(session, house, now - timedelta(days=1), now)
        calls_going_on(reader)

    assert len(plans) > 20
    assert "\n\n".join(plan for plan in plans if _is_whole(plan)) == ""


def _is_whole(plan: str) -> bool:
    """Whether a table is read to its end; the newest rows in the index's order are not that."""
    return bool(_WHOLE.match(plan)) and not ("USING INDEX" in plan and "LIMIT" in plan)
