"""The worker: runs jobs, each in a process of its own (`python -m hotline.worker`).

RQ's worker with three differences. Jobs for later are moved to the queue by the worker itself
instead of a scheduler process beside it; sweeps run every minute; and a work horse dies with its
worker, so that killing the platform leaves nobody behind.
"""

import logging
import os
import signal
import socket
import threading
from datetime import datetime, timedelta

import redis
from rq import Queue, SimpleWorker, Worker
from rq.exceptions import DuplicateJobError
from rq.scheduler import RQScheduler
from rq.serializers import JSONSerializer

from hotline import process
from hotline.bus import BUS_ERRORS
from hotline.clock import SystemClock
from hotline.house import House
from hotline.jobs import QUEUE, queue_of, use_house
from hotline.settings import Settings

log = logging.getLogger(__name__)

# How often the worker looks up from an empty queue: jobs for later are late by at most this.
_LOOK_SECONDS = 2
# RQ waits for a job 15 seconds less than the worker's time to live.
_WORKER_TTL_SECONDS = _LOOK_SECONDS + 15
_SWEEP_EVERY = timedelta(seconds=60)
# A job of a worker that died counts as abandoned after this and a minute more.
_MONITORING_SECONDS = 5
# `hotline up` kills what has not stopped seven seconds after it was asked to.
_LAST_JOB_SECONDS = 4.0
# Jobs wait for calls, live transcription included (asr's niceness is 5), never the other way.
_NICENESS = 10


class HotlineWorker(Worker):
    """RQ's forking worker, made for one machine."""

    # Seconds between looks for a bus that is away; it is restarted in less than one.
    max_connection_wait_time = 2.0

    def __init__(self, queue: Queue, connection: redis.Redis) -> None:
        super().__init__(
            [queue],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=_WORKER_TTL_SECONDS,
            maintenance_interval=1,
            job_monitoring_interval=_MONITORING_SECONDS,
            log_job_description=False,
        )
        # The name owns the lock on moving jobs: a worker started anew on this machine takes up
        # where the killed one left off instead of waiting for the lock to run out.
        self._mover = RQScheduler(
            [queue], connection=connection, serializer=JSONSerializer, name=socket.gethostname()
        )
        self._clock = SystemClock()
        self._swept_at: datetime | None = None

    def run_maintenance_tasks(self) -> None:
        """Moves jobs whose time has come; every minute also cleans up and sweeps."""
        now = self._clock.now()
        # RQ declares it by the None it begins with.
        self.last_cleaned_at = now  # type: ignore[assignment]
        if self._mover.acquire_locks():
            self._mover.enqueue_scheduled_jobs()
        if self._swept_at is None or now - self._swept_at >= _SWEEP_EVERY:
            self._swept_at = now
            self.clean_registries()
            _enqueue_sweep(self.queues[0])

    def handle_warm_shutdown_request(self) -> None:
        """Lets a running job finish for some seconds; then it is killed and tried again later."""
        if self.horse_pid:
            timer = threading.Timer(_LAST_JOB_SECONDS, self.kill_horse)
            timer.daemon = True
            timer.start()


def work_off(house: House) -> int:
    """Runs every job that waits now, in this process, with this house; for tests and tools.

    Returns:
        How many jobs were taken, failed ones included.
    """
    queue = queue_of(house.settings.redis_url_used)
    use_house(house)
    try:
        worker = SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer)
        taken = 0
        while worker.work(burst=True, max_jobs=1, logging_level="WARNING"):
            taken += 1
        return taken
    finally:
        use_house(None)


def main(settings: Settings) -> int:
    """Works until SIGTERM, or until the bus goes away under a running job.

    Returns:
        The exit status; whoever watches over this process starts it anew.
    """
    os.register_at_fork(after_in_child=_tie_to_worker)
    url = settings.redis_url_used
    queue = Queue(QUEUE, connection=redis.Redis.from_url(url), serializer=JSONSerializer)
    try:
        worker = HotlineWorker(queue, queue.connection)
        log.info("worker started")
        worker.work(logging_level="WARNING")
    except BUS_ERRORS:
        log.warning("bus is away, worker ends")
        return 1
    log.info("worker stopped")
    return 0


def _tie_to_worker() -> None:
    process.die_with_parent(signal.SIGKILL)
    os.nice(_NICENESS)


def _enqueue_sweep(queue: Queue) -> None:
    try:
        queue.enqueue(
            "hotline.jobs.sweep", job_id="sweep", unique=True, result_ttl=0, failure_ttl=30
        )
    except DuplicateJobError:
        log.debug("sweep is waiting already")
    except BUS_ERRORS:
        log.warning("bus is away, no sweep")


if __name__ == "__main__":
    process.run("worker", main)
