"""What the telephone side says of flow files to the API (`hotline.flows.judge`)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from hotline.directory import centres
from hotline.flows.findings import FlowFinding
from hotline.flows.judge import PromptState
from hotline.flows.served import Served
from hotline.hours.configuration import HoursRules
from hotline.hours.day import OpeningAt
from hotline.house import House
from hotline.settings import Settings
from ivr.arrivals import look
from ivr.catalogue import PromptCatalogue, load_texts, prompt_directories, read_flow_file
from ivr.catalogue_check import recorded, surroundings
from ivr.flow.districts import with_covered
from ivr.flow.lint import lint
from ivr.flow.picture import menus
from ivr.flow.reading import parse_definition
from ivr.flow.simulate import simulate as play
from ivr.opening import opening_at
from ivr.staffing import may_promise

_SOURCES = ("uploaded", "own", "shipped")
"""Names of `prompt_directories`, in their order."""


def findings(text: str, settings: Settings, *, served: Served) -> Sequence[FlowFinding]:
    """What is wrong or odd about a flow, worst first."""
    around = surroundings(
        prompt_directories(settings.data_dir),
        languages=settings.languages,
        hours=settings.hours,
        served=served,
    )
    return lint(text, around)


def diagram(text: str) -> str:
    """The menus of a flow that can be read, in Mermaid's language.

    Raises:
        FlowDefinitionError: It cannot be read.
    """
    return menus(parse_definition(text))


def file_text(settings: Settings) -> str:
    """The flow file of this installation, or the shipped one.

    Raises:
        FlowDefinitionError: It cannot be read.
    """
    return read_flow_file(settings.flow_file)


def timetables(text: str) -> Sequence[str]:
    """The names of a flow's timetables, that which is always open among them.

    Raises:
        FlowDefinitionError: It cannot be read.
    """
    return sorted(parse_definition(text).timetables)


def prompts(text: str, settings: Settings) -> Sequence[PromptState]:
    """Every prompt that callers could hear, and what there is of it.

    Raises:
        FlowDefinitionError: The flow cannot be read.
    """
    texts = load_texts()
    used = {key.partition("@")[0] for key in parse_definition(text).prompt_keys}
    sources: dict[str, dict[str, str]] = {key: {} for key in {*texts, *used}}
    directories = prompt_directories(settings.data_dir)
    # The first directory counts, so it is looked at last.
    for name, directory in reversed(list(zip(_SOURCES, directories, strict=True))):
        for language, keys in recorded((directory,)).items():
            for key in keys:
                sources.setdefault(key, {})[language] = name
    return [
        PromptState(key, key in used, dict(texts.get(key, {})), sources[key])
        for key in sorted(sources)
    ]


def default_language(text: str) -> str:
    """What a flow's callers hear where their own language has no audio.

    Raises:
        FlowDefinitionError: It cannot be read.
    """
    return parse_definition(text).default_language


def prompt_file(text: str, settings: Settings, key: str, language: str) -> Path:
    """The WAV file that a flow's callers of this language hear.

    Raises:
        FlowDefinitionError: The flow cannot be read.
        PromptMissing: There is none, not even in the flow's default language.
    """
    catalogue = PromptCatalogue(prompt_directories(settings.data_dir))
    return catalogue.path(key, language, default_language=default_language(text))


def simulate(text: str, script: str, house: House) -> Sequence[str]:
    """What a call would hear, line by line.

    Raises:
        FlowDefinitionError: The flow or the script cannot be read.
    """
    settings = house.settings
    flow = parse_definition(text).with_languages(settings.languages)
    with house.database.reading() as session:
        flow = with_covered(flow, centres.regions(session))
    at = house.clock.now().astimezone(settings.zone)
    opened = look(house, flow).is_open
    return play(flow, script, at=at, is_open=opened, texts=load_texts())


def opening(
    text: str,
    rules: HoursRules,
    local: datetime,
    *,
    settings: Settings,
    session: Session,
    is_now: bool,
) -> OpeningAt:
    """What the line does at a moment, in the hotline's own time zone, the rota included.

    Raises:
        FlowDefinitionError: The flow cannot be read, or the timetable in force is not there.
    """
    found = opening_at(parse_definition(text), rules, local, hours=settings.hours)
    if may_promise(session, rules, local.astimezone(UTC), is_now=is_now):
        return found
    return replace(found, is_open=False, is_staffed=False)
