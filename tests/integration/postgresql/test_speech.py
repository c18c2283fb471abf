"""Speech recognition's queries on PostgreSQL: what holds on SQLite must hold there."""

from tests.unit.asr.test_after_call import *  # noqa: F403
