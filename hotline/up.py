"""`hotline up`: everything on one machine, watched over, in the foreground."""

import http.client
import json
import logging
import os
import signal
import ssl
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points

from hotline import demo, premises, valkey
from hotline.accounts.demo_mode import is_demo_mode
from hotline.bus import Bus
from hotline.database import Database
from hotline.errors import NotConfigured
from hotline.house import open_house
from hotline.settings import Settings
from hotline.supervisor import Program, Supervisor

log = logging.getLogger(__name__)

Say = Callable[[str], None]

# In the order they are started: the web process tells when calls can be taken.
PROCESSES = (
    ("ivr", "ivr"),
    ("web", "hotline.web"),
    ("gateway", "agent_console.gateway"),
    ("dispatcher", "hotline.dispatcher"),
    ("asr", "asr"),
    ("worker", "hotline.worker"),
)

# The C library gives each thread a heap of its own, and each keeps what its busiest moment needed
# (2026-11-23, 450 calls after 150: web grew by 1.0 MB instead of 3.2, ivr by 7.1 instead of 9.4).
# Threads that wait for each other anyway need one; those that compute side by side do not wait.
_ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}
_COMPUTING = frozenset({"asr", "worker"})

_VALKEY_SECONDS = 30.0
_SLOW_SECONDS = 30.0
_PROBE_SECONDS = 1.0


def up(settings: Settings, *, say: Say, is_trial: bool) -> None:
    """Runs everything until SIGTERM or Ctrl-C.

    Args:
        settings: What to run.
        say: Tells a line to whoever started it.
        is_trial: A newcomer's start: demo users are made when nobody real is there.

    Raises:
        NotConfigured: Something is in the way; the sentence says what to do.
    """
    premises.check_directory(settings)
    with premises.alone(settings):
        settings = premises.settle_ports(settings)
        premises.check_ports(settings)
        _open_database(settings)
        logins = _prepare_demo(settings, say=say) if is_trial else ()
        with Supervisor() as supervisor:
            _start(supervisor, settings)
            if _await_ready(supervisor, settings, say):
                _greet(settings, say, logins)
                supervisor.attend()
            say("hotline stopping")
    say("hotline stopped")


def programs(settings: Settings) -> Iterator[Program]:
    """The processes, each with its whole environment."""
    environment = {
        **os.environ,
        "HOTLINE_DATA_DIR": str(settings.data_dir.absolute()),
        "HOTLINE_HOST": settings.host,
        "HOTLINE_HTTP_PORT": str(settings.http_port),
        "HOTLINE_AUDIO_PORT": str(settings.audio_port_used),
        "HOTLINE_SIP_HOST": settings.sip_host,
        "HOTLINE_SIP_PORT": str(settings.sip_port),
        "HOTLINE_ASR_PORT": str(settings.asr_port),
    }
    for name, module in PROCESSES:
        heap = {} if name in _COMPUTING else _ONE_HEAP
        yield Program(name, (sys.executable, "-m", module), {**heap, **environment})


def web_address(settings: Settings, host: str | None = None) -> str:
    """Where the web faces are, as one would type it."""
    scheme = "https" if settings.is_tls else "http"
    return f"{scheme}://{host or near_host(settings.host)}:{settings.http_port}"


def near_host(host: str) -> str:
    """The host by which this machine reaches what listens on it."""
    near = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on
    return f"[{near}]" if ":" in near else near


def _open_database(settings: Settings) -> None:
    database = Database(settings.database_url_used)
    try:
        database.migrate()
    finally:
        database.close()
    # Makes the key where there is none yet, so that no two processes do.
    open_house(settings).close()


def _prepare_demo(settings: Settings, *, say: Say) -> tuple[demo.Login, ...]:
    house = open_house(settings)
    try:
        return demo.seed(house)
    except demo.RealUsersExist as refusal:
        say(f"No demo: {refusal}")
        return ()
    finally:
        house.close()


def _start(supervisor: Supervisor, settings: Settings) -> None:
    if not settings.redis_url:
        _start_valkey(supervisor, settings)
    _forget_beats(settings)
    for program in programs(settings):
        if not supervisor.is_stopping:
            supervisor.add(program)


def _start_valkey(supervisor: Supervisor, settings: Settings) -> None:
    valkey.prepare(settings)
    # After kill -9 of a predecessor its server closes its files first; two must not share them.
    supervisor.attend(
        lambda: not valkey.is_answering(settings.valkey_socket), timeout_seconds=_VALKEY_SECONDS
    )
    supervisor.add(
        Program(
            "valkey",
            tuple(valkey.command(settings)),
            os.environ,
            death_signal=signal.SIGTERM,
            stops_last=True,
        )
    )
    is_answering = supervisor.attend(
        lambda: valkey.is_answering(settings.valkey_socket), timeout_seconds=_VALKEY_SECONDS
    )
    if not is_answering and not supervisor.is_stopping:
        raise NotConfigured(
            f"The embedded Valkey does not start in {valkey.directory_of(settings)}; its own "
            "lines above say why. A full disk or a network file system are the usual causes."
        )


def _forget_beats(settings: Settings) -> None:
    """A predecessor's last beats, kept by the server, must not pass for ours."""
    bus = Bus(settings.redis_url_used)
    for name, _ in PROCESSES:
        bus.forget_beat(name)
    bus.close()


def _await_ready(supervisor: Supervisor, settings: Settings, say: Say) -> bool:
    """Waits until calls are taken; tells every half minute what is missing."""
    while not supervisor.is_stopping:
        if supervisor.attend(lambda: _missing(settings) is None, timeout_seconds=_SLOW_SECONDS):
            return True
        if not supervisor.is_stopping:
            say(f"hotline is not ready yet: {_missing(settings)}")
    return False


def _missing(settings: Settings) -> str | None:
    """What the web process says is missing, None when nothing is."""
    host = near_host(settings.host).strip("[]")
    try:
        if settings.is_tls:
            # Asks itself on this machine; the certificate is for the names others use.
            context = ssl._create_unverified_context()  # noqa: S323 - see above
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, settings.http_port, timeout=_PROBE_SECONDS, context=context
            )
        else:
            connection = http.client.HTTPConnection(
                host, settings.http_port, timeout=_PROBE_SECONDS
            )
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            body = answer.read(2000).decode(errors="replace")
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        return f"the web process does not answer ({error.__class__.__name__})"
    return None if answer.status == http.HTTPStatus.OK else _summary(body)


def _summary(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        return body[:200]


def _greet(settings: Settings, say: Say, logins: tuple[demo.Login, ...]) -> None:
    web = web_address(settings)
    sip_host = near_host(settings.sip_host)
    say(
        f"hotline ready  console {web}/  citizens {web}/callback  api {web}/api/docs  "
        f"telephone sip:12348@{sip_host}:{settings.sip_port} (UDP)"
    )
    for login in logins:
        say(f"  sign in as {login.username} with {login.password}  ({login.what})")
    if not logins and is_demo_mode(settings):
        say("  demo mode: `hotline seed-demo` makes users and prints their logins")
    if not settings.is_tls and near_host(settings.host) not in ("127.0.0.1", "localhost", "[::1]"):
        say(
            "  browsers on other machines give no microphone to plain http; "
            "`hotline tls self-signed` makes a certificate"
        )
    for text, remedy in _weaknesses(settings):
        say(f"  {text}: {remedy}")


def _weaknesses(settings: Settings) -> Iterator[tuple[str, str]]:
    """What the parts say is missing though calls are taken, such as a speech model."""
    for entry in entry_points(group="hotline.doctor"):
        try:
            findings = entry.load()(settings)
        except Exception:
            log.exception("check failed", extra={"check": entry.value})
            continue
        yield from ((text, remedy) for is_well, text, remedy in findings if not is_well)
