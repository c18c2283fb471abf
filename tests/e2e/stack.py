"""The whole hotline as an operator starts it, in a directory and on ports of its own."""

import itertools
import math
import os
import random
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tests.e2e.client import Client
from tests.e2e.hurry import hurry, patient
from tests.e2e.hush import noise
from tests.e2e.peers import eventually

_HOTLINE = Path(sys.executable).with_name("hotline")

# SIPp has those below (tests/sipp/run.py), the kernel gives away those above.
_RTP_PORTS = range(20_000, 30_000)
_PORTS = range(30_000, 32_768)
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_STACKS = itertools.count()

_START_SECONDS = 150.0
# Rules under which nobody is given up because the machine stood still for some seconds.
_PATIENCE: dict[str, dict[str, object]] = {
    "agents": {"acknowledge_seconds": 10, "grace_seconds": 120},
    "speech": {"late_ms": 10_000, "too_late_ms": 60_000},
}
_STOP_SECONDS = 60.0
_LOG_CHARACTERS = 8000


def free_ports(count: int) -> list[int]:
    """UDP and TCP ports that were free a moment ago.

    Below the ports that the kernel hands out by itself, so that no connection of ours takes one
    before its hotline has it, and other ones for each worker of `pytest -n`.
    """
    with ExitStack() as stack:
        ports: list[int] = []
        while len(ports) < count:
            port = random.randrange(_PORTS.start + _WORKER, _PORTS.stop, _WORKERS)
            try:
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    stack.enter_context(socket.socket(socket.AF_INET, kind)).bind(
                        ("127.0.0.1", port)
                    )
            except OSError:
                continue
            ports.append(port)
        return ports


def _rtp_ports() -> str:
    """A hundred ports that no other stack of this run, on either worker, has."""
    number = next(_STACKS) * _WORKERS + _WORKER
    # The parent is the same for all workers, and another for another run on this machine.
    slot = (os.getppid() * 37 + number) % (len(_RTP_PORTS) // 100)
    first = _RTP_PORTS.start + slot * 100
    return f"{first}-{first + 99}"


class Stack:
    """One running hotline in demo mode."""

    def __init__(self, directory: Path, **settings: str) -> None:
        self.data_dir = directory / "data"
        http, audio, sip, asr, trunk = free_ports(5)
        self.http_port, self.sip_port, self.trunk_port = http, sip, trunk
        self.environment = {
            **{name: value for name, value in os.environ.items() if "HOTLINE" not in name},
            "HOTLINE_DATA_DIR": str(self.data_dir),
            "HOTLINE_HTTP_PORT": str(http),
            "HOTLINE_AUDIO_PORT": str(audio),
            "HOTLINE_SIP_PORT": str(sip),
            "HOTLINE_ASR_PORT": str(asr),
            "HOTLINE_RTP_PORTS": _rtp_ports(),
            "HOTLINE_TRUNK_OUTBOUND": f"127.0.0.1:{trunk}",
            # Telephones of tests are there for a call only; without them nothing shall be "down".
            "HOTLINE_TRUNK_HEARTBEAT_SECONDS": "0",
            "HOTLINE_DEMO": "1",
            "HOTLINE_LOG_LEVEL": "DEBUG",
            **settings,
        }
        self.log_path = directory / "hotline.log"
        self.lines: list[str] = []
        self.certificate = self.data_dir / "tls" / "certificate.pem"
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where the web faces are."""
        scheme = "https" if self.certificate.exists() else "http"
        return f"{scheme}://127.0.0.1:{self.http_port}"

    @property
    def trust(self) -> ssl.SSLContext | None:
        """Trusts this hotline's own certificate and nothing else; None for plain HTTP."""
        if not self.certificate.exists():
            return None
        return ssl.create_default_context(cafile=str(self.certificate))

    @property
    def is_running(self) -> bool:
        """Whether it was started, and neither stopped nor killed."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The supervisor's process id."""
        assert self._process is not None
        return self._process.pid

    def secure(self) -> "Stack":
        """Makes the certificate with which the next start serves HTTPS."""
        self.run("tls", "self-signed")
        return self

    def patient(self) -> "Stack":
        """Waits long for keys and for its own parts from the next start on."""
        self.environment |= patient(self.data_dir)
        return self

    def in_a_hurry(self) -> "Stack":
        """Says little and waits briefly in its calls from the next start on."""
        self.environment |= hurry(self.data_dir)
        return self

    def start(self) -> "Stack":
        """Starts everything, waits for the ready line, makes the demo users."""
        with noise():
            self._start()
            self.wait_ready()
            self.run("seed-demo")
            self._be_patient()
        return self

    def _be_patient(self) -> None:
        administrator = self.client("admin1")
        for kind, values in _PATIENCE.items():
            version = administrator.get(f"/configuration/{kind}")["version"]
            body = {"version": version, "values": values}
            administrator.ask("PUT", f"/configuration/{kind}", json=body)
        administrator.close()

    def _start(self) -> None:
        with self.log_path.open("a") as log:
            self._process = subprocess.Popen(
                [str(_HOTLINE), "up"],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()

    def wait_ready(self) -> None:
        """Waits until the hotline says that it takes calls."""
        try:
            eventually(self._is_ready, what="hotline ready", timeout_seconds=_START_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.end_of_logs()}") from error

    def wait_served(self) -> None:
        """Waits until the web faces answer and the telephone line is open, after a death, too."""

        def is_served() -> bool:
            try:
                answer = httpx.get(f"{self.url}/readyz", timeout=10, verify=self.trust or True)
            except httpx.HTTPError:
                return False
            # A dead telephone process counts as alive until its last beat is over.
            return answer.status_code == 200 and self._answers_telephones()

        eventually(is_served, what="readiness", timeout_seconds=_START_SECONDS)

    def _answers_telephones(self) -> bool:
        """Whether somebody answers OPTIONS at the telephone line's port."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as telephone:
            telephone.connect(("127.0.0.1", self.sip_port))
            telephone.settimeout(2)
            host, port = telephone.getsockname()
            name = secrets.token_hex(8)
            request = (
                f"OPTIONS sip:12348@{host} SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{name}\r\n"
                f"From: <sip:test@{host}>;tag={name}\r\nTo: <sip:12348@{host}>\r\n"
                f"Call-ID: {name}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
            )
            try:
                telephone.send(request.encode())
                return telephone.recv(4096).startswith(b"SIP/2.0 200 ")
            except OSError:
                return False

    def clear(self) -> "Stack":
        """Nobody calls, waits or is on duty afterwards; what ended is still in the lists."""
        self.wait_served()
        supervisor = self.client("supervisor1")
        eventually(
            lambda: _is_clear(supervisor),
            what="the end of everything that others left",
            timeout_seconds=_START_SECONDS,
        )
        supervisor.close()
        return self

    def _is_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError("hotline up ended")
        return any(line.startswith("hotline ready") for line in self.lines)

    def run(self, *arguments: str, timeout: float = 180) -> subprocess.CompletedProcess[str]:
        """Runs a `hotline` command beside it; it must succeed."""
        done = subprocess.run(
            [str(_HOTLINE), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if done.returncode != 0:
            command = " ".join(arguments)
            raise AssertionError(f"hotline {command}: {done.stderr}\n{self.end_of_logs()}")
        return done

    def stop(self) -> None:
        """Stops everything as Ctrl-C would."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=_STOP_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def kill_supervisor(self) -> None:
        """kill -9 of `hotline up` itself."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def processes(self) -> dict[int, str]:
        """Every process of this installation, by id: told by its environment or directory."""
        mark = str(self.data_dir)
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                if (path / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                    continue
                command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (path / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if mark in environment or mark in command:
                found[int(path.name)] = command.strip()
        return found

    def process(self, module: str) -> int | None:
        """The id of the child that runs `python -m module`; not of what it has forked itself."""
        wanted = f"-m {module}"
        found = [
            pid
            for pid, command in self.processes().items()
            if command.endswith(wanted) or f"{wanted} " in command
        ]
        return min(found, key=_started, default=None)

    def client(self, username: str) -> "Client":
        """A signed-in HTTP client."""
        return Client(self.url, username, trust=self.trust)

    def logs(self) -> str:
        """Everything that any process has logged."""
        return self.log_path.read_text() if self.log_path.exists() else ""

    def end_of_logs(self) -> str:
        """What each process logged last, for those who ask why a test failed."""
        # The worker's queue library says every two seconds that there is nothing to do.
        lines = [line for line in self.logs().splitlines() if '"rq.queue"' not in line]
        end = "\n".join(lines)[-_LOG_CHARACTERS:]
        return f"the end of {self.log_path}:\n{end}"

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                self.lines.append(line.rstrip())
        except ValueError:
            return


def _started(pid: int) -> float:
    """When a process began, in ticks of the kernel's clock; one that is gone comes last."""
    try:
        # Field 22 of proc(5), counted from behind the name in brackets.
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return math.inf


def _is_clear(supervisor: Client) -> bool:
    """Whether nobody calls, waits or is on duty; asks those to go who can be asked."""
    staying = [row for row in supervisor.rows("/lawyers") if row["state"] != "offline"]
    for lawyer in staying:
        supervisor.try_("PUT", f"/lawyers/{lawyer['id']}/state", json={"state": "offline"})
    for wish in supervisor.rows("/callbacks?state=waiting"):
        supervisor.try_("DELETE", f"/callbacks/{wish['id']}")
    calls = [row for row in supervisor.rows("/calls") if row["state"] != "ended"]
    return not (staying or calls or supervisor.rows("/queue"))


@contextmanager
def started(stack: Stack) -> Iterator[Stack]:
    """A running stack; whatever happens, it is stopped in the end."""
    try:
        yield stack.start()
    finally:
        stack.stop()
