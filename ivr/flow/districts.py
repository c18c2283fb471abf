"""The districts that are read out to who looks for the nearest legal-aid centre: pages of keys."""

from collections.abc import Collection
from dataclasses import replace

from hotline.directory.nearest import is_covered
from ivr.flow.definition import FlowDefinition
from ivr.flow.entries import Step, say_in
from ivr.flow.prompts import press_key
from ivr.flow.questions import District
from ivr.flow.states import CallContext, State

NEXT_KEY = "#"
"""Tells the next districts; the first ones again after the last."""

_ALL_KEYS = "123456789"

_MOST_A_PAGE = 5
"""As many as a menu may have (`ivr.flow.reading.MAX_CHOICES`): more nobody keeps in mind."""

_ROUNDS = 2
"""So often all districts are read out; who has not found theirs by then is for a person."""


def with_covered(flow: FlowDefinition, regions: Collection[str]) -> FlowDefinition:
    """The flow with the districts alone for which a centre can be told.

    Args:
        flow: With all districts of its file.
        regions: Codes of the places that have a centre.
    """
    covered = tuple(each for each in flow.districts if is_covered(each.code, regions))
    return flow if len(covered) == len(flow.districts) else replace(flow, districts=covered)


def enter_districts(flow: FlowDefinition, call: CallContext) -> Step:
    """Reads the present page out."""
    prompts = district_question(flow, call)
    return say_in(call, State.INFO_DISTRICT, prompts, seconds=flow.waits.prompt_limit)


def district_question(flow: FlowDefinition, call: CallContext) -> tuple[str, ...]:
    """The present page as prompts."""
    pages = _pages(flow)
    prompts = flow.prompts.info_choose_district if not call.page else ()
    for key, district in pages[call.page % len(pages)].items():
        prompts += (district.prompt, *(press_key(each, key) for each in flow.prompts.info_press))
    if len(pages) > 1:
        prompts += flow.prompts.info_more_districts
    return prompts


def district_of(flow: FlowDefinition, call: CallContext, key: str) -> District | None:
    """What a key means on the present page."""
    pages = _pages(flow)
    return pages[call.page % len(pages)].get(key)


def turn_page(flow: FlowDefinition, call: CallContext) -> CallContext | None:
    """The call on the next page; None where there is none, or all have been heard twice."""
    pages = _pages(flow)
    page = call.page + 1
    if len(pages) == 1 or page >= _ROUNDS * len(pages):
        return None
    return replace(call, page=page)


def _pages(flow: FlowDefinition) -> list[dict[str, District]]:
    """Districts by key; keys that callers may always press keep their meaning."""
    rights = (flow.refusal_key, flow.emergency_key, flow.elderly_key)
    keys = [key for key in _ALL_KEYS if key not in rights][:_MOST_A_PAGE]
    starts = range(0, max(1, len(flow.districts)), len(keys))
    return [dict(zip(keys, flow.districts[at : at + len(keys)], strict=False)) for at in starts]
