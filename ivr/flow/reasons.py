"""Why a call or a wait ended."""

from enum import StrEnum


class EndReason(StrEnum):
    """Why a call ended; stored with the call and shown in the call list."""

    CALLER_HUNG_UP = "caller_hung_up"
    CALLER_LOST = "caller_lost"
    """The caller's audio stopped without a good-bye."""
    LAWYER_HUNG_UP = "lawyer_hung_up"
    LAWYER_LOST = "lawyer_lost"
    LAWYER_UNREACHED = "lawyer_unreached"
    """The telephone on which the lawyer takes calls was not answered with a key."""
    TRANSFERRED = "transferred"
    """The caller was handed on to a third party outside the hotline."""
    HANDED_ON = "handed_on"
    """The caller was handed on to another lawyer or to the queue."""
    CALLBACK_BOOKED = "callback_booked"
    INFORMED = "informed"
    """The caller heard what they asked for and needed nobody."""
    OUT_OF_HOURS = "out_of_hours"
    QUEUE_CLOSED = "queue_closed"
    CALLEE_BUSY = "callee_busy"
    CALLEE_NO_ANSWER = "callee_no_answer"
    CALLEE_UNREACHABLE = "callee_unreachable"
    CALLEE_FAILED = "callee_failed"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"
    ENGINE_FAILED = "engine_failed"
