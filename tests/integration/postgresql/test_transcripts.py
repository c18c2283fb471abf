"""Transcripts on PostgreSQL: what holds on SQLite must hold there."""

from tests.unit.hotline.transcripts.test_service import *  # noqa: F403
