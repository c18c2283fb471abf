"""The settings' page says what the settings are."""

from pathlib import Path

from hotline.settings import Settings
from hotline.settings_reference import reference

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_reference__names_every_setting_with_a_description() -> None:
    rows = [line for line in reference().splitlines() if line.startswith("| `HOTLINE_")]
    assert len(rows) == len(Settings.model_fields)
    assert not [row for row in rows if row.endswith("|  |")]


def test_reference__page_is_current() -> None:
    # To write it anew: hotline settings > docs/settings.md
    assert PAGE.read_text() == reference()
