"""Migration 0018 on PostgreSQL."""

from tests.unit.hotline.directory.test_institutions import TestUpgrade

__all__ = ["TestUpgrade"]
