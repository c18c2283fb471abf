"""What is wrong or odd about a flow file, before callers find out. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from hotline.flows.findings import FlowFinding, Severity
from ivr.flow.definition import FlowDefinition, Waits
from ivr.flow.errors import FlowDefinitionError, Path
from ivr.flow.hours import ALWAYS_OPEN
from ivr.flow.lint_districts import idle_districts, nameless_centres
from ivr.flow.lint_keys import idle_keys, is_some_menu_long, long_menus
from ivr.flow.lint_prompts import fallbacks, idle, missing, unsaid, wrong_keys
from ivr.flow.places import line_of, lines_of
from ivr.flow.reading import (
    MENU_TOO_DEEP,
    MENU_TOO_LONG,
    parse_definition,
    problems,
)
from ivr.flow.surroundings import Found, Surroundings

SANE_SECONDS: Mapping[str, tuple[float, float]] = {
    # GB/T 33358-2016 wants menus to be short; a caller of 70 needs some 3 s to find a key.
    "answer": (2, 15),
    "rating": (2, 15),
    # Whoever is not heard within this shall not be kept from the keys.
    "words": (3, 20),
    "more_words": (1, 10),
    # A place or a call back is written in milliseconds; longer than this the caller hears nothing.
    "enqueue": (2, 30),
    "booking": (2, 30),
    "connect": (3, 30),
    # Mobile networks give up ringing at about 60 s.
    "telephone": (15, 90),
    "transfer": (15, 120),
    # A page that is loaded anew takes up to 5 s.
    "lawyer_lost": (5, 60),
    "announcement": (10, 120),
    "comfort": (30, 600),
    # Shorter, and the story is cut off; longer, and no lawyer listens to its end.
    "message": (20, 300),
    # Shorter, and it cuts a prompt off; longer, and a lost end leaves the caller in silence.
    "prompt_limit": (20, 180),
}
"""Within these a wait makes sense."""


def lint(text: str, around: Surroundings) -> list[FlowFinding]:
    """Everything wrong or odd about a flow file, worst first, in the order of the file.

    Args:
        text: The file, in TOML.
        around: What it has to fit.
    """
    lines = lines_of(text)
    broken = [_unreadable(error, lines) for error in problems(text)]
    if broken:
        return broken
    definition = parse_definition(text)
    findings = [
        *_unfit(definition, around),
        *long_menus(definition, around),
        *missing(definition, around),
        *fallbacks(definition, around),
        *nameless_centres(definition, around),
        *idle_districts(definition, around),
        *_idle_choices(definition, around),
        *_idle_timetables(definition, around),
        *idle_keys(definition, around),
        *_idle_overrides(definition, around),
        *_odd_waits(definition),
        *wrong_keys(definition, around),
        *unsaid(definition, around),
        *idle(definition, around),
    ]
    placed = [_placed(finding, path, lines) for finding, path in findings]
    order = list(Severity)
    return sorted(placed, key=lambda each: (order.index(each.severity), each.line or 0))


def _unreadable(error: FlowDefinitionError, lines: dict[Path, int]) -> FlowFinding:
    finding = FlowFinding(
        error.rule,
        Severity.ERROR,
        str(error),
        error.remedy,
        error.line,
        case=error.case,
        values=error.values,
    )
    return finding if error.line is not None else _placed(finding, error.path, lines)


def _placed(finding: FlowFinding, path: Path, lines: dict[Path, int]) -> FlowFinding:
    place = ".".join(str(part) for part in path)
    return replace(finding, line=line_of(lines, path), place=place)


def _unfit(definition: FlowDefinition, around: Surroundings) -> Found:
    """The settings name what the file does not have."""
    known = {choice.value for choice in definition.language_menu.choices}
    for language in around.languages or ():
        if language not in known:
            yield (
                FlowFinding(
                    "language_unknown",
                    Severity.ERROR,
                    f"The language menu has no key for {language}.",
                    "Add a choice for it, or take it out of HOTLINE_LANGUAGES.",
                    values={"language": language},
                ),
                ("language_menu",),
            )
    if around.languages is not None and definition.default_language not in around.languages:
        text = f"The default language {definition.default_language} is not among the languages."
        remedy = f"Name one of: {', '.join(around.languages)}."
        yield (
            FlowFinding(
                "default_language_closed",
                Severity.ERROR,
                text,
                remedy,
                values={
                    "language": definition.default_language,
                    "known": ", ".join(around.languages),
                },
            ),
            ("default_language",),
        )
    yield from _missing_timetables(definition, around)


def _missing_timetables(definition: FlowDefinition, around: Surroundings) -> Found:
    """A call that finds no timetable is taken at any hour."""
    names = ", ".join(sorted(definition.timetables))
    place: Path = ("timetables",)
    if around.hours is not None and around.hours not in definition.timetables:
        text = f"There is no timetable called {around.hours}; there are: {names}."
        remedy = "Add it, or name another in HOTLINE_HOURS."
        values = {"name": around.hours, "known": names}
        yield FlowFinding("timetable_missing", Severity.ERROR, text, remedy, values=values), place
    if around.in_force is not None and around.in_force not in definition.timetables:
        text = f"The timetable in force is {around.in_force}; there are: {names}."
        remedy = "Add it, or put another in force under the opening hours."
        values = {"name": around.in_force, "known": names}
        finding = FlowFinding("timetable_gone", Severity.ERROR, text, remedy, values=values)
        yield finding, place


def _idle_choices(definition: FlowDefinition, around: Surroundings) -> Found:
    """Choices that lead nobody anywhere."""
    for number, choice in enumerate(definition.language_menu.choices):
        if not around.is_offered(choice.value):
            text = f"Key {choice.key} ({choice.value}) is offered to nobody."
            remedy = f"HOTLINE_LANGUAGES does not name {choice.value}."
            yield (
                FlowFinding(
                    "choice_unreachable",
                    Severity.NOTE,
                    text,
                    remedy,
                    values={"key": choice.key, "language": choice.value},
                ),
                ("language_menu", "choices", number),
            )
    if around.served_topics is None or "*" in around.served_topics:
        return
    for number, choice in enumerate(definition.topic_menu.choices):
        if choice.value not in around.served_topics:
            text = f"Key {choice.key}: no lawyer knows the topic {choice.value}."
            remedy = "Callers who choose it would wait for nobody: give it to a lawyer."
            yield (
                FlowFinding(
                    "topic_unserved",
                    Severity.WARNING,
                    text,
                    remedy,
                    values={"key": choice.key, "topic": choice.value},
                ),
                ("topic_menu", "choices", number),
            )


def _idle_timetables(definition: FlowDefinition, around: Surroundings) -> Found:
    used = around.in_force or around.hours
    for name in definition.timetables:
        if used is not None and name not in (used, ALWAYS_OPEN):
            text = f"The timetable {name} is not in force."
            remedy = f"{used} is."
            values = {"name": name, "used": used}
            finding = FlowFinding("timetable_unused", Severity.NOTE, text, remedy, values=values)
            yield finding, ("timetables", name)


def _idle_overrides(definition: FlowDefinition, around: Surroundings) -> Found:
    """Rules that are set aside: needed, or not any more."""
    needed = {
        MENU_TOO_LONG: is_some_menu_long(definition, around),
        MENU_TOO_DEEP: bool(definition.topic_menu.below),
    }
    for name in sorted(definition.overrides):
        if needed[name]:
            text, remedy = f"The rule {name} is set aside.", "Callers pay for it with patience."
            finding = FlowFinding(name, Severity.WARNING, text, remedy, case="set_aside")
            yield finding, ("override",)
        else:
            text = f"The rule {name} is set aside without need."
            remedy = "Take it out of override, so that it protects callers again."
            values = {"name": name}
            finding = FlowFinding(
                "override_unneeded", Severity.WARNING, text, remedy, values=values
            )
            yield finding, ("override",)


def _odd_waits(definition: FlowDefinition) -> Found:
    for name, (least, most) in SANE_SECONDS.items():
        seconds = getattr(definition.waits, name)
        if not least <= seconds <= most:
            usual = getattr(Waits(), name)
            text = f"seconds: {name} is {seconds:g}."
            remedy = f"{least:g} to {most:g} makes sense; {usual:g} is usual."
            values = {"name": name, "seconds": f"{seconds:g}", "least": f"{least:g}"}
            values |= {"most": f"{most:g}", "usual": f"{usual:g}"}
            finding = FlowFinding(
                "wait_out_of_range", Severity.WARNING, text, remedy, values=values
            )
            yield finding, ("seconds", name)
