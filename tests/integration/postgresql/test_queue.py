"""Queue and offers on PostgreSQL: what holds on SQLite must hold there."""

from tests.unit.hotline.queueing.test_dispatch import *  # noqa: F403
from tests.unit.hotline.queueing.test_offers import TestOpenOffers, TestOverflow  # noqa: F401
