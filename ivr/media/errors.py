"""What can go wrong with the media engine, as its users see it.

HotlineError
├── EngineGone            the engine's process is no longer there
├── NoPortFree            (a TooMany) every RTP port of the range is taken
├── NoSuchLeg             (a NotFound)
├── NoSuchRecording       (a NotFound)
├── PromptUnreadable      (an InvalidInput) a prompt is missing or not 8 kHz mono 16-bit WAV
├── RecordingImpossible   (a Conflict) the recording's file cannot be written
└── MessageUnreadable     (an InvalidInput) not a message of the control protocol
"""

from hotline.errors import Conflict, HotlineError, InvalidInput, NotFound, TooMany


class EngineGone(HotlineError):
    """The engine's process has ended; whatever it was doing is over."""


class NoPortFree(TooMany):
    """Every port of the RTP range is in use, by us or by another program."""

    def __init__(self, message: str, *, retry_after_seconds: int = 30) -> None:
        super().__init__(message, retry_after_seconds=retry_after_seconds)


class NoSuchLeg(NotFound):
    """The engine has no leg of this name, or has one already where a new one was asked for."""


class NoSuchRecording(NotFound):
    """The engine writes no recording of this name (it may have failed or been stopped)."""


class PromptUnreadable(InvalidInput):
    """A prompt's file is missing, or is not an 8 kHz mono 16-bit WAV; nothing is played."""


class RecordingImpossible(Conflict):
    """The recording's file could not be opened, or exists already; nothing is recorded."""


class MessageUnreadable(InvalidInput):
    """The bytes are not a message of the control protocol."""
