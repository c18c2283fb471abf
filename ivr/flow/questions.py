"""What callers can find out without a person, and what they type for it."""

from dataclasses import dataclass
from enum import Enum


class Question(Enum):
    """What about; the value is the key of the menu."""

    PROGRESS = "1"
    """How the caller's matter stands."""
    CENTRE = "2"
    """The nearest legal-aid centre."""
    HOURS = "3"
    """When the hotline is open."""


@dataclass(frozen=True, slots=True)
class District:
    """A district that is read out: six digits (GB/T 2260), and the prompt with its name."""

    code: str
    prompt: str


ANSWER_LENGTHS: dict[Question, tuple[int, ...]] = {
    # The ticket's number, and the end of the telephone number it was opened for.
    Question.PROGRESS: (10, 4),
    # GB/T 2260: province, city, district.
    Question.CENTRE: (6,),
    Question.HOURS: (),
}
"""How many digits each number has that is typed for it."""

MOST_LOOKUPS = 3
"""So often a ticket may be asked for in one call, so that nobody tries numbers through."""

ANSWER_PROMPTS = (
    "info_unknown",
    "progress_open",
    "progress_done",
    "progress_submitted",
    "progress_documents",
    "progress_accepted",
    "progress_decided",
    "progress_withdrawn",
    "centre_found",
    "means_limit",
    "means_year",
    "means_exceptions",
    "hours_always",
    "hours_today",
    "hours_to",
    "hours_closed",
    "sms_promised",
)
"""What answers are made of, beside numbers."""
