"""Calling back on PostgreSQL: what holds on SQLite must hold there."""

from tests.unit.callback.test_service import *  # noqa: F403
