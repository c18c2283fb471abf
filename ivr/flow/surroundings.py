"""What a flow file has to fit, and what is found about the two. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hotline.flows.findings import FlowFinding
from ivr.flow.definition import EVERY_LANGUAGE
from ivr.flow.errors import Path

Found = Iterator[tuple[FlowFinding, Path]]
"""Findings, each with its place in the file."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a flow file has to fit: settings, recordings and people.

    Attributes:
        languages: Offered to callers; None for all of the file.
        hours: The timetable that the settings name; None when it is not known.
        recorded: Keys of the prompts that have audio, by language.
        texts: What prompts say, by key and language; those of the operator's own are not known.
        served_topics: Topics that a lawyer knows, None when any is known.
        centre_regions: Codes of the places with a legal-aid centre; None when they are not known.
        in_force: The timetable that administrators put in force instead; None where they did not,
            or entered it themselves.
        may_leave_message: The rules of the queue let callers leave one; None when not known.
    """

    languages: Sequence[str] | None = None
    hours: str | None = None
    recorded: Mapping[str, Collection[str]] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    served_topics: Collection[str] | None = None
    centre_regions: Collection[str] | None = None
    in_force: str | None = None
    may_leave_message: bool | None = None

    def is_offered(self, language: str) -> bool:
        """Whether callers may choose the language."""
        return self.languages is None or language in self.languages

    def is_recorded(self, key: str, language: str) -> bool:
        """Whether there is audio for a prompt in a language, or audio without words."""
        return any(key in self.recorded.get(each, ()) for each in (language, EVERY_LANGUAGE))
