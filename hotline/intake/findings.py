"""What the preliminary finding says: a proposal with its articles, which a person decides on.

No value in this module means refusal. Where the listed grounds do not fit, the track is `CONSULT`
or `REVIEW`: advice is owed to everybody (articles 22 and 23), and provinces may add grounds.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Track(StrEnum):
    """The way on that the facts point to."""

    ASK = "ask"
    """The facts leave more than one way open; the questions say what is missing."""
    MANDATORY_DEFENCE = "mandatory_defence"
    """The organs must have counsel appointed (articles 25 paragraph 1 and 28)."""
    DISCRETIONARY_DEFENCE = "discretionary_defence"
    """The court may have counsel appointed (article 25 paragraph 2); one may also apply."""
    DUTY_LAWYER = "duty_lawyer"
    """A duty lawyer helps (article 30); one may also apply (article 24)."""
    CRIMINAL_VICTIM = "criminal_victim"
    CIVIL = "civil"
    RETRIAL = "retrial"
    REVIEW = "review"
    """The national text leaves it open: local rules or a special regime decide."""
    CONSULT = "consult"
    """No listed ground fits so far: advice, and the other ways named."""
    OBJECTION = "objection"
    TERMINATION = "termination"


class MeansTest(StrEnum):
    """What has to be shown of the person's means."""

    ASK = "ask"
    NOT_APPLICABLE = "not_applicable"
    NONE = "none"
    """Means do not matter (article 32)."""
    EXEMPT_FROM_CHECK = "exempt_from_check"
    """Means matter but are proved by a standing (article 42)."""
    CHECK = "check"
    CHECK_OR_OTHER_REASON = "check_or_other_reason"
    """Means, or any other reason for having no counsel (article 24)."""


class Confidence(StrEnum):
    """How much of the finding can still change when more becomes known."""

    HIGH = "high"
    """No unknown fact can change track or means test."""
    MEDIUM = "medium"
    """The track stands; the means test is open."""
    LOW = "low"
    """The track is open."""


@dataclass(frozen=True, slots=True)
class Article:
    """One place in the Legal Aid Law (in force since 2022-01-01), and why it is named.

    Attributes:
        number: Article number.
        paragraph: Paragraph, from 1; None when the article has only one.
        item: Numbered item, from 1; None when the article lists none.
        reason: One short Chinese sentence.
    """

    number: int
    paragraph: int | None = None
    item: int | None = None
    reason: str = ""

    @property
    def code(self) -> str:
        """The place in short: "31(5)", or "25.1(4)" with a paragraph."""
        paragraph = "" if self.paragraph is None else f".{self.paragraph}"
        item = "" if self.item is None else f"({self.item})"
        return f"{self.number}{paragraph}{item}"


@dataclass(frozen=True, slots=True)
class Document:
    """A document to bring, in Chinese words."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit that the law sets for a step.

    Days are natural days, not working days; the day of the event is not counted.

    Attributes:
        id: Stable name of the step.
        text: Chinese: from which event to which step.
        days: Natural days; 0 when the limit is in hours.
        hours: Hours; 0 when the limit is in days.
        article: Code of the article, as `Article.code`.
    """

    id: str
    text: str
    days: int
    hours: int
    article: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """Something to do or to mind besides the track.

    Attributes:
        id: Stable name; screens choose icons and order by it.
        text: One Chinese sentence.
        source: The article or statute it rests on, in Chinese.
        article: Code of the place in the Legal Aid Law; "" when the source is another one.
        is_urgent: Whether it comes before everything else.
    """

    id: str
    text: str
    source: str
    article: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask, because the answer may change the finding or the way to help.

    Attributes:
        id: The name of the field in `IntakeFacts` that the answer fills.
        text: The question in Chinese, as one would put it to the caller.
        is_decisive: Whether track or means test wait for the answer.
    """

    id: str
    text: str
    is_decisive: bool


@dataclass(frozen=True, slots=True)
class Organisation:
    """Which legal-aid institution takes the application (article 38).

    Attributes:
        rule: The rule in Chinese.
        places: Places whose institution may take it, any of them; empty when none is known.
    """

    rule: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The preliminary finding.

    Attributes:
        track: The way on.
        possible_tracks: Every track that the facts still allow, most specific first.
        means_test: What has to be shown of the person's means.
        confidence: How much can still change.
        articles: Places in the law it rests on.
        organisation: Where to apply.
        documents: What to bring.
        deadlines: Time limits that the steps ahead have.
        overlays: What to do or mind besides, urgent ones first.
        questions: What to ask next, decisive ones first.
        reminders: Limitation periods and the like of the matter, in Chinese.
        alternatives: Other ways to help, in Chinese.
        needs_human: Always true: nobody is decided on by the machine alone
            (Personal Information Protection Law, article 24).
    """

    track: Track
    possible_tracks: tuple[Track, ...]
    means_test: MeansTest
    confidence: Confidence
    articles: tuple[Article, ...]
    organisation: Organisation
    documents: tuple[Document, ...]
    deadlines: tuple[Deadline, ...]
    overlays: tuple[Overlay, ...]
    questions: tuple[Question, ...]
    reminders: tuple[str, ...]
    alternatives: tuple[str, ...]
    needs_human: Literal[True] = True
