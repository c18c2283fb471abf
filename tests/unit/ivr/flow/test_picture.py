from dataclasses import replace

from ivr.flow.definition import Choice, FlowDefinition
from ivr.flow.picture import menus


def test_menus__draws_every_key(flow: FlowDefinition) -> None:
    first, *others = flow.topic_menu.choices
    below = replace(first, choices=(Choice("1", 'so-called "unpaid"', "unpaid"),))
    deep = replace(flow, topic_menu=replace(flow.topic_menu, choices=(below, *others[:1])))

    lines = [line.strip() for line in menus(deep).splitlines()]

    assert lines[0] == "flowchart TD"
    assert 'language -- "3: en" --> topic' in lines
    assert 'topic -- "1: labour" --> topic_1{"labour"}' in lines
    assert 'topic_1 -- "1: so-called #quot;unpaid#quot;" --> queue' in lines
    assert 'topic -- "2: family" --> queue' in lines
    assert "topic_1 -- 0 --> queue" in lines


def test_menus__a_single_language_is_not_asked_for(flow: FlowDefinition) -> None:
    one = replace(
        flow,
        language_menu=replace(flow.language_menu, choices=flow.language_menu.choices[:1]),
        topic_menu=replace(flow.topic_menu, choices=()),
    )
    assert "notice --> queue" in [line.strip() for line in menus(one).splitlines()]
