"""Versions of the call flow: uploaded, looked at, tried on paper, put in force."""

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field

from api.paging import Page
from hotline.errors import HotlineError
from hotline.flows import board, service as flows
from hotline.flows.findings import FlowFinding, Severity
from hotline.flows.judge import judge
from hotline.flows.served import served
from hotline.prompts import service as prompts
from hotline.tables import FlowVersion, User
from hotline.views.access import ADMIN, WATCHERS, require_role
from hotline.views.reader import Reader, Shape
from hotline.web.routing import Router
from hotline.web.signed_in import ChangeBy, ReadBy

router = Router(prefix="/flows", tags=["administration"])

_ADMINS = frozenset({ADMIN})

Version = Annotated[int, Path(ge=0)]
Text = Annotated[str, Field(min_length=1, max_length=flows.MAX_TEXT)]


class FindingShape(Shape):
    """What is wrong or odd about a flow; `severity` is error, warning or note.

    `code` names the sentences `text` and `remedy`, which are English, and `values` has what stands
    in them, so that a page can say them in another language.
    """

    rule: str
    code: str
    values: dict[str, str]
    severity: Severity
    text: str
    remedy: str
    line: int | None
    place: str


class FlowShape(Shape):
    """One version; 0 is the file of the installation. `state` is draft, active or retired."""

    version: int
    state: str
    sha256: str
    note: str
    created_at: datetime | None = None
    created_by: str | None = None
    activated_at: datetime | None = None
    activated_by: str | None = None
    retired_at: datetime | None = None


class RunningShape(BaseModel):
    """What a telephone process leads calls by; `problem` says why it is not the active version."""

    node: str
    version: str
    problem: str | None


class FlowList(Page[FlowShape]):
    """The versions, newest first, and what is running."""

    running: list[RunningShape]


class FlowDetail(FlowShape):
    """One version with its text, what is to be said of it, and its menus in Mermaid's language."""

    text: str
    findings: list[FindingShape]
    diagram: str | None


class FlowUpload(BaseModel):
    """A flow, in TOML."""

    text: Text
    note: str = Field(default="", max_length=500)


class FlowCheck(BaseModel):
    """What is to be said of a flow that nobody keeps."""

    findings: list[FindingShape]
    diagram: str | None


class Script(BaseModel):
    """What happens in a call that is tried on paper, such as `key 1; wait 20; hang up`."""

    script: str = Field(max_length=4000)


class Simulation(BaseModel):
    """What such a call goes through."""

    lines: list[str]


@router.get("")
def get_flows(reader: ReadBy) -> FlowList:
    """Every version, the file last."""
    require_role(reader.signed_in, WATCHERS)
    rows = flows.versions(reader.session)
    items = [_shape(row) for row in rows] + [_file(reader)]
    running = [RunningShape(**each.model_dump()) for each in board.hear(reader.house)]
    return FlowList(items=items, running=running)


@router.post("", status_code=201)
def post_flow(body: FlowUpload, reader: ChangeBy) -> FlowDetail:
    """Keeps a flow as a draft and says what is wrong with it; calls go on as they did."""
    require_role(reader.signed_in, _ADMINS)
    with reader.house.database.session() as session:
        by = session.get_one(User, reader.signed_in.id)
        shape = _shape(flows.draft(session, reader.house, body.text, note=body.note, by=by))
    return _detail(reader, shape, body.text)


@router.post("/check")
def post_check(body: FlowUpload, reader: ReadBy) -> FlowCheck:
    """Says what is wrong with a flow without keeping it."""
    require_role(reader.signed_in, WATCHERS)
    return FlowCheck(findings=_findings(reader, body.text), diagram=_diagram(body.text))


@router.get("/{version}")
def get_flow(version: Version, reader: ReadBy) -> FlowDetail:
    """One version."""
    require_role(reader.signed_in, WATCHERS)
    if version == flows.FILE_VERSION:
        return _detail(reader, _file(reader), judge().file_text(reader.house.settings))
    row = flows.find(reader.session, version)
    return _detail(reader, _shape(row), row.text)


@router.post("/{version}/activate")
def post_activate(version: Version, reader: ChangeBy) -> FlowShape:
    """Leads calls that arrive from now on by this version; calls that go on finish on theirs.

    422 when calls could not be led by it; 409 when prompts changed while it was judged.
    """
    require_role(reader.signed_in, _ADMINS)
    house, findings = reader.house, []
    recordings = prompts.active(reader.session)
    if version != flows.FILE_VERSION:
        # Nobody else could write while hundreds of files are looked at.
        findings = _judged(reader, flows.find(reader.session, version).text)
    with house.database.session() as session:
        prompts.require_unchanged(session, recordings)
        by = session.get_one(User, reader.signed_in.id)
        row = flows.activate(session, house, version, by=by, findings=findings)
        return _shape(row) if row is not None else _file(Reader(session, house, by))


@router.post("/{version}/simulate")
def post_simulate(version: Version, body: Script, reader: ReadBy) -> Simulation:
    """Plays keys and times against a version, on paper."""
    require_role(reader.signed_in, WATCHERS)
    if version == flows.FILE_VERSION:
        text = judge().file_text(reader.house.settings)
    else:
        text = flows.find(reader.session, version).text
    return Simulation(lines=list(judge().simulate(text, body.script, reader.house)))


def _judged(reader: Reader, text: str) -> list[FlowFinding]:
    there = served(reader.session)
    return list(judge().findings(text, reader.house.settings, served=there))


def _findings(reader: Reader, text: str) -> list[FindingShape]:
    return [
        FindingShape.model_validate(each, from_attributes=True) for each in _judged(reader, text)
    ]


def _diagram(text: str) -> str | None:
    try:
        return judge().diagram(text)
    except HotlineError:
        return None


def _detail(reader: Reader, shape: FlowShape, text: str) -> FlowDetail:
    return FlowDetail(
        **shape.model_dump(), text=text, findings=_findings(reader, text), diagram=_diagram(text)
    )


def _file(reader: Reader) -> FlowShape:
    is_active = flows.active(reader.session) is None
    return FlowShape(
        version=flows.FILE_VERSION,
        state=flows.ACTIVE if is_active else flows.RETIRED,
        sha256=flows.digest(judge().file_text(reader.house.settings)),
        note="",
    )


def _shape(row: FlowVersion) -> FlowShape:
    return FlowShape.model_validate(row, from_attributes=True)
