"""What is wrong or odd about the prompts of a flow: missing, borrowed or with a wrong key. Pure."""

from collections.abc import Iterator
from dataclasses import fields

from hotline.flows.findings import FlowFinding, Severity
from ivr.flow.definition import Choice, FlowDefinition
from ivr.flow.errors import Path
from ivr.flow.lint_keys import SPOKEN_KEYS
from ivr.flow.prompts import Prompts
from ivr.flow.surroundings import Found, Surroundings

_SAID_ONLY_WITH = {
    ("message_key",): ("message_hint", "message_begin", "message_kept"),
    ("spoken_topic",): ("spoken_topic", "spoken_missed", "spoken_understood"),
    ("emergency_key", "spoken_topic"): ("emergency",),
    ("emergency_key",): ("emergency_closed",),
    ("info_key",): (
        "info_menu",
        "info_ticket",
        "info_tail",
        "info_district",
        "info_locked",
        "info_unavailable",
        "info_choose_district",
        "info_more_districts",
        "info_press",
        "info_more",
        "closed_info",
    ),
}
"""Prompts that no caller hears unless one of these is there."""


def missing(definition: FlowDefinition, around: Surroundings) -> Found:
    """Prompts that no caller could hear."""
    named = {each.partition("@")[0] for each in _named(definition)}
    places: dict[str, Path] = {
        each.prompt.partition("@")[0]: ("districts", number, "prompt")
        for number, each in enumerate(definition.districts)
    }
    for key in sorted({each.partition("@")[0] for each in definition.prompt_keys}):
        if not around.is_recorded(key, definition.default_language):
            remedy = f"Upload it in {definition.default_language}, or name another prompt."
            text = f"There is no audio for the prompt {key}."
            # A word out of a number is missed; a prompt that the file names is silence.
            severity = Severity.ERROR if key in named else Severity.WARNING
            values = {"prompt": key, "language": definition.default_language}
            finding = FlowFinding("prompt_missing", severity, text, remedy, values=values)
            yield finding, places.get(key, ("prompts",))


def fallbacks(definition: FlowDefinition, around: Surroundings) -> Found:
    """Prompts that callers hear in another language than theirs."""
    default = definition.default_language
    parts = [each.partition("@") for each in definition.prompt_keys]
    for number, choice in enumerate(definition.language_menu.choices):
        language = choice.value
        if language == default or not around.is_offered(language):
            continue
        wanted = {key for key, _, own in parts if own in ("", language)}
        lacking = sorted(key for key in wanted if not around.is_recorded(key, language))
        if lacking:
            text = f"{language}: {len(lacking)} prompts are heard in {default}: "
            yield (
                FlowFinding(
                    "prompt_falls_back",
                    Severity.WARNING,
                    text + f"{', '.join(lacking)}.",
                    f"Upload them in {language}.",
                    values={
                        "language": language,
                        "count": str(len(lacking)),
                        "heard": default,
                        "prompts": ", ".join(lacking),
                    },
                ),
                ("language_menu", "choices", number),
            )


def wrong_keys(definition: FlowDefinition, around: Surroundings) -> Found:
    """Prompts that name another key than the one that works."""
    for menu, path in (
        (definition.language_menu, ("language_menu", "choices")),
        (definition.topic_menu, ("topic_menu", "choices")),
    ):
        for number, choice in enumerate(menu.choices):
            for language in SPOKEN_KEYS:
                if not _says_key(choice, language, around):
                    prompt = choice.prompt.partition("@")[0]
                    text = f"{prompt} ({language}) does not say its key {choice.key}."
                    remedy = "Record it anew, or give the choice the key that it says."
                    values = {"prompt": prompt, "language": language, "key": choice.key}
                    finding = FlowFinding(
                        "key_not_said", Severity.WARNING, text, remedy, values=values
                    )
                    yield finding, (*path, number)


def unsaid(definition: FlowDefinition, around: Surroundings) -> Found:
    """Shipped prompts that lie idle."""
    used = {key.partition("@")[0] for key in definition.prompt_keys}
    idle = sorted(set(around.texts) - used)
    if idle:
        text = f"Not named by the flow: {', '.join(idle)}."
        values = {"prompts": ", ".join(idle)}
        yield FlowFinding("prompt_unnamed", Severity.NOTE, text, values=values), ("prompts",)


def idle(definition: FlowDefinition, _around: Surroundings) -> Found:
    """Prompts of the file's own for what the file does not have."""
    usual = {each.name: each.default for each in fields(Prompts)}
    for needed, names in _SAID_ONLY_WITH.items():
        if any(getattr(definition, each) is not None for each in needed):
            continue
        for name in names:
            if getattr(definition.prompts, name) != usual[name]:
                lacking = ", ".join(needed)
                text = f"prompts: {name} is never said."
                remedy = f"The flow has no {lacking}: set it, or take the prompt out."
                values = {"name": name, "lacking": lacking}
                finding = FlowFinding("prompt_idle", Severity.NOTE, text, remedy, values=values)
                yield finding, ("prompts", name)


def _named(definition: FlowDefinition) -> Iterator[str]:
    """The prompts that the file itself names."""
    for menu in definition.menus:
        yield from (*menu.question, *menu.retry)
    for each in fields(Prompts):
        yield from getattr(definition.prompts, each.name)
    yield from (each.prompt for each in definition.districts)


def _says_key(choice: Choice, language: str, around: Surroundings) -> bool:
    text = around.texts.get(choice.prompt.partition("@")[0], {}).get(language)
    # A prompt of the operator's own has no text here, and nothing can be said about it.
    return text is None or choice.key in text or SPOKEN_KEYS[language][int(choice.key)] in text
