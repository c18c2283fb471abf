"""What a consultation ticket may hold. Pure.

Fields and words follow the telephone consultation register of SF/T 0058 and GB/T 33358 (ticket).
"""

from collections.abc import Mapping

from hotline.errors import InvalidInput

TOPICS = ("labour", "family", "contracts", "injury", "legal_aid")

DISPOSITIONS = (
    "answered",
    "legal_aid",
    "mediation",
    "notary",
    "arbitration",
    "other_hotline",
    "emergency",
    "call_back",
    "not_legal",
    "invalid",
)

MATTERS = (
    "wages",
    "labour_contract",
    "work_injury",
    "social_insurance",
    "divorce",
    "custody_support",
    "maintenance_of_parents",
    "domestic_violence",
    "inheritance",
    "loan",
    "contract",
    "property",
    "traffic",
    "medical",
    "other_injury",
    "criminal",
    "administrative",
    "other",
)

_TEXT_CHARACTERS = 20_000
_NAME_CHARACTERS = 100

_TEXTS = {"summary": _TEXT_CHARACTERS, "advice": _TEXT_CHARACTERS}
_NAMES = {"caller_name": _NAME_CHARACTERS, "caller_identity": 18}
_FLAGS = frozenset({"legal_aid_informed", "legal_aid_intent", "is_confidential"})
_CHOICES: dict[str, tuple[str, ...]] = {
    "topic": TOPICS,
    "disposition": DISPOSITIONS,
    "matter": MATTERS,
}

EDITABLE = frozenset({*_TEXTS, *_NAMES, *_FLAGS, *_CHOICES, "language", "facts"})


def check_changes(changes: Mapping[str, object]) -> None:
    """Checks what somebody wants to write into a ticket.

    Raises:
        InvalidInput: A field is unknown, of the wrong kind, or too long.
    """
    for name, value in changes.items():
        if name not in EDITABLE:
            raise InvalidInput(f"A ticket has no field {name} that can be changed.")
        if name in _FLAGS and not isinstance(value, bool):
            raise InvalidInput(f"{name} must be true or false.")
        limit = (_TEXTS | _NAMES).get(name)
        if limit is not None and (not isinstance(value, str) or len(value) > limit):
            raise InvalidInput(f"{name} must be a text of at most {limit} characters.")
        if name in _CHOICES and value is not None and value not in _CHOICES[name]:
            raise InvalidInput(f"{name} must be one of {', '.join(_CHOICES[name])}.")


def missing_to_finish(*, summary: str, disposition: str | None) -> tuple[str, ...]:
    """The fields that must be filled before a ticket is done, in the order of the form."""
    missing = []
    if not summary.strip():
        missing.append("summary")
    if disposition is None:
        missing.append("disposition")
    return tuple(missing)
