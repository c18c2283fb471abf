"""Everything that can be noticed in a sentence of the caller. Pure."""

from collections.abc import Callable, Iterator, Sequence

from hotline.insights.deadlines import find_deadlines
from hotline.insights.facts import find_facts
from hotline.insights.insight import Insight, Said
from hotline.insights.languages import find_languages
from hotline.insights.legal_aid import find_legal_aid
from hotline.insights.risks import find_risks
from hotline.insights.topics import find_topics

_FINDERS: Sequence[Callable[[Said], Iterator[Insight]]] = (
    find_risks,
    find_languages,
    find_topics,
    find_legal_aid,
    find_deadlines,
    find_facts,
)


def find_insights(said: Said) -> list[Insight]:
    """What the sentence is good for, the urgent first; nothing twice."""
    found: dict[tuple[str, str, str], Insight] = {}
    for finder in _FINDERS:
        for insight in finder(said):
            found.setdefault((insight.kind, insight.key, insight.value), insight)
    return list(found.values())
