"""Reading and changing what administrators set: checked, versioned, audited, never overwritten."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.audit import audit
from hotline.configuration.kinds import KINDS
from hotline.errors import Conflict, InvalidInput, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.tables import ConfigurationVersion, User

_Model = TypeVar("_Model", bound=BaseModel)


def current(session: Session, kind: type[_Model]) -> _Model:
    """The rules in force; their defaults while nobody has changed them.

    What an older program stored is read too: fields that it did not know have their defaults.
    """
    row = latest(session, name_of(kind))
    return kind.model_validate(row.content) if row is not None else kind()


def name_of(kind: type[BaseModel]) -> str:
    """The name under which a model is stored.

    Raises:
        NotFound: The model is not among the kinds.
    """
    for name, model in KINDS.items():
        if model is kind:
            return name
    raise NotFound(f"{kind.__name__} is not a kind of configuration.")


def model_of(name: str) -> type[BaseModel]:
    """The model behind a name.

    Raises:
        NotFound: There is no such kind; the message lists those there are.
    """
    try:
        return KINDS[name]
    except KeyError:
        names = ", ".join(sorted(KINDS))
        raise NotFound(f"There is no configuration {name}; there are: {names}.") from None


def latest(session: Session, name: str) -> ConfigurationVersion | None:
    """The newest version of a kind, None while its defaults hold."""
    return session.exec(_newest(name)).first()


def history(session: Session, name: str, *, limit: int = 100) -> Sequence[ConfigurationVersion]:
    """The versions of a kind, newest first."""
    return session.exec(_versions(name).limit(limit)).all()


def change(
    session: Session,
    house: House,
    name: str,
    values: Mapping[str, object],
    *,
    expected: int,
    by: User | None,
) -> ConfigurationVersion:
    """Puts other rules in force.

    Args:
        session: The deed's session.
        house: The process's house.
        name: The kind.
        values: All fields that shall differ from the defaults.
        expected: The version that the changer has seen, 0 for the defaults.
        by: Who changes it; None for the installation itself.

    Raises:
        Conflict: Somebody else has changed it in the meantime.
        InvalidInput: The rules do not hold together; the message says which field and why.
        NotFound: There is no such kind.
    """
    content = _checked(model_of(name), values)
    before = latest(session, name)
    version = before.version if before is not None else 0
    if version != expected:
        raise Conflict(f"The configuration {name} is at version {version} now; read it again.")
    row = ConfigurationVersion(
        kind=name,
        version=version + 1,
        content=content,
        changed_at=house.clock.now(),
        changed_by=by.id if by is not None else None,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(f"The configuration {name} was changed at the same time.") from error
    audit(session, house, by, "configuration.changed", name, version=row.version)
    house.record(session, EventType.CONFIGURATION_CHANGED, kind=name, version=row.version)
    return row


# Rules are read in almost every transaction, and putting the statement together costs more than
# carrying it out: kept, a reading takes two fifths of the time (measured 2026-11-23).
@lru_cache(maxsize=64)
def _newest(name: str) -> SelectOfScalar[ConfigurationVersion]:
    return _versions(name).limit(1)


def _versions(name: str) -> SelectOfScalar[ConfigurationVersion]:
    return (
        select(ConfigurationVersion)
        .where(col(ConfigurationVersion.kind) == name)
        .order_by(col(ConfigurationVersion.version).desc())
    )


def _checked(model: type[BaseModel], values: Mapping[str, object]) -> dict[str, object]:
    try:
        checked = model.model_validate(dict(values))
    except ValidationError as error:
        fields = [
            (".".join(str(part) for part in problem["loc"]), problem["msg"])
            for problem in error.errors(include_url=False, include_input=False)
        ]
        text = "; ".join(f"{field or 'the whole'}: {message}" for field, message in fields)
        raise InvalidInput(text, fields=fields) from error
    return checked.model_dump(mode="json")
