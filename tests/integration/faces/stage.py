"""A stage for the faces: the real web process and dispatcher, without telephones.

What a telephone would cause is written by hand through the same services that the call engine uses,
so that every screen can be brought about in a moment and looked at.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlmodel import col, select
from websockets.sync.server import Server, ServerConnection, serve

from hotline import demo, valkey
from hotline.agents import service as agents
from hotline.agents.rules import LawyerState
from hotline.callers import service as callers
from hotline.calls import legs, service as calls
from hotline.configuration import service as configuration
from hotline.events import EventType
from hotline.heartbeat import beat
from hotline.house import House, open_house
from hotline.queueing import service as queueing
from hotline.settings import Settings
from hotline.tables import Call, Lawyer, LawyerTelephone, Leg, Offer, User
from hotline.transcripts import service as transcripts

_START_SECONDS = 150.0
_LOOK_SECONDS = 0.05

# Rules of a hotline on which nothing ends by the clock while a test looks at it.
_PATIENCE: Mapping[str, Mapping[str, object]] = {
    "agents": {
        "acknowledge_seconds": 10,
        "grace_seconds": 300,
        "offer_seconds": 120,
        "wrap_up_seconds": 1800,
    },
    "queue": {"avoid_seconds": 600},
}


def eventually(ask: Callable[[], object], *, seconds: float = 60.0) -> None:
    """Looks again and again until the answer is true.

    Raises:
        AssertionError: It does not become true in time.
    """
    deadline = time.monotonic() + seconds
    while not ask():
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {seconds} s")
        threading.Event().wait(_LOOK_SECONDS)


class Process:
    """One of the hotline's processes."""

    def __init__(self, settings: Settings, module: str, logs: Path) -> None:
        self._module = module
        self._log = logs / f"{module}.log"
        self._environment = {
            "HOTLINE_DATA_DIR": str(settings.data_dir),
            "HOTLINE_HTTP_PORT": str(settings.http_port),
            "HOTLINE_AUDIO_PORT": str(settings.audio_port_used),
            "HOTLINE_DEMO": "1",
            "PATH": "/usr/bin:/bin",
        }
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it; it logs to a file of its own."""
        command = [sys.executable, "-m", self._module]
        with self._log.open("a") as log:
            self._running = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)

    def kill(self) -> None:
        """Ends it as a crash would."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def stop(self) -> None:
        """Ends it as an operator would."""
        if self._running is None:
            return
        self._running.terminate()
        try:
            self._running.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass
class Heard:
    """What came over the browsers' audio."""

    frames: int = 0
    connections: int = 0


class Stage:
    """A running web process, and the telephone's part of the play."""

    def __init__(self, house: House, heard: Heard, web: "Process") -> None:
        self.house = house
        self.heard = heard
        self.web = web

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.house.settings.http_port}"

    def caller_waits(
        self, number: str, *, language: str = "zh", topic: str | None = "labour", priority: int = 0
    ) -> str:
        """Somebody has gone through the menus and waits; returns the call's id."""
        with self.house.database.session() as session:
            caller = callers.find_or_create(session, self.house, number)
            call = calls.begin(session, self.house, caller_id=caller.id, called="12348")
            values = {"state": "queued", "language": language, "topic": topic}
            calls.change(session, self.house, call, answered_at=self.house.clock.now(), **values)
            queueing.enter(
                session, self.house, language=language, topic=topic, call=call, priority=priority
            )
            return call.id

    def caller_hangs_up(self, call_id: str) -> None:
        """The caller is gone, from the queue or from the talk."""
        with self.house.database.session() as session:
            call = calls.find(session, call_id)
            for place in queueing.waiting(session, self.house):
                if place.entry.call_id == call_id:
                    queueing.leave(session, self.house, place.entry, reason="hung_up")
            calls.end(session, self.house, call, reason="caller_hung_up")

    def bridge(self, call_id: str) -> None:
        """The engine has put caller and lawyer together."""

        def accepted() -> bool:
            with self.house.database.reading() as session:
                query = select(Leg).where(col(Leg.call_id) == call_id, col(Leg.state) == "wanted")
                return session.exec(query).first() is not None

        eventually(accepted)
        with self.house.database.session() as session:
            call = calls.find(session, call_id)
            for leg in legs.open_legs(session, call_id):
                leg.state, leg.rtp_host, leg.rtp_port = "ready", "127.0.0.1", 20000
                session.add(leg)
                self.house.record(
                    session,
                    EventType.LEG_READY,
                    leg_id=leg.id,
                    call_id=call_id,
                    lawyer_id=leg.lawyer_id,
                )
            for speaker in ("caller", "lawyer"):
                transcripts.open_stream(
                    session,
                    self.house,
                    call_id=call_id,
                    leg=speaker,
                    speaker=speaker,
                    language=call.language or "zh",
                )
            moment = self.house.clock.now()
            calls.change(session, self.house, call, state="talking", bridged_at=moment)

    def says(self, call_id: str, speaker: str, text: str, *, at_ms: int) -> None:
        """A sentence has been recognised."""
        with self.house.database.session() as session:
            transcripts.add_segment(
                session,
                self.house,
                call_id=call_id,
                speaker=speaker,
                start_ms=at_ms,
                end_ms=at_ms + 200 * len(text),
                text=text,
                language="zh",
                confidence=0.9,
                engine="whisper",
                model="base",
            )

    def misses(self, call_id: str, speaker: str, *, start_ms: int, end_ms: int) -> None:
        """Speech recognition was away for a while."""
        with self.house.database.session() as session:
            for stream in transcripts.streams_of(session, call_id):
                if stream.speaker == speaker and stream.id is not None:
                    transcripts.mark_gap(
                        session, self.house, stream.id, start_ms=start_ms, end_ms=end_ms
                    )

    def is_saying(self, call_id: str, speaker: str, text: str, *, at_ms: int) -> None:
        """The beginning of a sentence has been recognised."""
        data = {"call_id": call_id, "speaker": speaker, "start_ms": at_ms}
        self.house.bus.publish_live(
            "transcript.partial", data | {"end_ms": at_ms + 400, "text": text}
        )

    def offered_to(self, username: str) -> bool:
        """Whether a caller is being offered to this lawyer now."""
        with self.house.database.reading() as session:
            query = (
                select(Offer)
                .join(User, col(User.id) == col(Offer.lawyer_id))
                .where(col(User.username) == username, col(Offer.state) == "open")
            )
            return session.exec(query).first() is not None

    def clear(self) -> None:
        """Everybody goes home: no calls, no queue, no lawyer on duty."""
        with self.house.database.session() as session:
            for call in calls.unended(session):
                calls.end(session, self.house, call, reason="caller_hung_up")
            for place in queueing.waiting(session, self.house):
                queueing.leave(session, self.house, place.entry, reason="hung_up")
        with self.house.database.session() as session:
            for lawyer in session.exec(select(Lawyer)):
                agents.change(session, self.house, lawyer, LawyerState.OFFLINE, by="system")
                lawyer.missed_offers = 0
            for telephone in session.exec(select(LawyerTelephone)):
                session.delete(telephone)
        self.be_patient()

    def be_patient(self) -> None:
        """No page is given up because the machine stood still for some seconds."""
        for kind, values in _PATIENCE.items():
            with self.house.database.session() as session:
                known = configuration.history(session, kind)
                if not known:
                    configuration.change(session, self.house, kind, values, expected=0, by=None)

    def call(self, call_id: str) -> Call:
        """The call as it stands."""
        with self.house.database.reading() as session:
            return calls.find(session, call_id)


@contextmanager
def running(settings: Settings, logs: Path) -> Iterator[Stage]:
    """Runs bus, web process, dispatcher and an audio gateway that sends back what it hears."""
    with ExitStack() as stack:
        stack.enter_context(valkey.running(settings))
        house = open_house(settings)
        stack.callback(house.close)
        house.database.migrate()
        demo.seed(house)
        heard = Heard()
        _start_gateway(stack, settings, heard)
        web = Process(settings, "hotline.web", logs)
        for process in (web, Process(settings, "hotline.dispatcher", logs)):
            process.start()
            stack.callback(process.stop)
        _start_heart(stack, house)
        eventually(lambda: _answers(settings), seconds=_START_SECONDS)
        yield Stage(house, heard, web)


def _start_gateway(stack: ExitStack, settings: Settings, heard: Heard) -> None:
    def converse(connection: ServerConnection) -> None:
        heard.connections += 1
        with suppress(Exception):
            connection.send('{"type":"ready"}')
            for frame in connection:
                if isinstance(frame, bytes):
                    heard.frames += 1
                    connection.send(frame)

    server: Server = serve(converse, "127.0.0.1", settings.audio_port_used)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stack.callback(thread.join, 5)
    stack.callback(server.shutdown)


def _start_heart(stack: ExitStack, house: House) -> None:
    stopped = threading.Event()

    def live() -> None:
        while not stopped.wait(1.0):
            beat(house, "ivr")

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    stack.callback(thread.join, 5)
    stack.callback(stopped.set)


def _answers(settings: Settings) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{settings.http_port}/healthz").status_code == 200
    except httpx.TransportError:
        return False
