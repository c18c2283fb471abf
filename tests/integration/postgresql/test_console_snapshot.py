"""The console's snapshot on PostgreSQL: what holds on SQLite must hold there."""

from tests.unit.agent_console.conftest import *  # noqa: F403
from tests.unit.agent_console.test_snapshot import *  # noqa: F403
