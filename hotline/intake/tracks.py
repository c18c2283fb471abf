"""Tracks that have something in common."""

from hotline.intake.findings import Track

ALL_TRACKS = frozenset(Track) - {Track.ASK}
ACCUSED_TRACKS = frozenset(
    {Track.MANDATORY_DEFENCE, Track.DISCRETIONARY_DEFENCE, Track.DUTY_LAWYER}
)
APPLICATION_TRACKS = frozenset(
    {
        Track.DISCRETIONARY_DEFENCE,
        Track.DUTY_LAWYER,
        Track.CRIMINAL_VICTIM,
        Track.CIVIL,
        Track.RETRIAL,
        Track.REVIEW,
    }
)
"""Tracks on which somebody applies to the legal-aid institution."""

MEANS_TRACKS = frozenset({Track.CRIMINAL_VICTIM, Track.CIVIL, Track.RETRIAL, Track.REVIEW})
