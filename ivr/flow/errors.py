"""What can be wrong with a flow definition."""

from collections.abc import Mapping

from hotline.errors import InvalidInput

Path = tuple[str | int, ...]
"""Where something stands in a TOML document: names of tables and keys, numbers in lists."""


class FlowDefinitionError(InvalidInput):
    """The menus, prompts or timetables of a flow definition cannot be used.

    Attributes:
        path: Where in the definition; empty for the whole.
        rule: Name of the rule that it breaks; `schema` unless a rule of its own forbids it.
        remedy: What to do about it; empty where the message says it all.
        line: Where the text could not be read at all, counted from 1.
        case: Which of the rule's sentences it is.
        values: What stands in the sentences, by name.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path = (),
        rule: str = "schema",
        remedy: str = "",
        line: int | None = None,
        case: str = "",
        values: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.path = path
        self.rule = rule
        self.remedy = remedy
        self.line = line
        self.case = case
        self.values = values or {}
