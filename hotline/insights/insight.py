"""What was noticed in a sentence, and the sentence that it rests on. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What something noticed is good for."""

    TOPIC = "topic"
    FACT = "fact"
    LEGAL_AID = "legal_aid"
    DEADLINE = "deadline"
    RISK = "risk"
    LANGUAGE = "language"


class Decision(StrEnum):
    """What became of a proposal; a person decides, and both answers are kept."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the caller; milliseconds on the recording's clock.

    `segment_id` is the stored segment, None for a sentence that is not stored.
    """

    text: str
    segment_id: int | None = None
    start_ms: int = 0
    end_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """Something noticed.

    Attributes:
        kind: What it is good for.
        key: The rule's name for it, such as ``wages`` or ``amount``.
        value: What was read out of the words, such as ``30000`` (yuan); empty for most kinds.
        quote: The words it rests on.
        confidence: 0 to 1; a rule's own estimate, not a probability.
        article: The statute it follows from; empty where there is none.
        hint: One Chinese sentence for the lawyer; empty where the key says enough.
        segment_id: The stored segment it was found in.
        start_ms: Where that segment begins on the recording's clock.
        end_ms: Where it ends.
    """

    kind: Kind
    key: str
    quote: str
    confidence: float
    value: str = ""
    article: str = ""
    hint: str = ""
    segment_id: int | None = None
    start_ms: int = 0
    end_ms: int = 0
