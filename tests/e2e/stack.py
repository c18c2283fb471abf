"""The whole hotline as an operator starts it, in a directory and on ports of its own."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.peers import eventually

_HOTLINE = Path(sys.executable).with_name("hotline")
_START_SECONDS = 150.0
_STOP_SECONDS = 15.0
PASSWORD = "demo12348"


def free_ports(count: int) -> list[int]:
    """UDP and TCP ports that were free a moment ago."""
    with ExitStack() as stack:
        ports: list[int] = []
        while len(ports) < count:
            stream = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            stream.bind(("127.0.0.1", 0))
            datagram = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            try:
                datagram.bind(("127.0.0.1", stream.getsockname()[1]))
            except OSError:
                continue
            ports.append(stream.getsockname()[1])
        return ports


class Stack:
    """One running hotline in demo mode."""

    def __init__(self, directory: Path, **settings: str) -> None:
        self.data_dir = directory / "data"
        http, audio, sip, asr, trunk = free_ports(5)
        self.http_port, self.sip_port, self.trunk_port = http, sip, trunk
        # Below the ports that the kernel hands out by itself (32768 and up).
        rtp = 10240 + (os.getpid() * 37 + http) % 200 * 100
        self.environment = {
            **{name: value for name, value in os.environ.items() if "HOTLINE" not in name},
            "HOTLINE_DATA_DIR": str(self.data_dir),
            "HOTLINE_HTTP_PORT": str(http),
            "HOTLINE_AUDIO_PORT": str(audio),
            "HOTLINE_SIP_PORT": str(sip),
            "HOTLINE_ASR_PORT": str(asr),
            "HOTLINE_RTP_PORTS": f"{rtp}-{rtp + 99}",
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
    def pid(self) -> int:
        """The supervisor's process id."""
        assert self._process is not None
        return self._process.pid

    def secure(self) -> "Stack":
        """Makes the certificate with which the next start serves HTTPS."""
        self.run("tls", "self-signed")
        return self

    def start(self) -> "Stack":
        """Starts everything, waits for the ready line, makes the demo users."""
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
        self.wait_ready()
        self.run("seed-demo")
        return self

    def wait_ready(self) -> None:
        """Waits until the hotline says that it takes calls."""
        eventually(self._is_ready, what="hotline ready", timeout_seconds=_START_SECONDS)

    def _is_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"hotline up ended:\n{self.log_path.read_text()[-4000:]}")
        return any(line.startswith("hotline ready") for line in self.lines)

    def run(self, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Runs a `hotline` command beside it; it must succeed."""
        return subprocess.run(
            [str(_HOTLINE), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=True,
        )

    def stop(self) -> float:
        """Stops everything as Ctrl-C would; returns how long it took, in seconds."""
        if self._process is None:
            return 0.0
        began = time.monotonic()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=_STOP_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return time.monotonic() - began

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
        """The id of the child that runs `python -m module`."""
        wanted = f"-m {module}"
        for pid, command in sorted(self.processes().items()):
            if command.endswith(wanted) or f"{wanted} " in command:
                return pid
        return None

    def client(self, username: str) -> "Client":
        """A signed-in HTTP client."""
        return Client(self, username)

    def logs(self) -> str:
        """Everything that any process has logged."""
        return self.log_path.read_text()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                self.lines.append(line.rstrip())
        except ValueError:
            return


class Client:
    """Somebody who works with the hotline over HTTP."""

    def __init__(self, stack: Stack, username: str) -> None:
        self._http = httpx.Client(
            base_url=f"{stack.url}/api/v1", timeout=10, verify=stack.trust or True
        )
        answer = self._http.post("/session", json={"username": username, "password": PASSWORD})
        answer.raise_for_status()
        self.token = str(answer.json()["token"])
        self.user: dict[str, Any] = answer.json()["user"]
        self._http.headers["Authorization"] = f"Bearer {self.token}"
        self._http.cookies.clear()

    def get(self, path: str, **options: Any) -> Any:
        """The JSON at a path."""
        return self.ask("GET", path, **options).json()

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """An answer that is no error."""
        answer = self._http.request(method, path, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def refused(self, method: str, path: str, **options: Any) -> int:
        """The status of an answer that must be an error."""
        answer = self._http.request(method, path, **options)
        assert not answer.is_success, f"{method} {path} was allowed"
        return answer.status_code

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows of a listing."""
        rows: list[dict[str, Any]] = self.get(path)["items"]
        return rows

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()


def started(directory: Path, *, is_secure: bool = False, **settings: str) -> Iterator[Stack]:
    """A running stack; whatever happens, it is stopped in the end."""
    stack = Stack(directory, **settings)
    try:
        yield (stack.secure() if is_secure else stack).start()
    finally:
        stack.stop()
