"""Fixtures that several folders share; the folder of a test decides its category."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from hotline.bus import Bus
from hotline.clock import FakeClock
from hotline.database import Database
from hotline.house import House
from hotline.privacy import open_vault
from hotline.settings import Settings, load_settings
from tests import lanes

# `make fuzz`: everything that is tried with random input is tried with much of it.
_UNHURRIED = hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("fuzz", _UNHURRIED, max_examples=1000)
# `make test`: the same input each time and on each machine, however slow, so that a change is
# judged by what it changed.
hypothesis.settings.register_profile("same", _UNHURRIED, derandomize=True)
hypothesis.settings.load_profile("same")

_TESTS = Path(__file__).parent
_CATEGORIES = ("unit", "integration", "e2e")

# Human Mandarin speech; lies beside the checkout where the project is developed.
SPEECH = _TESTS.parent.parent / "shared" / "asr-data" / "speech"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks each test with its folder; a test outside the three folders is an error."""
    for item in items:
        folder = item.path.relative_to(_TESTS).parts[0]
        if folder not in _CATEGORIES:
            raise pytest.UsageError(f"{item.path} must lie in one of {', '.join(_CATEGORIES)}")
        item.add_marker(folder)
    items[:] = lanes.in_order(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> lanes.Lanes:
    """Two workers get a lane each."""
    return lanes.make_scheduler(config, log)


_MEASURED: list[str] = []


@pytest.fixture
def measured() -> Callable[[str], None]:
    """Takes a line for the end of the run: figures that are shown, not asserted."""
    return _MEASURED.append


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over what its tests measured."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["measured"] = list(_MEASURED)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Takes what a worker's tests measured."""
    _MEASURED.extend(getattr(node, "workeroutput", {}).get("measured", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what tests measured."""
    if _MEASURED:
        terminalreporter.section("measured")
        for line in _MEASURED:
            terminalreporter.line(line)


class SilentBus(Bus):
    """A bus that is never there: whatever works with it works without the bus."""

    def __init__(self) -> None:
        super().__init__("unix:///nonexistent")
        self.nudges = 0
        self.live: list[tuple[str, dict[str, object]]] = []
        self.handed: list[tuple[str, str]] = []

    def nudge(self) -> None:
        """Counts."""
        self.nudges += 1

    def publish_live(self, kind: str, data: dict[str, object]) -> None:
        """Remembers."""
        self.live.append((kind, data))

    def hand_over(self, box: str, text: str) -> None:
        """Remembers."""
        self.handed.append((box, text))


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy; migrating for each test would cost seconds."""
    path = tmp_path_factory.mktemp("migrated") / "hotline.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh installation in a directory of its own."""
    return load_settings(tmp_path / "data")


@pytest.fixture
def clock() -> FakeClock:
    """A clock that the test moves."""
    return FakeClock()


@pytest.fixture
def house(settings: Settings, clock: FakeClock, migrated: Path) -> Iterator[House]:
    """A house with a real database, a clock that stands still, and no bus."""
    settings.data_dir.mkdir(parents=True)
    (settings.data_dir / "hotline.db").write_bytes(migrated.read_bytes())
    house = House(
        settings=settings,
        database=Database(settings.database_url_used),
        vault=open_vault(settings.key_file),
        bus=SilentBus(),
        clock=clock,
    )
    yield house
    house.close()
