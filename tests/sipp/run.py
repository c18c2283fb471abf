"""Real calls with SIPp: one function places a call, another answers one.

    place_call("call", port=5060, variables={"TALK_MS": 500})

Scenarios are the XML files beside this one. ``@NAME@`` in them stands for a variable; those that
have a default need not be given. SIPp itself is a Debian package (sip-tester).
"""

import asyncio
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from tests.ports import free_port

FOLDER = Path(__file__).parent
DEFAULT_TIMEOUT_SECONDS = 60.0
_POLL_SECONDS = 0.02
# SIPp wants more than a process may open by default, and refuses to begin.
_MOST_SOCKETS = 500
# SIP, and pairs of RTP and RTCP for audio and video.
_SIPP_PORTS = 6


def offer(
    *formats: str,
    profile: str = "RTP/AVP",
    attributes: tuple[str, ...] = (),
    host: str = "[media_ip]",
    port: str = "[media_port]",
    extra: tuple[str, ...] = (),
) -> str:
    """A session description with one audio section, as it stands in a scenario.

    Args:
        formats: Payload types; A-law, u-law and telephone-event 101 if none are given.
        profile: Transport profile.
        attributes: Attribute lines of the audio section, without ``a=``.
        host: IP address of the audio.
        port: UDP port of the audio.
        extra: Whole lines after the audio section.
    """
    chosen = formats or ("8", "0", "101")
    if not formats:
        attributes = ("rtpmap:101 telephone-event/8000", "fmtp:101 0-15", *attributes)
    lines = [
        "v=0",
        f"o=peer 53655765 2353687637 IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} {profile} {' '.join(chosen)}",
        *(f"a={attribute}" for attribute in attributes),
        *extra,
    ]
    return "\n".join(lines) + "\n"


_DEFAULTS: dict[str, object] = {
    "CALLER": "13800001234",
    "OFFER": offer(),
    "HOLD": offer(attributes=("sendonly",)),
    "HEADERS": "",
    "TO_TAG": "",
    "EXPECT": "SIP/2.0",
    "TALK_MS": 300,
    "RING_MS": 100,
}


@dataclass(frozen=True)
class SippResult:
    """How a run of SIPp ended.

    Attributes:
        exit_code: 0 if every call went as the scenario says.
        errors: What SIPp had to say about those that did not.
        log: The lines that the scenario logged.
    """

    exit_code: int
    errors: str
    log: str = ""

    def check(self) -> None:
        """Raises AssertionError with SIPp's own words unless all went well."""
        if self.exit_code != 0:
            raise AssertionError(f"SIPp ended with {self.exit_code}:\n{self.errors[:4000]}")


@dataclass
class Sipp:
    """A running SIPp; as a context manager it never outlives its block.

    Args:
        scenario: Name of an XML file in this folder, or what `tests.sipp.steps` makes.
        host: Whom to call, or whose calls to take.
        port: The UDP port there; None to wait for calls.
        variables: Values for the scenario's placeholders.
        called: The number that is dialled.
        source: IP address to call from.
        calls: How many calls in all.
        rate: New calls per second.
        at_once: Calls at the same time; as many as there are if not given.
        timeout_seconds: After which the run has failed.
        rows: What `[field0]`, `[field1]` and so on stand for, call by call; no semicolons.
        transport: SIPp's name for it: ``u1`` UDP, ``t1`` one TCP connection, ``tn`` one a call.
    """

    scenario: str
    host: str = "127.0.0.1"
    port: int | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    called: str = "12348"
    source: str = "127.0.0.1"
    calls: int = 1
    rate: int = 10
    at_once: int | None = None
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    rows: Sequence[tuple[str, ...]] = ()
    transport: str = "u1"

    def __post_init__(self) -> None:
        self.sip_port = free_port(self.source, count=_SIPP_PORTS)
        self.media_port = self.sip_port + 2
        self._directory = Path(tempfile.mkdtemp(prefix="sipp-"))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Sipp":
        self._process = subprocess.Popen(
            self._command(),
            cwd=self._directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._directory, ignore_errors=True)

    @property
    def call_id(self) -> str:
        """The Call-ID of the first call, as SIPp makes them."""
        assert self._process is not None
        return f"1-{self._process.pid}@{self.source}"

    async def listening(self) -> None:
        """Waits until SIPp takes calls."""
        async with asyncio.timeout(self.timeout_seconds):
            while not self._has_port():  # noqa: ASYNC110  # SIPp tells nobody when it is ready
                await asyncio.sleep(_POLL_SECONDS)

    def stop_calling(self) -> None:
        """Places no new calls; those that go on come to their end (SIPp's SIGUSR1)."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGUSR1)

    def _has_port(self) -> bool:
        # The kernel's tables of sockets, addresses in hexadecimal and back to front.
        address = f"{socket.inet_aton(self.source)[::-1].hex().upper()}:{self.sip_port:04X}"
        if self.transport.startswith("u"):
            return address in Path("/proc/net/udp").read_text()
        # State 0A is that of a socket that listens.
        return f"{address} 00000000:0000 0A" in Path("/proc/net/tcp").read_text()

    def wait(self) -> SippResult:
        """Waits for the end of the run."""
        assert self._process is not None
        exit_code = self._process.wait(self.timeout_seconds + 5)
        return SippResult(exit_code, self._read("errors.log"), self._read("messages.log"))

    def _read(self, name: str) -> str:
        path = self._directory / name
        return path.read_text(errors="replace") if path.exists() else ""

    def _command(self) -> list[str]:
        scenario = self._directory / "scenario.xml"
        scenario.write_text(_fill(self.scenario, self.variables))
        command = [
            *("sipp", "-sf", str(scenario), "-i", self.source, "-p", str(self.sip_port)),
            *("-mi", self.source, "-mp", str(self.media_port), "-s", self.called, "-nostdin"),
            *("-t", self.transport, "-max_socket", str(_MOST_SOCKETS)),
            *("-m", str(self.calls), "-r", str(self.rate), "-l", str(self.at_once or self.calls)),
            *("-timeout", f"{self.timeout_seconds:.0f}s", "-timeout_error"),
            *("-trace_err", "-error_file", str(self._directory / "errors.log")),
            *("-trace_logs", "-log_file", str(self._directory / "messages.log")),
        ]
        if self.rows:
            fields = self._directory / "fields.csv"
            lines = ["SEQUENTIAL", *(";".join(row) for row in self.rows)]
            fields.write_text("\n".join(lines) + "\n")
            command += ["-inf", str(fields)]
        return command if self.port is None else [*command, f"{self.host}:{self.port}"]


def place_call(
    scenario: str,
    *,
    port: int,
    host: str = "127.0.0.1",
    variables: Mapping[str, object] | None = None,
    called: str = "12348",
    source: str = "127.0.0.1",
    calls: int = 1,
    rate: int = 10,
    at_once: int | None = None,
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
    rows: Sequence[tuple[str, ...]] = (),
    transport: str = "u1",
) -> None:
    """Plays a scenario to its end; arguments as of `Sipp`.

    Raises:
        AssertionError: The other side did something else than the scenario expects.
    """
    run = Sipp(
        scenario,
        host=host,
        port=port,
        variables=variables or {},
        called=called,
        source=source,
        calls=calls,
        rate=rate,
        at_once=at_once,
        timeout_seconds=timeout_seconds,
        rows=rows,
        transport=transport,
    )
    with run:
        run.wait().check()


def _fill(scenario: str, variables: Mapping[str, object]) -> str:
    values = {**_DEFAULTS, **variables}
    is_text = scenario.startswith("<?xml")
    text = scenario if is_text else (FOLDER / f"{scenario}.xml").read_text()
    return re.sub(r"@([A-Z_]+)@", lambda match: str(values[match[1]]), text)
