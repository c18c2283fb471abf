"""What is wrong or odd about menus, prompts and texts: the findings of `hotline flow check`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ivr.catalogue import (
    EVERY_LANGUAGE,
    SHIPPED,
    PromptCatalogue,
    PromptMissing,
    Texts,
    load_definition,
    load_texts,
    prompt_directories,
    wav_problem,
)
from ivr.flow.definition import Choice, FlowDefinition
from ivr.flow.errors import FlowDefinitionError

ERROR, WARNING = "error: ", "warning: "
"""How a finding begins."""

_SPOKEN_KEYS = {
    "zh": "零一二三四五六七八九",
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}


def check(
    flow_file: Path | None = None,
    *,
    data_dir: Path | None = None,
    languages: Sequence[str] | None = None,
    hours: str | None = None,
) -> list[str]:
    """Everything wrong or odd, errors first.

    Args:
        flow_file: The operator's flow file; None for the shipped one.
        data_dir: Where the operator's own prompts lie; None when there are none.
        languages: The languages to be offered; None for all of the file.
        hours: The timetable to be used, if one is to be checked.

    Returns:
        One line for each finding, beginning with `error: ` or `warning: `; empty when all is well.
    """
    try:
        whole = load_definition(flow_file)
        definition = whole if languages is None else whole.with_languages(languages)
        if hours is not None:
            definition.timetable(hours)
    except FlowDefinitionError as error:
        return [f"{ERROR}{error}"]
    directories = prompt_directories(data_dir) if data_dir else (SHIPPED / "audio",)
    catalogue = PromptCatalogue(directories, default_language=definition.default_language)
    texts = load_texts()
    findings = [
        *_unplayable(directories),
        *_missing(definition, catalogue),
        *_fallbacks(definition, catalogue),
        *_wrong_keys(definition, texts),
        *_unused(whole, texts),
    ]
    return sorted(findings, key=lambda finding: not finding.startswith(ERROR))


def _unplayable(directories: Sequence[Path]) -> Iterator[str]:
    for directory in directories:
        for path in sorted(directory.glob("*/*.wav")):
            problem = wav_problem(path)
            if problem is not None:
                yield f"{ERROR}{path} {problem}."


def _missing(definition: FlowDefinition, catalogue: PromptCatalogue) -> Iterator[str]:
    for key in sorted({each.partition("@")[0] for each in definition.prompt_keys}):
        try:
            catalogue.path(key, definition.default_language)
        except PromptMissing as error:
            yield f"{ERROR}{error}"


def _fallbacks(definition: FlowDefinition, catalogue: PromptCatalogue) -> Iterator[str]:
    parts = [each.partition("@") for each in definition.prompt_keys]
    for language in (choice.value for choice in definition.language_menu.choices):
        wanted = {key for key, _, own_language in parts if own_language in ("", language)}
        missing = sorted(
            key
            for key in wanted
            if catalogue.find(key, language) is None and catalogue.find(key, EVERY_LANGUAGE) is None
        )
        if missing and language != definition.default_language:
            yield (
                f"{WARNING}{language}: {len(missing)} prompts are heard in "
                f"{definition.default_language}: {', '.join(missing)}."
            )


def _wrong_keys(definition: FlowDefinition, texts: Texts) -> Iterator[str]:
    choices = (*definition.language_menu.choices, *definition.topic_menu.choices)
    for choice in choices:
        for language in _SPOKEN_KEYS:
            if not _says_key(choice, language, texts):
                prompt = choice.prompt.partition("@")[0]
                yield f"{WARNING}{prompt} ({language}) does not say its key {choice.key}."


def _says_key(choice: Choice, language: str, texts: Texts) -> bool:
    text = texts.get(choice.prompt.partition("@")[0], {}).get(language)
    # A prompt of the operator's own has no text here, and nothing can be said about it.
    return text is None or choice.key in text or _SPOKEN_KEYS[language][int(choice.key)] in text


def _unused(definition: FlowDefinition, texts: Texts) -> Iterator[str]:
    used = {key.partition("@")[0] for key in definition.prompt_keys}
    unused = sorted(set(texts) - used)
    if unused:
        yield f"{WARNING}never said: {', '.join(unused)}."
