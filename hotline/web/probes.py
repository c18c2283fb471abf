"""Alive, ready, and the figures for Prometheus."""

import logging
from collections.abc import Callable, Sequence

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from hotline.agents.rules import LawyerState
from hotline.bus import BUS_ERRORS
from hotline.clock import start_of_day
from hotline.events import last_seq
from hotline.flows import board as flow_board
from hotline.house import House
from hotline.queueing.forecasts import accuracy
from hotline.queueing.service import waiting
from hotline.tables import Call, Callback, Intake, Lawyer
from hotline.trunk_board import NodeNow, are_all_dead, hear
from hotline.views.reader import Reader

log = logging.getLogger(__name__)

# Prometheus' text format, version 0.0.4.
_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# Who must be there before callers are let in.
_NEEDED_PROCESSES = ("ivr",)


def probes(house: House) -> APIRouter:
    """The routes that need no sign-in; they say nothing about anybody."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    def readyz() -> JSONResponse:
        checks = {
            "database": _is_fine("database", house.database.ping),
            "bus": _is_fine("bus", house.bus.ping),
        }
        for name in _NEEDED_PROCESSES:
            checks[name] = checks["bus"] and _is_beating(house, name)
        nodes = hear(house)
        is_ready = all(checks.values())
        status = {
            "status": "ready" if is_ready else "not ready",
            "checks": checks,
            # Told, not judged: who takes this answer for the whole must not take the console and
            # the citizens' page away because a carrier is silent, or leaves OPTIONS unanswered.
            "has_trunk": not are_all_dead(nodes),
            "trunks": [
                {"node": node.node, **trunk.model_dump()} for node in nodes for trunk in node.trunks
            ],
            # Calls go on by the last good flow, so this too is told and not judged.
            "flows": [flow.model_dump() for flow in flow_board.hear(house)],
        }
        return JSONResponse(status, 200 if is_ready else 503)

    @router.get("/metrics")
    def metrics() -> PlainTextResponse:
        with house.database.reading() as session:
            text = "\n".join(_metrics(Reader(session, house)))
        return PlainTextResponse(text + "\n", media_type=_METRICS_TYPE)

    return router


def _is_fine(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception as error:
        log.warning("not ready", extra={"part": name, "error": error.__class__.__name__})
        return False
    return True


def _is_beating(house: House, name: str) -> bool:
    try:
        return house.bus.is_alive(name)
    except BUS_ERRORS:
        return False


def _metrics(reader: Reader) -> list[str]:
    places = waiting(reader.session, reader.house)
    on_line = [place for place in places if place.entry.call_id]
    longest = max((place.waiting_seconds for place in on_line), default=0.0)
    return [
        *_by_state(
            reader,
            Call,
            "hotline_calls",
            "Calls going on, by state.",
            only=col(Call.ended_at).is_(None),
        ),
        *_by_state(reader, Lawyer, "hotline_lawyers", "Duty lawyers, by state.", all_=LawyerState),
        *_by_state(reader, Callback, "hotline_callbacks", "Call-back requests, by state."),
        *_by_state(reader, Intake, "hotline_intakes", "Legal-aid intakes, by state."),
        *_gauge("hotline_queue_waiting", "Callers waiting on the line.", len(on_line)),
        *_gauge("hotline_queue_callbacks", "Call-backs in the queue.", len(places) - len(on_line)),
        *_gauge("hotline_queue_longest_wait_seconds", "The longest wait now.", round(longest, 1)),
        *_forecast_metrics(reader),
        "# HELP hotline_events_total Events written.",
        "# TYPE hotline_events_total counter",
        f"hotline_events_total {last_seq(reader.session)}",
        *_trunk_metrics(hear(reader.house)),
    ]


def _forecast_metrics(reader: Reader) -> list[str]:
    """How true what callers are told of their wait comes; nothing until it can be said."""
    since = start_of_day(reader.house.clock.now(), reader.house.settings.zone)
    told = accuracy(reader.session, since=since)
    share, error = told.in_range, told.median_error_seconds
    lines = _gauge("hotline_forecasts_today", "Callers told a range and then served.", told.count)
    if share is not None and error is not None:
        about_share = "Share of them served within the range."
        about_error = "Median of how far off the middle of the forecast was."
        lines += _gauge("hotline_forecasts_in_range_ratio", about_share, share)
        lines += _gauge("hotline_forecast_error_seconds", about_error, error)
    return lines


def _trunk_metrics(nodes: Sequence[NodeNow]) -> list[str]:
    """Whether trunks are there, what they carry, and what was dropped on them."""
    up, calls, dropped = [], [], []
    for node in nodes:
        for trunk in node.trunks:
            label = f'node="{_escaped(node.node)}",trunk="{_escaped(trunk.name)}"'
            up.append(f"hotline_trunk_up{{{label}}} {int(not trunk.is_dead)}")
            calls.append(f"hotline_trunk_calls{{{label}}} {trunk.calls}")
        for kind, count in node.counters.items():
            label = f'node="{_escaped(node.node)}",kind="{_escaped(kind)}"'
            dropped.append(f"hotline_sip_dropped_total{{{label}}} {count}")
    return [
        "# HELP hotline_trunk_up Whether a trunk is there.",
        "# TYPE hotline_trunk_up gauge",
        *up,
        "# HELP hotline_trunk_calls Calls on a trunk.",
        "# TYPE hotline_trunk_calls gauge",
        *calls,
        "# HELP hotline_sip_dropped_total Datagrams and calls dropped or refused, by kind.",
        "# TYPE hotline_sip_dropped_total counter",
        *dropped,
    ]


def _escaped(value: str) -> str:
    # Prometheus' text format: these three in label values.
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _by_state(
    reader: Reader,
    table: type[Call] | type[Lawyer] | type[Callback] | type[Intake],
    name: str,
    help_: str,
    *,
    only: ColumnElement[bool] | None = None,
    all_: Sequence[str] | type[LawyerState] = (),
) -> list[str]:
    query = select(table.state, func.count())
    if only is not None:
        query = query.where(only)
    counts = dict.fromkeys((str(state) for state in all_), 0)
    counts |= dict(reader.session.exec(query.group_by(col(table.state))).all())
    lines = [f"# HELP {name} {help_}", f"# TYPE {name} gauge"]
    return lines + [f'{name}{{state="{state}"}} {count}' for state, count in counts.items()]


def _gauge(name: str, help_: str, value: float) -> list[str]:
    return [f"# HELP {name} {help_}", f"# TYPE {name} gauge", f"{name} {value}"]
