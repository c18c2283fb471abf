"""Draws what callers can choose in a flow file, for whoever changes it."""

from collections.abc import Iterator

from ivr.flow.definition import PERSON_KEY, Choice, FlowDefinition


def menus(flow: FlowDefinition) -> str:
    """The menus with their keys, as a flow chart in Mermaid's language."""
    return "\n".join(["flowchart TD", *(f"    {line}" for line in _lines(flow))])


def _lines(flow: FlowDefinition) -> Iterator[str]:
    yield f"notice[{_said(flow.prompts.notice)}]"
    yield f"queue[/{_said(flow.prompts.hold)}/]"
    first = "topic" if flow.topic_menu.choices else "queue"
    if len(flow.language_menu.choices) > 1:
        yield f"notice --> language{{{_said(flow.language_menu.intro)}}}"
        for choice in flow.language_menu.choices:
            yield f"language -- {_label(choice)} --> {first}"
        yield f"language -- {PERSON_KEY} --> queue"
    else:
        yield f"notice --> {first}"
    if flow.topic_menu.choices:
        yield f"topic{{{_said(flow.topic_menu.intro)}}}"
        yield from _topics("topic", flow.topic_menu.choices)
        yield f"topic -- {PERSON_KEY} --> queue"
    yield f"queue -- {flow.callback_key} --> callback[{_said(flow.prompts.callback_booked)}]"
    yield f"queue --> talk[{_said(flow.prompts.connecting)}]"
    yield f"talk --> rating[{_said(flow.prompts.rating)}]"


def _topics(above: str, choices: tuple[Choice, ...]) -> Iterator[str]:
    for choice in choices:
        if not choice.choices:
            yield f"{above} -- {_label(choice)} --> queue"
            continue
        below = f"{above}_{choice.key}"
        yield f"{above} -- {_label(choice)} --> {below}{{{_quoted(choice.value)}}}"
        yield from _topics(below, choice.choices)
        yield f"{below} -- {PERSON_KEY} --> queue"


def _label(choice: Choice) -> str:
    return _quoted(f"{choice.key}: {choice.value}")


def _said(prompts: tuple[str, ...]) -> str:
    return _quoted(" ".join(prompts) or "?")


def _quoted(text: str) -> str:
    # Mermaid ends a label at a quote, and reads # as the beginning of an entity.
    return '"' + text.replace("#", "#35;").replace('"', "#quot;") + '"'
