"""`hotline doctor`: what is missing on this machine, and how to get it."""

import os
import platform
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points

from cryptography import x509

from hotline import ports, premises, valkey
from hotline.accounts.demo_mode import is_demo_mode
from hotline.errors import HotlineError
from hotline.settings import Settings
from hotline.writers import MOST_URGENT

# A call takes a port, a recording and a share of the rest.
_FILES_PER_CALL = 6
_LEAST_FILES = 1024
# An hour of stereo recording is 115 MB; a day of a small bureau fits.
_LEAST_FREE_BYTES = 2_000_000_000
# Vite 7 runs on these and later.
_LEAST_NODE = (20, 19)
_RENEW_BEFORE = timedelta(days=30)
_COMMAND_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        is_well: Whether it is as it should be.
        text: What was found.
        remedy: What to do, when it is not.
        is_needed: Whether calls cannot be taken without it.
    """

    is_well: bool
    text: str
    remedy: str = ""
    is_needed: bool = True


def examine(settings: Settings, *, is_running: bool) -> Iterator[Finding]:
    """Looks at everything, one after the other.

    Args:
        settings: What `hotline up` would run with.
        is_running: Whether it runs now, so that its ports are rightly taken.
    """
    yield _python()
    yield _refusal("data directory", lambda: premises.check_directory(settings))
    yield _disk(settings)
    yield _refusal("embedded Valkey", lambda: _check_valkey(settings))
    if is_running:
        yield Finding(True, "the hotline is running, its ports are not looked at")
    else:
        for wanted in premises.wanted_ports(premises.settle_ports(settings)):
            yield _refusal(wanted.name, lambda wanted=wanted: ports.check(wanted))  # type: ignore[misc]  # mypy cannot infer a lambda's default
    yield _files(settings)
    yield _urgency()
    yield _microphone(settings)
    if settings.is_tls:
        yield _certificate(settings)
    yield _time_zone(settings)
    yield _demo(settings)
    yield _node()
    yield from _plug_ins(settings)


def _python() -> Finding:
    return Finding(
        (3, 11) <= sys.version_info[:2] < (3, 13),
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
        "use Python 3.11 or 3.12",
    )


def _refusal(text: str, check: Callable[[], None]) -> Finding:
    try:
        check()
    except HotlineError as error:
        return Finding(False, text, str(error))
    return Finding(True, text)


def _check_valkey(settings: Settings) -> None:
    if not settings.redis_url:
        valkey.command(settings)


def _disk(settings: Settings) -> Finding:
    directory = settings.data_dir
    while not directory.exists():
        directory = directory.absolute().parent
    free = shutil.disk_usage(directory).free
    return Finding(
        free >= _LEAST_FREE_BYTES,
        f"{free / 1e9:.0f} GB free for recordings",
        "an hour of talk takes 0.12 GB until it is compressed; free some space",
        is_needed=False,
    )


def _files(settings: Settings) -> Finding:
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    needed = max(_LEAST_FILES, settings.max_calls * _FILES_PER_CALL)
    return Finding(
        limit == resource.RLIM_INFINITY or limit >= needed,
        f"{limit} open files allowed, {needed} wanted for {settings.max_calls} calls",
        f"raise the limit with `ulimit -n {needed}`, or lower HOTLINE_MAX_CALLS",
        is_needed=False,
    )


def _urgency() -> Finding:
    with ThreadPoolExecutor(1) as threads:
        is_allowed = threads.submit(_may_hurry).result(_COMMAND_SECONDS)
    return Finding(
        is_allowed,
        "voices go before other work on this machine",
        "this user may not: calls stutter and offers come late when the machine is busy; allow it "
        "with LimitRTPRIO=10 and LimitNICE=-15 in the service (docs/operations.md)",
        is_needed=False,
    )


def _may_hurry() -> bool:
    """Tries it on this thread, which ends afterwards."""
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), MOST_URGENT)
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except OSError:
        return False
    return True


def _microphone(settings: Settings) -> Finding:
    is_local = settings.host in ("127.0.0.1", "localhost", "::1")
    return Finding(
        is_local or settings.is_tls,
        "microphone for lawyers "
        + ("over https" if settings.is_tls else "on this machine (http, localhost)"),
        "browsers give other machines no microphone over plain http: set HOTLINE_TLS_CERT and "
        "HOTLINE_TLS_KEY, or run `hotline tls self-signed`",
        is_needed=False,
    )


def _certificate(settings: Settings) -> Finding:
    try:
        content = settings.tls_cert.read_bytes() if settings.tls_cert else b""
        certificate = x509.load_pem_x509_certificate(content)
        is_key_there = settings.tls_key is not None and os.access(settings.tls_key, os.R_OK)
    except (OSError, ValueError):
        return Finding(False, "certificate for https", "HOTLINE_TLS_CERT is no readable PEM file")
    ends_at = certificate.not_valid_after_utc
    return Finding(
        is_key_there and datetime.now(UTC) + _RENEW_BEFORE < ends_at,
        f"certificate for https, good until {ends_at:%Y-%m-%d}",
        "renew it (`hotline tls self-signed --renew`) and make HOTLINE_TLS_KEY readable",
    )


def _time_zone(settings: Settings) -> Finding:
    now = datetime.now(settings.zone)
    return Finding(True, f"time zone {settings.timezone}, where it is {now:%H:%M}")


def _demo(settings: Settings) -> Finding:
    is_open = is_demo_mode(settings) and settings.host not in ("127.0.0.1", "localhost", "::1")
    return Finding(
        not is_open,
        "demo mode" if is_demo_mode(settings) else "no demo: only real users may sign in",
        "anybody on the network can sign in with the published passwords; add real users with "
        "`hotline user add`",
        is_needed=False,
    )


def _node() -> Finding:
    path = shutil.which("node")
    version = _version_of(path) if path else None
    return Finding(
        version is not None and version >= _LEAST_NODE,
        f"Node.js {'.'.join(map(str, version)) if version else 'is missing'}, to build the pages",
        "needed only to build them; `make run` brings its own from PyPI",
        is_needed=False,
    )


def _version_of(node: str) -> tuple[int, ...] | None:
    try:
        answer = subprocess.run(  # noqa: S603 - the program found in PATH
            [node, "--version"], capture_output=True, text=True, timeout=_COMMAND_SECONDS
        ).stdout
        return tuple(int(part) for part in answer.strip().removeprefix("v").split("."))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def _plug_ins(settings: Settings) -> Iterator[Finding]:
    for entry in sorted(entry_points(group="hotline.doctor"), key=lambda entry: entry.name):
        try:
            rows = entry.load()(settings)
        except Exception as error:
            yield Finding(False, entry.name, f"cannot be examined ({error.__class__.__name__})")
            continue
        for is_well, text, remedy in rows:
            yield Finding(is_well, text, remedy, is_needed=False)
