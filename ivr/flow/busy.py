"""Why a caller is told at once that waiting will be long."""

from enum import StrEnum


class Busy(StrEnum):
    """What is said honestly instead of a hopeful melody."""

    LONG = "long"
    """All lines are busy, and many are ahead."""
    UNSTAFFED = "unstaffed"
    """No lawyer is signed in at all."""
