"""What is wrong or odd about the keys of a flow: too many in a menu, or leading nowhere. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace

from hotline.flows.findings import FlowFinding, Severity
from ivr.flow.definition import PERSON_KEY, FlowDefinition, Menu
from ivr.flow.errors import Path
from ivr.flow.questions import Question
from ivr.flow.reading import MAX_CHOICES, MENU_TOO_LONG
from ivr.flow.surroundings import Found, Surroundings

SPOKEN_KEYS = {
    "zh": tuple("零一二三四五六七八九"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
"""How prompts say the keys 0 to 9."""

_KEY_SAID = {
    "zh": re.compile("按(?:数字)?([零一二三四五六七八九])"),
    "en": re.compile(r"\bpress (\w+)", re.IGNORECASE),
}


def long_menus(definition: FlowDefinition, around: Surroundings) -> Found:
    """Menus that say more keys than callers keep in mind, beside 0 and *."""
    if MENU_TOO_LONG in definition.overrides:
        return
    for name, menu, path in _menus(definition, around):
        keys = announced_keys(menu, around)
        if len(keys) > MAX_CHOICES:
            text = f"{name}: {len(keys)} keys are more than {MAX_CHOICES}: {', '.join(keys)}."
            remedy = (
                "Leave out what 0 answers as well; who must keep it writes "
                f'override = ["{MENU_TOO_LONG}"] at the top.'
            )
            values = {"menu": name, "keys": str(len(keys)), "most": str(MAX_CHOICES)}
            yield FlowFinding(MENU_TOO_LONG, Severity.ERROR, text, remedy, values=values), path


def is_some_menu_long(definition: FlowDefinition, around: Surroundings) -> bool:
    """Whether the file needs the rule against long menus set aside, or could not be read."""
    if any(len(menu.choices) > MAX_CHOICES for menu in definition.menus):
        return True
    return any(
        len(announced_keys(menu, around)) > MAX_CHOICES for _, menu, _ in _menus(definition, around)
    )


def announced_keys(menu: Menu, around: Surroundings) -> tuple[str, ...]:
    """The keys that a menu says: its choices', and those that the prompts around them name.

    0, which leads to a person in every menu, and * are not counted. Of prompts whose words are not
    known nothing can be said.
    """
    keys = {choice.key for choice in menu.choices}
    for prompt in (*menu.intro, *menu.outro):
        for language, text in around.texts.get(prompt.partition("@")[0], {}).items():
            keys |= _keys_said(text, language)
    return tuple(sorted(keys - {PERSON_KEY}))


def idle_keys(definition: FlowDefinition, around: Surroundings) -> Found:
    """Keys that lead nobody anywhere."""
    if definition.message_key is not None and around.may_leave_message is False:
        text = f"Key {definition.message_key} (message_key) is offered to nobody."
        remedy = "The rules of the queue never let callers leave a message: set message_seconds."
        values = {"key": definition.message_key}
        yield (
            FlowFinding("message_unreachable", Severity.NOTE, text, remedy, values=values),
            ("message_key",),
        )
    if definition.info_key is None:
        return
    for name in ("refusal_key", "emergency_key", "elderly_key"):
        key = getattr(definition, name)
        if key in {question.value for question in Question}:
            text = f"{name}: key {key} of the information menu leads to what this key means."
            remedy = "1 to 3 ask for information there; give it a key of its own."
            values = {"key": key, "name": name}
            yield (
                FlowFinding("info_unreachable", Severity.WARNING, text, remedy, values=values),
                (name,),
            )


def _menus(definition: FlowDefinition, around: Surroundings) -> Iterator[tuple[str, Menu, Path]]:
    """The menus as callers hear them, without the languages that are not offered."""
    languages = definition.language_menu
    offered = tuple(each for each in languages.choices if around.is_offered(each.value))
    yield "language_menu", replace(languages, choices=offered), ("language_menu",)
    for menu in (definition.topic_menu, *definition.topic_menu.below):
        yield "topic_menu", menu, ("topic_menu",)


def _keys_said(text: str, language: str) -> set[str]:
    if language not in _KEY_SAID:
        return set()
    words = SPOKEN_KEYS[language]
    said = (match[1].lower() for match in _KEY_SAID[language].finditer(text))
    return {str(words.index(each)) for each in said if each in words}
