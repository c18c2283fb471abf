"""How long a caller is expected to wait: from the queue's forecast to the flow's words."""

import logging

from hotline.house import House
from hotline.queueing import forecasts
from hotline.queueing.forecasts import Standing
from ivr.flow.expected import Expected

log = logging.getLogger(__name__)

_NOTHING = Expected(None)


def expected_of(standing: Standing | None) -> Expected | None:
    """The forecast as the flow knows it."""
    if standing is None:
        return None
    expected = Expected(
        standing.wait.name if standing.wait is not None else None,
        is_long=standing.is_long,
        may_leave_message=standing.may_leave_message,
    )
    return expected if expected != _NOTHING else None


def expect(house: House, call_id: str) -> Expected | None:
    """Makes the forecast for a call that has just got its place, and writes it down.

    Nobody loses a place by a forecast that fails; they are told less.
    """
    try:
        # The offer of whom this is about waits for its turn to write: reckoning takes none.
        with house.database.reading() as session:
            found = forecasts.look(session, house).values()
            own = next((one for one in found if one.call_id == call_id), None)
        if own is not None:
            with house.database.session() as session:
                forecasts.keep(session, house, [own])
    except Exception:
        log.exception("forecast could not be made")
        return None
    return expected_of(own)
