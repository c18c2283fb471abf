"""How long a caller is expected to wait and what is offered meanwhile, as the flow cares."""

from dataclasses import dataclass

WAIT_CLASSES = ("under_1", "1_3", "3_5", "5_10", "10_20", "over_20", "over_30")
"""Every range that has a prompt, shortest first; the figures are minutes."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A forecast for one caller.

    Attributes:
        wait: One of `WAIT_CLASSES`; None while nobody knows.
        is_long: Longer than what callers are to bear without being offered a call back.
        may_leave_message: The wait has come so far that the caller may leave a message.
    """

    wait: str | None
    is_long: bool = False
    may_leave_message: bool = False
