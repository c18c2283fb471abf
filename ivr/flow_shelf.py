"""The call flow in force: read at the start and after each change, for calls that arrive then.

A version that cannot be used never stops calls: the last good one goes on, the log says so aloud,
and /readyz tells.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from hotline.directory import centres
from hotline.flows import board, service as flows
from hotline.heartbeat import BEAT_SECONDS
from hotline.house import House
from hotline.tables import FlowVersion
from ivr.catalogue import read_flow_file
from ivr.flow.definition import FlowDefinition
from ivr.flow.districts import with_covered
from ivr.flow.errors import FlowDefinitionError
from ivr.flow.reading import parse_definition

log = logging.getLogger(__name__)

# A database that does not answer must not keep the process from what it has.
_READ_SECONDS = 5.0
# An event tells of a change at once; looking anyway makes good what was missed.
_LOOK_ANYWAY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class LoadedFlow:
    """A flow that calls can be led by, and what they write down of it."""

    definition: FlowDefinition
    version: str


class FlowShelf:
    """Holds the flow for calls that arrive now."""

    def __init__(self, house: House) -> None:
        """Reads the file of the installation, and what is active instead.

        Raises:
            FlowDefinitionError: The file cannot be used, and nothing is active instead.
        """
        self._house = house
        self._changed = asyncio.Event()
        self._row: tuple[int, str] | None = None
        self.problem: str | None = None
        try:
            self._file = self._load(read_flow_file(house.settings.flow_file))
        except FlowDefinitionError as error:
            row = self._active()
            if row is None:
                raise
            log.exception("the flow file cannot be used, and nothing is left to fall back to")
            self._file = self._load(row.text, row.version)
            self.problem = f"The flow file cannot be used: {error}"
        self._whole = self.current = self._file

    def change(self) -> None:
        """Somebody put another version in force."""
        self._changed.set()

    def read(self) -> LoadedFlow:
        """Takes what the database says from now on, or keeps what there is; blocks."""
        try:
            row = self._active()
            wanted = (row.version, row.sha256) if row is not None else None
            if wanted != self._row or self.problem is not None:
                self._whole = self._file if row is None else self._load(row.text, row.version)
                self._row, self.problem = wanted, None
            self.current = self._with_centres(self._whole)
        except FlowDefinitionError as error:
            # It was good when it was put in force: settings have changed since.
            self._keep(f"The active flow cannot be used: {error}")
        except Exception:
            log.exception("the active flow could not be read")
            self._keep("The active flow could not be read from the database.")
        return self.current

    async def keep_reading(self, use: Callable[[LoadedFlow], None]) -> None:
        """Hands each flow that comes into force to `use`, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(_READ_SECONDS):
                    used = await asyncio.to_thread(self.read)
                use(used)
            except TimeoutError:
                self._keep("The database does not say which flow is active.")
            try:
                async with asyncio.timeout(_LOOK_ANYWAY_SECONDS):
                    await self._changed.wait()
            except TimeoutError:
                continue
            finally:
                self._changed.clear()

    async def keep_telling(self, node: str) -> None:
        """Says which flow is in force, until cancelled."""
        while True:
            now = board.FlowNow(node=node, version=self.current.version, problem=self.problem)
            await asyncio.to_thread(board.tell, self._house, now)
            await asyncio.sleep(BEAT_SECONDS)

    def _active(self) -> FlowVersion | None:
        with self._house.database.reading() as session:
            return flows.active(session)

    def _with_centres(self, whole: LoadedFlow) -> LoadedFlow:
        """Without the districts that no centre could be told for."""
        if not whole.definition.districts:
            return whole
        with self._house.database.reading() as session:
            regions = centres.regions(session)
        return replace(whole, definition=with_covered(whole.definition, regions))

    def _load(self, text: str, version: int = flows.FILE_VERSION) -> LoadedFlow:
        settings = self._house.settings
        definition = parse_definition(text).with_languages(settings.languages)
        definition.timetable(settings.hours)
        loaded = LoadedFlow(definition, flows.label(text, version))
        log.info("call flow loaded", extra={"flow": loaded.version})
        return loaded

    def _keep(self, problem: str) -> None:
        self.problem = problem
        log.error("calls go on by an earlier flow", extra={"flow": self.current.version})
