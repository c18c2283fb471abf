"""docs/settings.md, written from the settings themselves."""

from pathlib import Path

from pydantic.fields import FieldInfo

from hotline.settings import Settings

_HEAD = """\
# Settings

Set in the environment, or one a line as `NAME=value` in `hotline.env` in the data directory; the
environment wins, and options of `hotline up` win over both. Printed by `hotline settings`.

| setting | default | what it is |
|---|---|---|
"""


def reference() -> str:
    """The page, as Markdown."""
    return _HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    description = (field.description or "").replace("|", "\\|")
    return f"| `HOTLINE_{name.upper()}` | {_default(field.default)} | {description} |\n"


def _default(value: object) -> str:
    if value is None or value == () or not str(value):
        return "empty"
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case tuple():
            return f"`{','.join(str(part) for part in value)}`"
        case Path():
            return f"`./{value}`"
        case _:
            return f"`{value}`"
