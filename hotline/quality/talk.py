"""What a judgement rests on: a talk's words with their times, and what the hotline did. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Item(StrEnum):
    """What is judged."""

    GREETING = "greeting"
    RECORDING_NOTICE = "recording_notice"
    LEGAL_AID_TOLD = "legal_aid_told"
    TALK_OVER = "talk_over"
    SILENCE = "silence"
    FORBIDDEN_WORDS = "forbidden_words"
    HOLD_TIME = "hold_time"
    WAIT_TIME = "wait_time"


class Reason(StrEnum):
    """Why an item has its points."""

    FULL = "full"
    PARTLY = "partly"
    MISSING = "missing"
    TOO_MUCH = "too_much"
    SAID = "said"
    NOT_APPLICABLE = "not_applicable"
    NO_WORDS = "no_words"


@dataclass(frozen=True, slots=True)
class Utterance:
    """A segment of the transcript; milliseconds on the recording's clock."""

    speaker: str
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One call between caller and lawyer.

    Attributes:
        utterances: What was said, by beginning.
        was_recorded: Whether it was.
        notice: Whether the caller had heard of that from the line; None where that is not known, of
            calls of the time before it was noted.
        has_refused: Whether the caller did not want to be recorded.
        may_need_legal_aid: Whether the caller's words or the ticket point to legal aid.
        is_informed_noted: Whether the lawyer ticked that the caller was told of legal aid.
        hold_seconds: How long the caller was on hold, in all.
        wait_seconds: From the queue's beginning to the lawyer; None for a call-back.
    """

    utterances: Sequence[Utterance] = ()
    was_recorded: bool = True
    notice: bool | None = True
    has_refused: bool = False
    may_need_legal_aid: bool = False
    is_informed_noted: bool = False
    hold_seconds: float = 0.0
    wait_seconds: float | None = None

    def of(self, speaker: str) -> list[Utterance]:
        """What one side said."""
        return [one for one in self.utterances if one.speaker == speaker]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the call that an item rests on; `quote` is empty for silence."""

    start_ms: int
    end_ms: int
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One item's outcome.

    Attributes:
        item: What was judged.
        share: Of the item's points, 0 to 1; None when the item does not apply.
        reason: Why.
        figure: A share or seconds that the reason speaks of.
        evidence: Where, at most a handful.
    """

    item: Item
    share: float | None
    reason: Reason
    figure: float | None = None
    evidence: tuple[Evidence, ...] = ()


def graded(value: float, *, good: float, bad: float) -> float:
    """1 up to `good`, 0 from `bad` on, in between in proportion."""
    return min(1.0, max(0.0, (bad - value) / (bad - good)))
