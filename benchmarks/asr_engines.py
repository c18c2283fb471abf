"""Which engines are measured: all of Mandarin that this machine has or can reach."""

import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from asr.catalogue import MODELS
from asr.choices import Choice
from asr.inventory import choices
from asr.remote_engine import RemoteEngine
from asr.remote_servers import parse_address
from asr.remote_watch import look
from hotline.errors import NotConfigured
from hotline.settings import Settings

# What is spoken in the recorded clips.
LANGUAGE = "zh"

NAMES = ("whisper", "vosk", "remote")

# Loading Whisper takes some seconds, on a busy machine many.
_READY_SECONDS = 120.0
_STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An engine to be measured.

    Attributes:
        name: How tables call it.
        setting: How HOTLINE_ASR_ENGINES calls it.
        is_beside: Whether a server that the benchmark itself started does its work.
    """

    name: str
    setting: str
    is_beside: bool = False

    @property
    def language(self) -> str:
        """What it understands; the first, where there are several."""
        return self.setting.partition("=")[0].strip()


@contextmanager
def candidates(wanted: str, operator: Settings) -> Iterator[list[Candidate]]:
    """The engines that were asked for and are there; of each that is not, a line says why.

    Args:
        wanted: A list of names, as in ``whisper,vosk,remote``, or settings as HOTLINE_ASR_ENGINES
            has them, with semicolons between them.
        operator: The settings of the installation: its models and its speech servers count.

    Raises:
        NotConfigured: There is no such engine, or its setting cannot be understood.
    """
    with ExitStack() as running:
        found: list[Candidate] = []
        for part in filter(None, (piece.strip() for piece in wanted.split(";"))):
            if "=" in part:
                found.append(Candidate(part, part))
                continue
            for name in (piece.strip() for piece in part.split(",")):
                found += _named(name, operator, running)
        yield found


def _named(name: str, operator: Settings, running: ExitStack) -> list[Candidate]:
    match name:
        case "whisper":
            return _whisper(operator)
        case "vosk":
            return _vosk(operator)
        case "remote":
            servers = _chosen(operator, engine="remote")
            return _remote(servers) if servers else _own(operator, running)
        case _:
            raise NotConfigured(f"There is no engine {name}: name any of {', '.join(NAMES)}.")


def _whisper(operator: Settings) -> list[Candidate]:
    setting = f"{LANGUAGE}=whisper"
    remedy = choices(operator, setting)[LANGUAGE].remedy
    return _unless(remedy, "whisper", [Candidate("whisper", setting)])


def _vosk(operator: Settings) -> list[Candidate]:
    """Every model of Mandarin that is installed."""
    names = [row.name for row in MODELS if row.engine == "vosk" and LANGUAGE in row.languages]
    known = [choices(operator, f"{LANGUAGE}=vosk:{name}")[LANGUAGE] for name in names]
    chosen = _chosen(operator, engine="vosk")
    there = [choice for choice in (*known, *chosen) if not choice.remedy]
    # Hotlines of benchmarks have other directories than the operator's.
    found = {
        choice.directory: Candidate(
            f"vosk:{choice.model}", f"{LANGUAGE}=vosk:{choice.directory.absolute()}"
        )
        for choice in there
    }
    remedy = "" if there else (*chosen, *known)[0].remedy
    return _unless(remedy, "vosk", list(found.values()))


def _remote(servers: Sequence[Choice]) -> list[Candidate]:
    """The operator's servers that can be reached, without what takes over for them."""
    texts = servers[0].servers
    engine = RemoteEngine([parse_address(text) for text in texts], language=LANGUAGE)
    look(engine)
    there: list[str] = []
    for text, health in zip(texts, engine.servers.health(), strict=True):
        if health.is_reachable:
            there.append(text)
        else:
            print(f"{health.address.shown} cannot be reached: not measured")
    remedy = "" if there else "None of its servers can be reached."
    found = Candidate(f"remote:{len(there)} servers", f"{LANGUAGE}=remote:{'|'.join(there)}")
    return _unless(remedy, "remote", [found])


def _chosen(operator: Settings, *, engine: str) -> list[Choice]:
    """What the operator set for Mandarin, if it is this engine."""
    choice = choices(operator).get(LANGUAGE)
    return [choice] if choice is not None and choice.engine == engine else []


def _unless(remedy: str, name: str, found: list[Candidate]) -> list[Candidate]:
    if remedy:
        print(f"{name} is not measured: {remedy}", flush=True)
        return []
    return found


def _own(operator: Settings, running: ExitStack) -> list[Candidate]:
    """A speech server with Whisper behind it, where the operator has none that could be asked."""
    setting = f"{LANGUAGE}=whisper"
    if remedy := choices(operator, setting)[LANGUAGE].remedy:
        return _unless(remedy, "remote", [])
    url = running.enter_context(_served(setting))
    return [Candidate("remote (own server)", f"{LANGUAGE}=remote:{url}", is_beside=True)]


@contextmanager
def _served(setting: str) -> Iterator[str]:
    """The address of a server process that lasts as long as this does.

    Raises:
        NotConfigured: It does not start.
    """
    command = [sys.executable, "-m", "benchmarks.vosk_server", "--setting", setting]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            ready, _, _ = select.select([process.stdout], [], [], _READY_SECONDS)
            url = process.stdout.readline().strip() if ready else ""
            if not url:
                raise NotConfigured("The benchmark's own speech server does not start.")
            yield url
        finally:
            # It stops when its standard input ends.
            process.stdin.close()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
