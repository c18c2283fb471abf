"""What it costs to tell pages of what happened: `python -m benchmarks.telling`.

Callers wait, lawyers are free, accept and write up; what happened is told in one batch, as the web
process tells it. Printed is processor time, which other work on the machine does not change much:
until the offers are ready to be sent, as long as an offer that comes in the midst has to wait, and
for the whole batch.
"""

import argparse
import logging
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from sqlmodel import Session, col, select

from agent_console.batch import Batch
from agent_console.hub import SLICE
from agent_console.telling import tell
from hotline.accounts.service import NewUser, create_user
from hotline.agents import presence, service as agents
from hotline.agents.rules import LawyerState
from hotline.callers.service import find_or_create
from hotline.calls import service as calls
from hotline.events import Event, last_seq, read_after
from hotline.house import House, open_house
from hotline.queueing import service as queueing
from hotline.queueing.dispatch import run_round
from hotline.queueing.offers import accept
from hotline.queueing.repository import open_offers
from hotline.settings import load_settings
from hotline.tables import Call, Lawyer

_LAWYERS = 12
_CALLERS_BETWEEN = 6
_ACCEPTED = 3


def _hire(house: House) -> None:
    with house.database.session() as session:
        for number in range(_LAWYERS):
            name = f"lawyer{number:02}"
            new = NewUser(
                username=name, display_name=name, password="never-used-1234", roles=("lawyer",)
            )
            user = create_user(session, house, new)
            lawyer = session.get_one(Lawyer, user.id)
            presence.connected(session, house, user.id)
            agents.change(session, house, lawyer, LawyerState.AVAILABLE, by=user.id)


def _call(house: House, number: int) -> None:
    with house.database.session() as session:
        caller = find_or_create(session, house, f"138{number:08}")
        call = calls.begin(session, house, caller_id=caller.id, called="12348")
        answered_at = house.clock.now()
        calls.change(
            session, house, call, state="menu", answered_at=answered_at, language="zh", topic=None
        )
        queueing.enter(session, house, language="zh", topic=None, call=call)


def _go_on(house: House, first_number: int) -> Sequence[Event]:
    """Talks end, callers come, a round offers, some accept; the events of it."""
    with house.database.reading() as session:
        seq = last_seq(session)
    with house.database.session() as session:
        _end_talks(session, house)
    for number in range(first_number, first_number + _CALLERS_BETWEEN):
        _call(house, number)
    with house.database.session() as session:
        run_round(session, house, fence=1)
    with house.database.session() as session:
        for offer in list(open_offers(session))[:_ACCEPTED]:
            won = accept(session, house, offer.id, offer.lawyer_id)
            call = session.get_one(Call, won.call_id)
            now = house.clock.now()
            calls.change(session, house, call, state="talking", bridged_at=now)
    with house.database.reading() as session:
        return read_after(session, seq)


def _end_talks(session: Session, house: House) -> None:
    for call in session.exec(select(Call).where(col(Call.state) == "talking")).all():
        calls.end(session, house, call, reason="caller_hung_up")
    session.flush()
    for lawyer in session.exec(select(Lawyer).where(col(Lawyer.state) == "wrap_up")).all():
        agents.end_wrap_up(session, house, lawyer)


def _milliseconds(house: House, events: Sequence[Event]) -> tuple[float, float, float]:
    """Processor time until the offers are written, of the longest slice, and of all of it."""
    batch = Batch()
    begin = time.process_time()
    batch.add(events)
    tell(house, batch.take_ringing())
    offers_at = slice_at = time.process_time()
    longest = 0.0
    while batch:
        tell(house, batch.take(SLICE))
        longest = max(longest, time.process_time() - slice_at)
        slice_at = time.process_time()
    return (offers_at - begin) * 1000, longest * 1000, (slice_at - begin) * 1000


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.telling", description=__doc__)
    parser.add_argument("--batches", type=int, default=20, help="how many batches are told")
    parser.add_argument("--waiting", type=int, default=60, help="how many callers wait")
    given = parser.parse_args()
    # Nobody listens to the bus here, and it says so each time.
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="telling-") as directory:
        house = open_house(load_settings(Path(directory) / "data"))
        house.database.migrate()
        _hire(house)
        for number in range(given.waiting):
            _call(house, number)
        costs, sizes = [], []
        for place in range(given.batches + 1):
            events = _go_on(house, given.waiting + place * _CALLERS_BETWEEN)
            costs.append(_milliseconds(house, events))
            sizes.append(len(events))
        house.close()
    # The first has to compile every question to the database.
    offers, longest, whole = zip(*costs[1:], strict=True)
    print(f"batches of {median(sizes[1:]):.0f} events, ms of CPU:")
    print(f"  until the offers are ready  median {median(offers):.1f}")
    print(f"  an offer in the midst waits {median(longest):.1f} at most")
    print(f"  the whole batch             median {median(whole):.1f}")


if __name__ == "__main__":
    main()
