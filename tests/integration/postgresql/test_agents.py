"""Duty lawyers on PostgreSQL: what holds on SQLite must hold there."""

from tests.unit.hotline.agents.test_service import *  # noqa: F403
