"""Following events, while no bus tells of them."""

import asyncio
from collections.abc import Sequence

from hotline.events import Event, EventType
from hotline.follower import Follower
from hotline.house import House

DEADLINE_SECONDS = 60


def test_due_in__what_is_due_is_called_for_although_nothing_happens(house: House) -> None:
    heard: list[list[str]] = []

    async def follow() -> None:
        loop = asyncio.get_running_loop()
        is_over = asyncio.Event()
        due_at: float | None = None

        async def on_batch(events: Sequence[Event]) -> None:
            nonlocal due_at
            heard.append([event.type for event in events])
            due_at = loop.time() + 0.01 if events else None
            if not events:
                is_over.set()

        def due_in() -> float | None:
            return None if due_at is None else due_at - loop.time()

        follower = Follower(house, on_batch=on_batch, due_in=due_in, after=0)
        task = asyncio.create_task(follower.run())
        async with asyncio.timeout(DEADLINE_SECONDS):
            await is_over.wait()
        task.cancel()

    with house.database.session() as session:
        house.record(session, EventType.CALL_CHANGED, call_id="call_1", state="menu")
    asyncio.run(follow())

    assert heard == [["call.changed"], []]
