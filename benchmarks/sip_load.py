"""The load of SIP: telephones in one light process, run as `python -m benchmarks.sip_load`.

It reads one JSON line and prints one with what it measured.
"""

import itertools
import json
import sys
import time
from typing import Any

from benchmarks.sip_phones import Call, Telephones


def percentile(values: list[float], share: float) -> float | None:
    """The value that so large a share does not exceed."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)


def _gaps(calls: list[Call], *, since: float, until: float) -> list[float]:
    """Milliseconds between packets of each call in a span of the wall clock."""
    gaps = []
    for call in calls:
        moments = [moment for moment in call.arrivals if since <= moment <= until]
        gaps += [(b - a) * 1000 for a, b in itertools.pairwise(moments)]
    return gaps


def place_calls(
    phones: Telephones, *, rate: float, seconds: float, talk_seconds: float, speaks: bool
) -> None:
    """Places calls at a steady rate and waits for their end."""
    began_at = time.monotonic()
    for number in range(round(rate * seconds)):
        phones.at(
            began_at + number / rate,
            lambda: phones.invite(talk_seconds=talk_seconds, speaks=speaks) and None,
        )
    phones.run(lambda: time.monotonic() > began_at + seconds and phones.going_on == 0)


def hold_calls(phones: Telephones, order: dict[str, Any]) -> dict[str, Any]:
    """Holds calls, and floods the line meanwhile if it is told to."""
    count, seconds = order["steady"], order["seconds"]
    calls: list[Call] = []
    began_at = time.monotonic()
    for number in range(count):
        phones.at(
            began_at + number * 0.05,
            lambda: calls.append(phones.invite(talk_seconds=1e9, speaks=True, is_steady=True)),
        )
    phones.run(lambda: len(calls) == count and all(call.is_answered for call in calls))
    say({"up": count})
    sys.stdin.readline()
    before = time.time()
    _wait(phones, order["quiet_seconds"])
    calm = time.time()
    statuses = phones.statuses.copy()
    flood_rate = order["flood_rate"]
    flood_began_at = time.monotonic()
    for number in range(round(flood_rate * seconds)):
        phones.at(
            flood_began_at + number / flood_rate if flood_rate else 0,
            lambda: phones.invite(talk_seconds=0.0, speaks=False) and None,
        )
    _wait(phones, seconds)
    end = time.time()
    for call in calls:
        phones.hang_up(call)
    phones.run(lambda: phones.going_on == 0)
    quiet, flooded = _gaps(calls, since=before, until=calm), _gaps(calls, since=calm, until=end)
    return {
        "quiet_p99_ms": percentile(quiet, 0.99),
        "flood_p99_ms": percentile(flooded, 0.99),
        "flood_max_ms": percentile(flooded, 1.0),
        "answers": {str(k): v for k, v in (phones.statuses - statuses).items()},
    }


def _wait(phones: Telephones, seconds: float) -> None:
    until = time.monotonic() + seconds
    phones.run(lambda: time.monotonic() >= until)


def say(data: dict[str, Any]) -> None:
    """Prints one JSON line."""
    print(json.dumps(data), flush=True)


def main() -> None:
    """Carries out one order."""
    order = json.loads(sys.stdin.readline())
    phones = Telephones(order["host"], order["port"])
    if "steady" in order:
        result = hold_calls(phones, order)
    else:
        place_calls(
            phones,
            rate=order["rate"],
            seconds=order["seconds"],
            talk_seconds=order["talk_seconds"],
            speaks=order["speaks"],
        )
        result = {
            "p50_ms": percentile(phones.latencies, 0.5),
            "p99_ms": percentile(phones.latencies, 0.99),
            "max_ms": percentile(phones.latencies, 1.0),
        }
    say(result | {"answered": len(phones.latencies), "failed": phones.failed})


if __name__ == "__main__":
    main()
