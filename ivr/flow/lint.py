"""What is wrong or odd about a flow file, before callers find out. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from hotline.flows.findings import FlowFinding, Severity
from ivr.flow.definition import EVERY_LANGUAGE, Choice, FlowDefinition, Menu, Waits
from ivr.flow.errors import FlowDefinitionError, Path
from ivr.flow.hours import ALWAYS_OPEN
from ivr.flow.places import line_of, lines_of
from ivr.flow.prompts import Prompts
from ivr.flow.reading import (
    MAX_CHOICES,
    MENU_TOO_DEEP,
    MENU_TOO_LONG,
    parse_definition,
    problems,
)

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

_SPOKEN_KEYS = {
    "zh": "零一二三四五六七八九",
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a flow file has to fit: settings, recordings and people.

    Attributes:
        languages: Offered to callers; None for all of the file.
        hours: The timetable in force; None when it is not known.
        recorded: Keys of the prompts that have audio, by language.
        texts: What prompts say, by key and language; those of the operator's own are not known.
        served_topics: Topics that a lawyer knows, None when any is known.
    """

    languages: Sequence[str] | None = None
    hours: str | None = None
    recorded: Mapping[str, Collection[str]] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    served_topics: Collection[str] | None = None


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
        *_missing(definition, around),
        *_fallbacks(definition, around),
        *_idle_choices(definition, around),
        *_idle_timetables(definition, around),
        *_idle_overrides(definition),
        *_odd_waits(definition),
        *_wrong_keys(definition, around),
        *_unsaid(definition, around),
    ]
    placed = [_placed(finding, path, lines) for finding, path in findings]
    order = list(Severity)
    return sorted(placed, key=lambda each: (order.index(each.severity), each.line or 0))


_Found = Iterator[tuple[FlowFinding, Path]]


def _unreadable(error: FlowDefinitionError, lines: dict[Path, int]) -> FlowFinding:
    finding = FlowFinding(error.rule, Severity.ERROR, str(error), error.remedy, error.line)
    return finding if error.line is not None else _placed(finding, error.path, lines)


def _placed(finding: FlowFinding, path: Path, lines: dict[Path, int]) -> FlowFinding:
    return FlowFinding(
        finding.rule,
        finding.severity,
        finding.text,
        finding.remedy,
        line_of(lines, path),
        ".".join(str(part) for part in path),
    )


def _unfit(definition: FlowDefinition, around: Surroundings) -> _Found:
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
                ),
                ("language_menu",),
            )
    if around.languages is not None and definition.default_language not in around.languages:
        text = f"The default language {definition.default_language} is not among the languages."
        remedy = f"Name one of: {', '.join(around.languages)}."
        yield (
            FlowFinding("default_language_closed", Severity.ERROR, text, remedy),
            ("default_language",),
        )
    if around.hours is not None and around.hours not in definition.timetables:
        names = ", ".join(sorted(definition.timetables))
        yield (
            FlowFinding(
                "timetable_missing",
                Severity.ERROR,
                f"There is no timetable called {around.hours}; there are: {names}.",
                "Add it, or name another in HOTLINE_HOURS.",
            ),
            ("timetables",),
        )


def _missing(definition: FlowDefinition, around: Surroundings) -> _Found:
    """Prompts that no caller could hear."""
    named = {each.partition("@")[0] for each in _named(definition)}
    for key in sorted({each.partition("@")[0] for each in definition.prompt_keys}):
        if not _is_recorded(key, definition.default_language, around):
            remedy = f"Upload it in {definition.default_language}, or name another prompt."
            text = f"There is no audio for the prompt {key}."
            # A word out of a number is missed; a prompt that the file names is silence.
            severity = Severity.ERROR if key in named else Severity.WARNING
            yield FlowFinding("prompt_missing", severity, text, remedy), ("prompts",)


def _fallbacks(definition: FlowDefinition, around: Surroundings) -> _Found:
    """Prompts that callers hear in another language than theirs."""
    default = definition.default_language
    parts = [each.partition("@") for each in definition.prompt_keys]
    for number, choice in enumerate(definition.language_menu.choices):
        language = choice.value
        if language == default or not _is_offered(language, around):
            continue
        wanted = {key for key, _, own in parts if own in ("", language)}
        missing = sorted(key for key in wanted if not _is_recorded(key, language, around))
        if missing:
            text = f"{language}: {len(missing)} prompts are heard in {default}: "
            yield (
                FlowFinding(
                    "prompt_falls_back",
                    Severity.WARNING,
                    text + f"{', '.join(missing)}.",
                    f"Upload them in {language}.",
                ),
                ("language_menu", "choices", number),
            )


def _idle_choices(definition: FlowDefinition, around: Surroundings) -> _Found:
    """Choices that lead nobody anywhere."""
    for number, choice in enumerate(definition.language_menu.choices):
        if not _is_offered(choice.value, around):
            text = f"Key {choice.key} ({choice.value}) is offered to nobody."
            remedy = f"HOTLINE_LANGUAGES does not name {choice.value}."
            yield (
                FlowFinding("choice_unreachable", Severity.NOTE, text, remedy),
                ("language_menu", "choices", number),
            )
    if around.served_topics is None or "*" in around.served_topics:
        return
    for number, choice in enumerate(definition.topic_menu.choices):
        if choice.value not in around.served_topics:
            text = f"Key {choice.key}: no lawyer knows the topic {choice.value}."
            remedy = "Callers who choose it would wait for nobody: give it to a lawyer."
            yield (
                FlowFinding("topic_unserved", Severity.WARNING, text, remedy),
                ("topic_menu", "choices", number),
            )


def _idle_timetables(definition: FlowDefinition, around: Surroundings) -> _Found:
    if around.hours is None:
        return
    for name in definition.timetables:
        if name not in (around.hours, ALWAYS_OPEN):
            text = f"The timetable {name} is not in force."
            remedy = f"{around.hours} is."
            finding = FlowFinding("timetable_unused", Severity.NOTE, text, remedy)
            yield finding, ("timetables", name)


def _idle_overrides(definition: FlowDefinition) -> _Found:
    """Rules that are set aside: needed, or not any more."""
    menus = _menus(definition)
    needed = {
        MENU_TOO_LONG: any(len(menu.choices) > MAX_CHOICES for menu in menus),
        MENU_TOO_DEEP: bool(definition.topic_menu.below),
    }
    for name in sorted(definition.overrides):
        if needed[name]:
            text, remedy = f"The rule {name} is set aside.", "Callers pay for it with patience."
            yield FlowFinding(name, Severity.WARNING, text, remedy), ("override",)
        else:
            text = f"The rule {name} is set aside without need."
            remedy = "Take it out of override, so that it protects callers again."
            yield FlowFinding("override_unneeded", Severity.WARNING, text, remedy), ("override",)


def _odd_waits(definition: FlowDefinition) -> _Found:
    for name, (least, most) in SANE_SECONDS.items():
        seconds = getattr(definition.waits, name)
        if not least <= seconds <= most:
            text = f"seconds: {name} is {seconds:g}."
            remedy = f"{least:g} to {most:g} makes sense; {getattr(Waits(), name):g} is usual."
            finding = FlowFinding("wait_out_of_range", Severity.WARNING, text, remedy)
            yield finding, ("seconds", name)


def _wrong_keys(definition: FlowDefinition, around: Surroundings) -> _Found:
    """Prompts that name another key than the one that works."""
    for menu, path in (
        (definition.language_menu, ("language_menu", "choices")),
        (definition.topic_menu, ("topic_menu", "choices")),
    ):
        for number, choice in enumerate(menu.choices):
            for language in _SPOKEN_KEYS:
                if not _says_key(choice, language, around):
                    prompt = choice.prompt.partition("@")[0]
                    text = f"{prompt} ({language}) does not say its key {choice.key}."
                    remedy = "Record it anew, or give the choice the key that it says."
                    finding = FlowFinding("key_not_said", Severity.WARNING, text, remedy)
                    yield finding, (*path, number)


def _unsaid(definition: FlowDefinition, around: Surroundings) -> _Found:
    used = {key.partition("@")[0] for key in definition.prompt_keys}
    unsaid = sorted(set(around.texts) - used)
    if unsaid:
        text = f"Not named by the flow: {', '.join(unsaid)}."
        yield FlowFinding("prompt_unnamed", Severity.NOTE, text), ("prompts",)


def _named(definition: FlowDefinition) -> Iterator[str]:
    """The prompts that the file itself names."""
    for menu in _menus(definition):
        yield from (*menu.question, *menu.retry)
    for each in fields(Prompts):
        yield from getattr(definition.prompts, each.name)


def _menus(definition: FlowDefinition) -> Sequence[Menu]:
    return (definition.language_menu, definition.topic_menu, *definition.topic_menu.below)


def _is_offered(language: str, around: Surroundings) -> bool:
    return around.languages is None or language in around.languages


def _is_recorded(key: str, language: str, around: Surroundings) -> bool:
    return any(key in around.recorded.get(each, ()) for each in (language, EVERY_LANGUAGE))


def _says_key(choice: Choice, language: str, around: Surroundings) -> bool:
    text = around.texts.get(choice.prompt.partition("@")[0], {}).get(language)
    # A prompt of the operator's own has no text here, and nothing can be said about it.
    return text is None or choice.key in text or _SPOKEN_KEYS[language][int(choice.key)] in text
