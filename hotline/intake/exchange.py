"""Facts and findings as plain JSON values, for the database, the API and the form."""

from dataclasses import asdict, fields as dataclass_fields
from enum import StrEnum
from typing import Final

from hotline.errors import InvalidInput
from hotline.intake.facts import (
    Applicant,
    ApplicationStage,
    Capacity,
    CriminalStage,
    Disability,
    IntakeFacts,
    Means,
    RetrialStatus,
    Role,
    Status,
    TerminationGround,
    UrgentMeasure,
)
from hotline.intake.fields import FIELDS, Field
from hotline.intake.findings import Finding
from hotline.intake.matters import Matter

Json = dict[str, object]

_CHOICES: Final[dict[str, type[StrEnum]]] = {
    "role": Role,
    "matter": Matter,
    "criminal_stage": CriminalStage,
    "capacity": Capacity,
    "means": Means,
    "retrial_status": RetrialStatus,
    "applicant": Applicant,
    "application": ApplicationStage,
    "termination_ground": TerminationGround,
}
_FLAGS: Final[dict[str, type[StrEnum]]] = {
    "further_matters": Matter,
    "disabilities": Disability,
    "status": Status,
    "urgent_measures": UrgentMeasure,
}
_NUMBERS: Final[dict[str, range]] = {
    "age": range(151),
    "days_to_deadline": range(-36_500, 36_501),
    "group_size": range(1, 100_001),
}
_TEXTS: Final = frozenset({"handling_place", "event_place", "region"})
_TEXT_CHARACTERS: Final = 100
_NAMES: Final = tuple(field.name for field in dataclass_fields(IntakeFacts))


def facts_from_json(value: object) -> IntakeFacts:
    """Reads facts from a JSON object; what is missing or null stays unknown.

    Args:
        value: An object with the names of `IntakeFacts`: strings for choices, arrays of strings for
            sets, true, false or null for questions, whole numbers, text.

    Raises:
        InvalidInput: A name is not a fact, or a value does not fit it. The message names the field
            and what it takes, never the value, which may be personal.
    """
    if not isinstance(value, dict):
        raise InvalidInput("Intake facts are a JSON object.")
    known = set(_NAMES)
    strange = sorted(str(name)[:40] for name in value if name not in known)
    if strange:
        raise InvalidInput(f"There is no intake fact called {', '.join(strange)}.")
    given = {name: item for name, item in value.items() if item is not None}
    read = {name: _read(name, item) for name, item in given.items()}
    return IntakeFacts(**read)  # type: ignore[arg-type]  # _read gives each name its own type


def facts_to_json(facts: IntakeFacts) -> Json:
    """Writes facts as a JSON object with every name; sets are sorted arrays, unknown is null.

    Choices that are unknown are written as "unknown", so that the form shows its empty choice.
    """
    return {name: _write(getattr(facts, name)) for name in _NAMES}


def finding_to_json(finding: Finding) -> Json:
    """Writes a finding as a JSON object; articles carry their `code` besides their parts."""
    written = asdict(finding)
    for article, part in zip(finding.articles, written["articles"], strict=True):
        part["code"] = article.code
    return {name: _plain(value) for name, value in written.items()}


def fields_to_json() -> list[Json]:
    """Writes the form's fields, in the order in which to show them."""
    return [_field_to_json(field) for field in FIELDS]


def _field_to_json(field: Field) -> Json:
    return {name: _plain(value) for name, value in asdict(field).items()}


def _read(name: str, value: object) -> object:
    if name in _CHOICES:
        return _read_choice(name, value, _CHOICES[name])
    if name in _FLAGS:
        return _read_flags(name, value, _FLAGS[name])
    if name in _NUMBERS:
        return _read_number(name, value, _NUMBERS[name])
    if name in _TEXTS:
        return _read_text(name, value)
    if not isinstance(value, bool):
        raise InvalidInput(f"{name} is true, false or null.")
    return value


def _read_choice(name: str, value: object, kind: type[StrEnum]) -> StrEnum:
    allowed = [member.value for member in kind]
    if not isinstance(value, str) or value not in allowed:
        raise InvalidInput(f"{name} is one of: {', '.join(allowed)}.")
    return kind(value)


def _read_flags(name: str, value: object, kind: type[StrEnum]) -> frozenset[StrEnum]:
    if not isinstance(value, list):
        raise InvalidInput(f"{name} is an array of: {', '.join(kind)}.")
    return frozenset(_read_choice(name, item, kind) for item in value)


def _read_number(name: str, value: object, allowed: range) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number or value not in allowed:
        raise InvalidInput(f"{name} is a whole number from {allowed[0]} to {allowed[-1]}.")
    assert isinstance(value, int)  # noqa: S101  # is_number says so; the checker cannot see it
    return value


def _read_text(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > _TEXT_CHARACTERS:
        raise InvalidInput(f"{name} is a text of at most {_TEXT_CHARACTERS} characters.")
    return value.strip()


def _write(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else _plain(value)


def _plain(value: object) -> object:
    """Turns enums into strings and tuples into lists, all the way down."""
    match value:
        case StrEnum():
            return value.value
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list() | tuple() | frozenset():
            return [_plain(item) for item in value]
        case _:
            return value
