"""What a dead telephone process leaves on PostgreSQL: what holds on SQLite must hold there."""

from tests.unit.ivr.test_recovery import *  # noqa: F403
