"""Every error of the platform descends from one class.

    HotlineError
    ├── NotFound            what was asked for does not exist, or may not be seen
    ├── NotSignedIn         nobody is signed in, or user name and password do not fit
    ├── NotAllowed          the person's role does not allow it
    ├── Conflict            somebody or something was faster, or the state has moved on
    ├── InvalidInput        what was sent cannot be used; the message says what to send instead
    ├── TooMany             a limit was reached; try again after `retry_after_seconds`
    └── NotConfigured       this machine lacks something; the message says how to get it

Messages are sentences for people, carry ids, and never numbers, names or transcripts.
Edges map the classes to their own answers (HTTP status, console notice, SIP status).
"""

from collections.abc import Sequence


class HotlineError(Exception):
    """The root of the tree; catching it catches everything the platform raises on purpose."""


class NotFound(HotlineError):
    """What was asked for does not exist, or the reader may not know that it does."""


class NotSignedIn(HotlineError):
    """Nobody is signed in, the sign-in has ended, or user name and password do not fit."""


class NotAllowed(HotlineError):
    """The person's role does not allow this."""


class Conflict(HotlineError):
    """Somebody was faster, or the thing is no longer in the state that this needs.

    Attributes:
        reason: Which of several causes it is, for pages to say it in their own words.
    """

    def __init__(self, message: str, *, reason: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class InvalidInput(HotlineError):
    """What was sent cannot be used; the message says what to send instead.

    Attributes:
        fields: What is wrong with each field, by its dotted name, where that is known.
    """

    def __init__(self, message: str, *, fields: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.fields = tuple(fields)


class TooMany(HotlineError):
    """A limit was reached.

    Attributes:
        retry_after_seconds: When trying again makes sense.
    """

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class NotConfigured(HotlineError):
    """This machine or installation lacks something; the message says how to get it."""
