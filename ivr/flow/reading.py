"""Reads a `FlowDefinition` from TOML text and says exactly what is wrong with it."""

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import MISSING, fields
from typing import Any

from ivr.flow.definition import Choice, FlowDefinition, Menu, Waits
from ivr.flow.errors import FlowDefinitionError
from ivr.flow.hours import ALWAYS_OPEN, Timetable, always_open, parse_timetable
from ivr.flow.prompts import Prompts
from ivr.flow.questions import District
from ivr.flow.reading_keys import RIGHTS_KEYS, message_key, rights_key
from ivr.flow.sections import Section
from ivr.flow.spoken import SPOKEN_LANGUAGES, SpokenTopic

MAX_CHOICES = 5
"""GB/T 33358-2016 advises against voice menus; more than five keys nobody keeps in mind."""

MENU_TOO_LONG, MENU_TOO_DEEP = "menu_too_long", "menu_too_deep"

OVERRIDES = frozenset({MENU_TOO_LONG, MENU_TOO_DEEP})
"""Rules that a file may set aside by name, under `override`."""

_DISTRICT = re.compile(r"[0-9]{6}")

_LINE = re.compile(r"at line (\d+)")

_Reader = Callable[[Section], object]


def parse_definition(text: str) -> FlowDefinition:
    """Reads a flow definition from TOML text.

    Raises:
        FlowDefinitionError: The text is not TOML, or something in it is missing, unknown or out of
            bounds. The message names it.
    """
    document = _document(text)
    document.only(_SECTIONS)
    parts: dict[str, Any] = {name: read(document) for name, read in _READERS.items()}
    definition = FlowDefinition(**parts)
    languages = {choice.value for choice in definition.language_menu.choices}
    if definition.default_language not in languages:
        raise document.error(
            "The default language has no key in language_menu.",
            "default_language",
            f"Name one of: {', '.join(sorted(languages))}.",
            case="default_language",
            known=", ".join(sorted(languages)),
        )
    return definition


def problems(text: str) -> Iterator[FlowDefinitionError]:
    """Everything that keeps a text from being read: at most one for each section."""
    try:
        document = _document(text)
    except FlowDefinitionError as error:
        yield error
        return
    found = False
    checks: list[_Reader] = [lambda whole: whole.only(_SECTIONS), *_READERS.values()]
    for check in checks:
        try:
            check(document)
        except FlowDefinitionError as error:
            found = True
            yield error
    if not found:
        try:
            parse_definition(text)
        except FlowDefinitionError as error:
            yield error


def _document(text: str) -> Section:
    try:
        return Section(tomllib.loads(text), "The flow definition")
    except tomllib.TOMLDecodeError as error:
        # tomllib says where only in its message (its attributes came with Python 3.14).
        where = _LINE.search(str(error))
        raise FlowDefinitionError(
            f"The flow definition is not valid TOML: {error}.",
            line=int(where[1]) if where else max(1, len(text.splitlines())),
            case="no_toml",
            values={"why": str(error)},
        ) from error


def _overrides(document: Section) -> frozenset[str]:
    names = document.texts("override", ())
    for name in names:
        if name not in OVERRIDES:
            message = f"override: there is no rule {name} that can be set aside."
            known = ", ".join(sorted(OVERRIDES))
            raise document.error(
                message, "override", f"There are: {known}.", case="override", name=name, known=known
            )
    return frozenset(names)


def _menu(document: Section, name: str, *, value: str) -> Menu:
    overrides = _overrides(document)
    table = document.table(name)
    table.only(("intro", "choices", "outro", "retry", "attempts"))
    return Menu(
        choices=_choices(table, value=value, overrides=overrides),
        intro=table.texts("intro", ()),
        outro=table.texts("outro", ()),
        retry=table.texts("retry", ()),
        attempts=table.whole("attempts", 2),
    )


def _choices(
    table: Section, *, value: str, overrides: Collection[str], may_nest: bool = True
) -> tuple[Choice, ...]:
    rows = table.tables("choices")
    if len(rows) > MAX_CHOICES and MENU_TOO_LONG not in overrides:
        raise FlowDefinitionError(
            f"{table.name}: {len(rows)} keys are more than {MAX_CHOICES}.",
            path=(*table.path, "choices", MAX_CHOICES),
            rule=MENU_TOO_LONG,
            remedy="Leave out what 0 answers as well; who must keep it writes "
            f'override = ["{MENU_TOO_LONG}"] at the top.',
            values={"menu": table.name, "keys": str(len(rows)), "most": str(MAX_CHOICES)},
        )
    choices = tuple(_choice(row, value, overrides, may_nest=may_nest) for row in rows)
    _distinct(table, (choice.key for choice in choices), "two choices have the key")
    _distinct(table, (choice.value for choice in choices), "two choices mean")
    return choices


def _choice(row: Section, value: str, overrides: Collection[str], *, may_nest: bool) -> Choice:
    below: tuple[Choice, ...] = ()
    if "choices" in row.values:
        # Languages have nothing below them, and two levels are the end even for those who insist.
        if MENU_TOO_DEEP not in overrides or value != "topic" or not may_nest:
            raise FlowDefinitionError(
                f"{row.name}: a menu below a menu is too deep for a telephone.",
                path=(*row.path, "choices"),
                rule=MENU_TOO_DEEP,
                remedy="Name the choices in one menu; who must keep one level below topics writes "
                f'override = ["{MENU_TOO_DEEP}"] at the top.',
                values={"menu": row.name},
            )
        below = _choices(row, value=value, overrides=overrides, may_nest=False)
    row.only(("key", value, "prompt", "choices"))
    return Choice(row.key("key"), row.text(value), row.text("prompt"), below)


def _prompts(document: Section) -> Prompts:
    table = document.table("prompts")
    known = {each.name: each.default for each in fields(Prompts)}
    table.only(known)
    prompts = {
        name: table.texts(name, None if default is MISSING else default)
        for name, default in known.items()
    }
    for name, keys in prompts.items():
        # Without a prompt nothing would end, and the caller would sit in silence.
        if not keys:
            raise table.error(f"prompts: {name} needs at least one prompt.", name, case="no_prompt")
    return Prompts(**prompts)


def _waits(document: Section) -> Waits:
    table = document.table("seconds", {})
    table.only(each.name for each in fields(Waits))
    return Waits(**{name: table.seconds(name) for name in table.values})


def _timetables(document: Section) -> dict[str, Timetable]:
    table = document.table("timetables", {})
    if ALWAYS_OPEN in table.values:
        message = f"timetables: {ALWAYS_OPEN} is always there and cannot be set."
        raise table.error(message, ALWAYS_OPEN, "Take it out.", case="always_open")
    return {
        **{name: _timetable(table.table(name), name) for name in table.values},
        ALWAYS_OPEN: always_open(),
    }


def _timetable(table: Section, name: str) -> Timetable:
    try:
        return parse_timetable(name, table.values)
    except FlowDefinitionError as error:
        raise table.error(str(error), case="timetable", name=name, why=error) from error


def _spoken_topic(document: Section) -> SpokenTopic | None:
    """How the topic is asked aloud; what stands there is checked even while it is off."""
    table = document.table("spoken_topic", {})
    table.only(("enabled", "languages", "least_confidence", "words"))
    words = table.table("words", {})
    words.only(row.text("topic") for row in document.table("topic_menu").tables("choices"))
    usual = SpokenTopic()
    spoken = SpokenTopic(
        languages=table.texts("languages", usual.languages),
        least_confidence=table.share("least_confidence", usual.least_confidence),
        words={topic: words.texts(topic) for topic in words.values},
    )
    for language in spoken.languages:
        if language not in SPOKEN_LANGUAGES and not spoken.words:
            remedy = (
                f"Take it out, or add [spoken_topic.words]; known: {', '.join(SPOKEN_LANGUAGES)}."
            )
            message = f"spoken_topic: nothing is known of words in {language}."
            raise table.error(
                message, "languages", remedy, case="spoken_language", language=language
            )
    return spoken if table.flag("enabled", default=False) else None


def _districts(document: Section) -> tuple[District, ...]:
    rows = document.tables("districts")
    for row in rows:
        row.only(("code", "prompt"))
        if not _DISTRICT.fullmatch(row.text("code")):
            raise row.error(
                "districts: a code has six digits.", "code", "See GB/T 2260.", case="district"
            )
    districts = tuple(District(row.text("code"), row.text("prompt")) for row in rows)
    _distinct(document, (each.code for each in districts), "two districts have the code")
    return districts


def _distinct(table: Section, values: Iterable[str], complaint: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise table.error(
                f"{table.name}: {complaint} {value}.",
                "choices",
                case="twice",
                table=table.name,
                value=value,
            )
        seen.add(value)


_READERS: dict[str, _Reader] = {
    "default_language": lambda whole: whole.text("default_language"),
    "overrides": _overrides,
    "language_menu": lambda whole: _menu(whole, "language_menu", value="language"),
    "topic_menu": lambda whole: _menu(whole, "topic_menu", value="topic"),
    "prompts": _prompts,
    "waits": _waits,
    "callback_key": lambda whole: whole.key("callback_key", "1"),
    "queue_position_max": lambda whole: whole.whole("queue_position_max", 10),
    "rating_attempts": lambda whole: whole.whole("rating_attempts", 2),
    "timetables": _timetables,
    **{name: rights_key(name) for name in RIGHTS_KEYS},
    "message_key": message_key,
    "districts": _districts,
    "spoken_topic": _spoken_topic,
}
"""How each field of the definition is read; in this order complaints come."""

_RENAMED = {"overrides": "override", "waits": "seconds"}

_SECTIONS = tuple(_RENAMED.get(name, name) for name in _READERS)
