"""Work for later: functions that the worker runs outside of requests and calls.

A job is named by its function, ``module.function``, and takes plain values. The worker calls
``function(house, **kwargs)``. It may run twice, so it looks at the database first. The queue lives
on the bus, and the bus may lose things: a module listed under the entry points ``hotline.jobs`` may
define ``sweep(house)``, called every minute, that enqueues again what the database says is undone.
"""

import hashlib
import logging
import pkgutil
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from importlib.metadata import entry_points

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry as RedisRetry
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer
from sqlmodel import Session

from hotline.bus import BUS_ERRORS
from hotline.database import after_commit
from hotline.house import House, open_house
from hotline.settings import load_settings

log = logging.getLogger(__name__)

Json = str | int | float | bool | None

QUEUE = "hotline"

_TIMEOUT_SECONDS = 2.0
# The longest known job transcribes an hour of speech at a real-time factor of 0.25.
_JOB_TIMEOUT_SECONDS = 1800
# Waiting before the first, second and every further try.
_RETRY_SECONDS = [10, 60, 300]
# A job that failed for good blocks its unique name that long, so that a sweep does not run it
# every minute.
_FAILURE_SECONDS = 3600

_JOB_ID = re.compile(r"[A-Za-z0-9_-]+")


def enqueue(
    session: Session | None,
    house: House,
    function: str,
    kwargs: Mapping[str, Json],
    *,
    after_seconds: float = 0,
    retries: int = 3,
    unique: str | None = None,
) -> None:
    """Has the worker call ``function(house, **kwargs)``.

    A bus that is away costs a warning; the module's `sweep` makes it good.

    Args:
        session: The job is sent once this session's transaction is committed; at once when None.
        house: The process's house.
        function: ``module.function``, such as ``recordings.jobs.finish``.
        kwargs: Plain values: ids, never personal data.
        after_seconds: How long to wait at least.
        retries: How often to try again after a failure: after 10, 60, then every 300 seconds.
        unique: While a job of this name waits, runs or has failed within the hour, another is
            not taken.
    """
    arguments = dict(kwargs)

    def send() -> None:
        try:
            _send(
                queue_of(house.settings.redis_url_used),
                function,
                arguments,
                after_seconds=after_seconds,
                retries=retries,
                unique=unique,
            )
        except DuplicateJobError:
            log.debug("job is waiting already", extra={"job": function})
        except BUS_ERRORS:
            log.warning("bus is away, job not sent", extra={"job": function})

    if session is None:
        send()
    else:
        after_commit(session, send)


@cache
def queue_of(url: str) -> Queue:
    """The queue on this bus; RQ's own type, for hotline.worker alone."""
    connection = redis.Redis.from_url(
        url,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        retry=RedisRetry(NoBackoff(), 1),
    )
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer)


def run(function: str, kwargs: dict[str, Json]) -> None:
    """What RQ calls: runs a job with this process's house."""
    log.info("job started", extra={"job": function, **_ids(kwargs)})
    _resolve(function)(process_house(), **kwargs)
    log.info("job done", extra={"job": function, **_ids(kwargs)})


def sweep() -> None:
    """Asks every module with jobs to enqueue what is undone; one that fails stops no other."""
    house = process_house()
    for entry in entry_points(group="hotline.jobs"):
        try:
            work = getattr(entry.load(), "sweep", None)
            if work is not None:
                work(house)
        except Exception:
            log.exception("sweep failed", extra={"module_name": entry.value})


_houses: list[House] = []


def process_house() -> House:
    """The house that jobs of this process get, opened at first need."""
    if not _houses:
        _houses.append(open_house(load_settings()))
    return _houses[-1]


def use_house(house: House | None) -> None:
    """Gives this process's jobs a house that is open already; None forgets it."""
    _houses[:] = [] if house is None else [house]


def _send(
    queue: Queue,
    function: str,
    kwargs: dict[str, Json],
    *,
    after_seconds: float,
    retries: int,
    unique: str | None,
) -> None:
    intervals = (_RETRY_SECONDS + [_RETRY_SECONDS[-1]] * retries)[: max(retries, 1)]
    options = {
        "args": (function, kwargs),
        "retry": Retry(max=retries, interval=intervals) if retries else None,
        "job_timeout": _JOB_TIMEOUT_SECONDS,
        "failure_ttl": _FAILURE_SECONDS,
        # The job vanishes when it is done, so its unique name is free again.
        "result_ttl": 0,
        # RQ's own description would show the arguments.
        "description": function,
        "job_id": _job_id(function, unique),
        "unique": unique is not None,
    }
    if after_seconds > 0:
        queue.enqueue_in(timedelta(seconds=after_seconds), "hotline.jobs.run", **options)
    else:
        queue.enqueue("hotline.jobs.run", **options)


def _job_id(function: str, unique: str | None) -> str | None:
    if unique is None:
        return None
    name = f"{function.replace('.', '-')}-{unique}"
    # RQ takes letters, digits, underscore and hyphen only.
    return name if _JOB_ID.fullmatch(name) else hashlib.sha256(name.encode()).hexdigest()


def _resolve(function: str) -> Callable[..., object]:
    module, _, name = function.rpartition(".")
    found: Callable[..., object] = pkgutil.resolve_name(f"{module}:{name}")
    return found


def _ids(kwargs: Mapping[str, Json]) -> dict[str, Json]:
    """The arguments that are ids, which a log may show."""
    return {key: value for key, value in kwargs.items() if key.endswith("_id")}
