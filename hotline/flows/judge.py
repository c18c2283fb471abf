"""Judging flow files: the telephone side knows how, and registers itself here.

The kernel and the API must not import an edge (docs/adr/0001), so whoever leads calls offers a
module with these functions under the entry points ``hotline.flows``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, cast

from sqlmodel import Session

from hotline.errors import NotConfigured
from hotline.flows import service as flows
from hotline.flows.findings import FlowFinding
from hotline.flows.served import Served
from hotline.hours.configuration import HoursRules
from hotline.hours.day import OpeningAt
from hotline.house import House
from hotline.settings import Settings

ENTRY_POINTS = "hotline.flows"


@dataclass(frozen=True, slots=True)
class PromptState:
    """One prompt.

    Attributes:
        key: Its key.
        is_used: The flow names it.
        texts: What it says, by language, as far as that is known.
        sources: Where its audio comes from, by language: uploaded, own (a file that the operator
            laid there) or shipped; a language that is missing hears the default one.
    """

    key: str
    is_used: bool
    texts: Mapping[str, str]
    sources: Mapping[str, str]


class Judge(Protocol):
    """What the telephone side can say of a flow file."""

    def findings(self, text: str, settings: Settings, *, served: Served) -> Sequence[FlowFinding]:
        """What is wrong or odd about a flow, worst first."""

    def diagram(self, text: str) -> str:
        """The menus of a flow that can be read, in Mermaid's language.

        Raises:
            InvalidInput: It cannot be read.
        """

    def file_text(self, settings: Settings) -> str:
        """The flow file of this installation, or the shipped one.

        Raises:
            InvalidInput: It cannot be read.
        """

    def timetables(self, text: str) -> Sequence[str]:
        """The names of a flow's timetables, that which is always open among them.

        Raises:
            InvalidInput: The flow cannot be read.
        """

    def prompts(self, text: str, settings: Settings) -> Sequence[PromptState]:
        """Every prompt that callers could hear, and what there is of it.

        Raises:
            InvalidInput: The flow cannot be read.
        """

    def default_language(self, text: str) -> str:
        """What a flow's callers hear where their own language has no audio.

        Raises:
            InvalidInput: The flow cannot be read.
        """

    def prompt_file(self, text: str, settings: Settings, key: str, language: str) -> Path:
        """The WAV file that a flow's callers of this language hear.

        Raises:
            InvalidInput: The flow cannot be read.
            NotFound: There is none, not even in the flow's default language.
        """

    def simulate(self, text: str, script: str, house: House) -> Sequence[str]:
        """What a call would hear, line by line.

        Raises:
            InvalidInput: The flow or the script cannot be read.
        """

    def opening(
        self,
        text: str,
        rules: HoursRules,
        local: datetime,
        *,
        settings: Settings,
        session: Session,
        is_now: bool,
    ) -> OpeningAt:
        """What the line does at a moment, in the hotline's own time zone.

        `is_now`: whoever is signed in counts beside the rota, as for a call that arrives.

        Raises:
            InvalidInput: The flow cannot be read, or the timetable in force is not there.
        """


@cache
def judge() -> Judge:
    """The judge of this installation.

    Raises:
        NotConfigured: The telephone side is not installed.
    """
    for entry in entry_points(group=ENTRY_POINTS):
        return cast("Judge", entry.load())
    raise NotConfigured("Nothing here can judge call flows; install the platform again.")


def text_in_force(session: Session, settings: Settings) -> str:
    """The flow that leads calls which arrive now: the active version, or the installation's file.

    Raises:
        InvalidInput: The file cannot be read.
        NotConfigured: The telephone side is not installed.
    """
    row = flows.active(session)
    return judge().file_text(settings) if row is None else row.text
