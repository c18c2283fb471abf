"""The preliminary finding on legal aid: a proposal for a person to decide on, never a refusal."""

from hotline.intake.facts import IntakeFacts
from hotline.intake.findings import Confidence, Finding, MeansTest, Organisation, Track


def find(facts: IntakeFacts) -> Finding:
    """Makes the preliminary finding; never raises, whatever is unknown."""
    del facts
    return Finding(
        track=Track.ASK,
        possible_tracks=tuple(Track),
        means_test=MeansTest.ASK,
        confidence=Confidence.LOW,
        articles=(),
        organisation=Organisation(rule="", places=()),
        documents=(),
        deadlines=(),
        overlays=(),
        questions=(),
        reminders=(),
        alternatives=(),
    )
