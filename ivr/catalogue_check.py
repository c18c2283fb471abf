"""What is wrong or odd about menus, prompts and texts: the findings of `hotline flow check`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hotline.flows.findings import FlowFinding, Severity
from hotline.flows.served import Served
from ivr.catalogue import (
    SHIPPED,
    PromptCatalogue,
    load_texts,
    prompt_directories,
    read_flow_file,
    wav_problem,
)
from ivr.flow.definition import EVERY_LANGUAGE
from ivr.flow.errors import FlowDefinitionError
from ivr.flow.lint import lint
from ivr.flow.surroundings import Surroundings


def check(
    flow_file: Path | None = None,
    *,
    data_dir: Path | None = None,
    languages: Sequence[str] | None = None,
    hours: str | None = None,
) -> list[FlowFinding]:
    """Everything wrong or odd, worst first.

    Args:
        flow_file: The operator's flow file; None for the shipped one.
        data_dir: Where the operator's own prompts lie; None when there are none.
        languages: The languages to be offered; None for all of the file.
        hours: The timetable to be used, if one is to be checked.

    Returns:
        The findings; empty when all is well.
    """
    try:
        text = read_flow_file(flow_file)
    except FlowDefinitionError as error:
        return [FlowFinding("file", Severity.ERROR, str(error))]
    directories = prompt_directories(data_dir) if data_dir else (SHIPPED / "audio",)
    around = surroundings(directories, languages=languages, hours=hours)
    return [*_unplayable(directories), *lint(text, around)]


def surroundings(
    directories: Sequence[Path],
    *,
    languages: Sequence[str] | None = None,
    hours: str | None = None,
    served: Served = Served(),  # noqa: B008  # frozen
) -> Surroundings:
    """What a flow file has to fit on this machine."""
    return Surroundings(
        languages=languages,
        hours=hours,
        recorded=recorded(directories),
        texts=load_texts(),
        served_topics=served.topics,
        centre_regions=served.regions,
        in_force=served.in_force,
        may_leave_message=served.may_leave_message,
    )


def recorded(directories: Sequence[Path]) -> Mapping[str, frozenset[str]]:
    """The keys of all prompts that can be played, by language."""
    catalogue = PromptCatalogue(directories)
    found: dict[str, set[str]] = {EVERY_LANGUAGE: set()}
    for directory in directories:
        for path in directory.glob("*/*.wav"):
            if catalogue.find(path.stem, path.parent.name) is not None:
                found.setdefault(path.parent.name, set()).add(path.stem)
    return {language: frozenset(keys) for language, keys in found.items()}


def _unplayable(directories: Sequence[Path]) -> Iterator[FlowFinding]:
    for directory in directories:
        for path in sorted(directory.glob("*/*.wav")):
            problem = wav_problem(path)
            if problem is not None:
                yield FlowFinding("prompt_unplayable", Severity.ERROR, f"{path} {problem}.")
