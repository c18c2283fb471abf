"""Recordings on PostgreSQL: what holds on SQLite must hold there."""

from tests.unit.recordings.test_storage import *  # noqa: F403
