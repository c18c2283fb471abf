"""Reads a `FlowDefinition` from TOML text and says exactly what is wrong with it."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields

from ivr.flow.definition import Choice, FlowDefinition, Menu, Prompts, Waits
from ivr.flow.errors import FlowDefinitionError
from ivr.flow.hours import ALWAYS_OPEN, Timetable, always_open, parse_timetable

MAX_CHOICES = 5
"""GB/T 33358-2016 advises against voice menus; more than five keys nobody keeps in mind."""

_CHOICE_KEYS = frozenset("123456789")
"""Keys a choice may have: 0 leads to a person and * repeats, in every menu."""

_SECTIONS = (
    "default_language",
    "callback_key",
    "queue_position_max",
    "language_menu",
    "topic_menu",
    "rating_attempts",
    "prompts",
    "seconds",
    "timetables",
)

_Table = Mapping[str, object]


def parse_definition(text: str) -> FlowDefinition:
    """Reads a flow definition from TOML text.

    Raises:
        FlowDefinitionError: The text is not TOML, or something in it is missing, unknown or out of
            bounds. The message names it.
    """
    try:
        document: _Table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FlowDefinitionError(f"The flow definition is not valid TOML: {error}.") from error
    _only(document, _SECTIONS, "The flow definition")
    definition = FlowDefinition(
        default_language=_text(document, "default_language"),
        language_menu=_menu(document, "language_menu", value="language"),
        topic_menu=_menu(document, "topic_menu", value="topic"),
        prompts=_prompts(_table(document, "prompts")),
        waits=_waits(_table(document, "seconds", {})),
        callback_key=_key(document, "callback_key", "1"),
        queue_position_max=_whole(document, "queue_position_max", 10),
        rating_attempts=_whole(document, "rating_attempts", 2),
        timetables=_timetables(_table(document, "timetables", {})),
    )
    languages = {choice.value for choice in definition.language_menu.choices}
    if definition.default_language not in languages:
        raise FlowDefinitionError("The default language has no key in language_menu.")
    return definition


def _menu(document: _Table, name: str, *, value: str) -> Menu:
    table = _table(document, name)
    _only(table, ("intro", "choices", "outro", "retry", "attempts"), name)
    rows = table.get("choices", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FlowDefinitionError(f"{name}: choices must be tables.")
    if len(rows) > MAX_CHOICES:
        raise FlowDefinitionError(f"{name}: {len(rows)} keys are more than {MAX_CHOICES}.")
    choices = tuple(_choice(row, name, value=value) for row in rows)
    _distinct((choice.key for choice in choices), f"{name}: two choices have the key")
    _distinct((choice.value for choice in choices), f"{name}: two choices mean")
    return Menu(
        choices=choices,
        intro=_keys(table, "intro", ()),
        outro=_keys(table, "outro", ()),
        retry=_keys(table, "retry", ()),
        attempts=_whole(table, "attempts", 2),
    )


def _choice(row: _Table, menu: str, *, value: str) -> Choice:
    if "choices" in row:
        raise FlowDefinitionError(f"{menu}: a menu below a menu is too deep for a telephone.")
    _only(row, ("key", value, "prompt"), menu)
    return Choice(key=_key(row, "key"), value=_text(row, value), prompt=_text(row, "prompt"))


def _prompts(table: _Table) -> Prompts:
    known = {each.name: each.default for each in fields(Prompts)}
    _only(table, known, "prompts")
    prompts = {
        name: _keys(table, name, None if default is MISSING else default)
        for name, default in known.items()
    }
    for name, keys in prompts.items():
        # Without a prompt nothing would end, and the caller would sit in silence.
        if not keys:
            raise FlowDefinitionError(f"prompts: {name} needs at least one prompt.")
    return Prompts(**prompts)


def _waits(table: _Table) -> Waits:
    _only(table, [each.name for each in fields(Waits)], "seconds")
    seconds: dict[str, float] = {}
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 3600:
            raise FlowDefinitionError(f"seconds: {name} must be between 0 and 3600.")
        seconds[name] = float(value)
    return Waits(**seconds)


def _timetables(table: _Table) -> dict[str, Timetable]:
    if ALWAYS_OPEN in table:
        raise FlowDefinitionError(f"timetables: {ALWAYS_OPEN} is always there and cannot be set.")
    timetables = {name: parse_timetable(name, _table(table, name)) for name in table}
    return {**timetables, ALWAYS_OPEN: always_open()}


def _only(table: _Table, names: Iterable[str], place: str) -> None:
    unknown = set(table) - set(names)
    if unknown:
        raise FlowDefinitionError(f"{place} has the unknown key {min(unknown)}.")


def _distinct(values: Iterable[str], complaint: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise FlowDefinitionError(f"{complaint} {value}.")
        seen.add(value)


def _table(document: _Table, name: str, default: _Table | None = None) -> _Table:
    value = document.get(name, default)
    if not isinstance(value, dict):
        raise FlowDefinitionError(f"The flow definition needs a table called {name}.")
    return value


def _text(table: _Table, name: str, default: str | None = None) -> str:
    value = table.get(name, default)
    if not isinstance(value, str) or not value:
        raise FlowDefinitionError(f"{name} must be a text.")
    return value


def _key(table: _Table, name: str, default: str | None = None) -> str:
    value = _text(table, name, default)
    if value not in _CHOICE_KEYS:
        raise FlowDefinitionError(f"{value!r} cannot be the key of a choice; 1 to 9 can.")
    return value


def _keys(table: _Table, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
    value = table.get(name, default)
    if not isinstance(value, list | tuple) or not all(isinstance(key, str) for key in value):
        raise FlowDefinitionError(f"{name} must be a list of prompt keys.")
    return tuple(value)


def _whole(table: _Table, name: str, default: int) -> int:
    value = table.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 20:
        raise FlowDefinitionError(f"{name} must be a whole number from 1 to 20.")
    return value
