"""What a recording can be."""

from enum import StrEnum


class State(StrEnum):
    """From the first sample to the file that can be listened to."""

    RECORDING = "recording"
    FINISHED = "finished"
    READY = "ready"
    FAILED = "failed"
    ERASED = "erased"
    """The caller did not want to be recorded: there is no audio any more."""
