"""What is found wrong or odd about a call flow. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """Calls could not be led by it; such a flow cannot be activated."""
    WARNING = "warning"
    """Callers would notice."""
    NOTE = "note"
    """Nothing is wrong, but something lies idle."""


@dataclass(frozen=True, slots=True)
class FlowFinding:
    """One finding.

    Attributes:
        rule: Name of the rule, such as `menu_too_long`.
        severity: How bad it is.
        text: What is wrong, as a sentence.
        remedy: What to do about it; empty where the text says it.
        line: Line of the file, counted from 1; None where it is about what is not there.
        place: Where in the file, such as `topic_menu.choices.2.key`; empty for the whole.
        case: Which of several sentences the rule has; empty where it has one.
        values: What stands in the sentences, by name, for pages that have them in other languages.
    """

    rule: str
    severity: Severity
    text: str
    remedy: str = ""
    line: int | None = None
    place: str = ""
    case: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Names the sentences, and never changes: pages say them in their readers' language."""
        return f"{self.rule}_{self.case}" if self.case else self.rule


def as_line(finding: FlowFinding) -> str:
    """The finding in one line, for terminals."""
    where = f"line {finding.line}: " if finding.line is not None else ""
    return f"{finding.severity.value}: {where}{finding.text} {finding.remedy}".strip()
