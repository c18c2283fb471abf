"""Reads values out of one table of a TOML document, and knows where it stands in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ivr.flow.errors import FlowDefinitionError, Path

CHOICE_KEYS = frozenset("123456789")
"""Keys a choice may have: 0 leads to a person and * repeats, in every menu."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table.

    Attributes:
        values: What stands in it.
        name: What messages call it.
        path: Where it stands in the document.
    """

    values: Mapping[str, object]
    name: str
    path: Path = ()

    def error(
        self,
        message: str,
        key: str | None = None,
        remedy: str = "",
        *,
        case: str = "",
        **values: object,
    ) -> FlowDefinitionError:
        """What to raise about this table, or about one of its keys.

        `case` and `values` say the same for pages in other languages; `key` is among the values.
        """
        path = self.path if key is None else (*self.path, key)
        told = {"key": key or "", **{name: str(value) for name, value in values.items()}}
        return FlowDefinitionError(message, path=path, remedy=remedy, case=case, values=told)

    def only(self, names: Iterable[str]) -> None:
        """Refuses every key but these.

        Raises:
            FlowDefinitionError: There is another.
        """
        names = list(names)
        unknown = set(self.values) - set(names)
        if unknown:
            key = min(unknown)
            known = ", ".join(names)
            message = f"{self.name} has the unknown key {key}."
            raise self.error(
                message, key, f"Take it out, or name one of: {known}.", case="unknown", known=known
            )

    def table(self, key: str, default: Mapping[str, object] | None = None) -> "Section":
        """The table under `key`.

        Raises:
            FlowDefinitionError: There is none, or no table.
        """
        value = self.values.get(key, default)
        if not isinstance(value, dict):
            message = f"The flow definition needs a table called {key}."
            raise self.error(
                message, key, f"Add a line [{key}] and its keys below.", case="no_table"
            )
        return Section(value, key, (*self.path, key))

    def tables(self, key: str) -> "Sequence[Section]":
        """The list of tables under `key`, empty when it is not there.

        Raises:
            FlowDefinitionError: It is something else.
        """
        rows = self.values.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            message = f"{self.name}: {key} must be tables."
            raise self.error(
                message,
                key,
                f"Write [[{self.name}.{key}]] before each.",
                case="no_tables",
                table=self.name,
            )
        path = (*self.path, key)
        return [Section(row, self.name, (*path, number)) for number, row in enumerate(rows)]

    def text(self, key: str, default: str | None = None) -> str:
        """The text under `key`.

        Raises:
            FlowDefinitionError: There is none.
        """
        value = self.values.get(key, default)
        if not isinstance(value, str) or not value:
            raise self.error(f"{key} must be a text.", key, f'Write {key} = "...".', case="no_text")
        return value

    def key(self, key: str, default: str | None = None) -> str:
        """The telephone key under `key`.

        Raises:
            FlowDefinitionError: It is none that can be chosen.
        """
        value = self.text(key, default)
        if value not in CHOICE_KEYS:
            message = f"{value!r} cannot be the key of a choice; 1 to 9 can."
            raise self.error(
                message,
                key,
                "0 leads to a person and * repeats, in every menu.",
                case="no_choice",
                value=value,
            )
        return value

    def texts(self, key: str, default: Iterable[str] | None = None) -> tuple[str, ...]:
        """The list of prompt keys under `key`.

        Raises:
            FlowDefinitionError: It is no list of texts.
        """
        value = self.values.get(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            message = f"{key} must be a list of prompt keys."
            raise self.error(message, key, f'Write {key} = ["..."].', case="no_list")
        return tuple(value)

    def whole(self, key: str, default: int, *, most: int = 20) -> int:
        """The whole number under `key`, 1 to `most`.

        Raises:
            FlowDefinitionError: It is something else.
        """
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise self.error(
                f"{key} must be a whole number from 1 to {most}.", key, case="no_whole", most=most
            )
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """The yes or no under `key`.

        Raises:
            FlowDefinitionError: It is something else.
        """
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.error(f"{key} must be true or false.", key, case="no_flag")
        return value

    def share(self, key: str, default: float) -> float:
        """The number from 0 to 1 under `key`.

        Raises:
            FlowDefinitionError: It is something else.
        """
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.error(f"{key} must be between 0 and 1.", key, case="no_share")
        return float(value)

    def seconds(self, key: str) -> float:
        """The duration under `key`.

        Raises:
            FlowDefinitionError: It is no number of seconds up to an hour.
        """
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 3600:
            raise self.error(f"seconds: {key} must be between 0 and 3600.", key, case="no_seconds")
        return float(value)
