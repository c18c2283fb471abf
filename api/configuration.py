"""What administrators set while the hotline runs: read with its schema, changed by version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api.paging import Page
from hotline.configuration import service as configuration
from hotline.configuration.kinds import KINDS
from hotline.hours.configuration import HoursRules
from hotline.hours.timetables import require_known
from hotline.tables import ConfigurationVersion
from hotline.views.access import ADMIN, WATCHERS, require_role
from hotline.views.reader import Person
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy

router = Router(prefix="/configuration", tags=["administration"])


class ConfigurationShape(BaseModel):
    """One kind of rules as it is in force; version 0 are the defaults."""

    kind: str
    version: int
    changed_at: datetime | None = None
    changed_by: str | None = None
    changed_by_name: str | None = None
    values: dict[str, Any]


class ConfigurationDetail(ConfigurationShape):
    """The rules with the JSON Schema that a change has to satisfy."""

    schema_: dict[str, Any] = Field(alias="schema", serialization_alias="schema")


class ConfigurationChange(BaseModel):
    """New rules; `version` is the one that was read before."""

    version: int = Field(ge=0)
    values: dict[str, Any]


@router.get("")
def get_kinds(reader: ReadBy) -> Page[ConfigurationShape]:
    """Every kind of rules as it is in force."""
    require_role(reader.signed_in, WATCHERS)
    return Page(items=[_in_force(reader, name) for name in sorted(KINDS)])


@router.get("/{kind}")
def get_configuration(kind: str, reader: ReadBy) -> ConfigurationDetail:
    """One kind of rules, with its schema."""
    require_role(reader.signed_in, WATCHERS)
    model = configuration.model_of(kind)
    shape = _in_force(reader, kind)
    return ConfigurationDetail(**shape.model_dump(), schema=model.model_json_schema())


@router.get("/{kind}/history")
def get_history(kind: str, reader: ReadBy) -> Page[ConfigurationShape]:
    """The versions of one kind, newest first."""
    require_role(reader.signed_in, WATCHERS)
    configuration.model_of(kind)
    rows = configuration.history(reader.session, kind)
    people = reader.people(row.changed_by for row in rows)
    return Page(items=[_shape(row, people) for row in rows])


@router.put("/{kind}")
def put_configuration(kind: str, body: ConfigurationChange, writer: WriteBy) -> ConfigurationShape:
    """Puts other rules in force; 409 when somebody was faster, 422 when they do not hold."""
    require_role(writer.signed_in, frozenset({ADMIN}))
    row = configuration.change(
        writer.session,
        writer.house,
        kind,
        body.values,
        expected=body.version,
        by=writer.signed_in,
    )
    if configuration.model_of(kind) is HoursRules:
        # Only here is it known what the flow has; what was written is undone with the request.
        require_known(writer.session, writer.house.settings, HoursRules.model_validate(row.content))
    return _shape(row, writer.people([row.changed_by]))


def _in_force(reader: ReadBy, name: str) -> ConfigurationShape:
    row = configuration.latest(reader.session, name)
    if row is None:
        defaults = configuration.model_of(name)()
        return ConfigurationShape(kind=name, version=0, values=defaults.model_dump(mode="json"))
    return _shape(row, reader.people([row.changed_by]))


def _shape(row: ConfigurationVersion, people: Mapping[str, Person]) -> ConfigurationShape:
    # An older program's version lacks fields that are at their defaults now.
    model = configuration.model_of(row.kind)
    changer = people.get(row.changed_by or "")
    return ConfigurationShape(
        kind=row.kind,
        version=row.version,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        changed_by_name=changer.name if changer is not None else None,
        values=model.model_validate(row.content).model_dump(mode="json"),
    )
