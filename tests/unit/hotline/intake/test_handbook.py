from pathlib import Path

from hotline.intake.findings import Confidence, MeansTest, Track
from hotline.intake.handbook import CONFIDENCE_LABELS, MEANS_LABELS, TRACK_LABELS, page
from hotline.intake.rules import TRACK_RULES

PAGE = Path(__file__).parents[4] / "docs" / "legal-aid-rules.md"


class TestPage:
    def test_page__file_is_current(self) -> None:
        assert PAGE.read_text(encoding="utf-8") == page(), (
            "run: python -m hotline.intake.handbook > docs/legal-aid-rules.md"
        )

    def test_page__names_every_rule(self) -> None:
        text = page()

        assert [rule.id for rule in TRACK_RULES if f"`{rule.id}`" not in text] == []


class TestLabels:
    def test_labels__cover_every_value(self) -> None:
        assert set(TRACK_LABELS) == set(Track)
        assert set(MEANS_LABELS) == set(MeansTest)
        assert set(CONFIDENCE_LABELS) == set(Confidence)
