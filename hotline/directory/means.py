"""The economic-hardship limit of legal aid, as a place has set it. Pure.

Provinces set it and change it (Legal Aid Law, article 34); it differs from place to place. So it
counts only with its year and its source, only for the place that it was entered for, and where none
was entered nobody guesses one.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from hotline.directory.nearest import covers
from hotline.errors import InvalidInput

MOST_FEN = 10_000_000
"""100,000 yuan a month: above it somebody has slipped with the point. All below can be said."""

FIRST_YEAR = 2003
"""The Regulation on Legal Aid, the first to have provinces set a limit, is of that year."""

LONGEST_SOURCE = 100
"""Characters; the source stands in a text message."""


@dataclass(frozen=True, slots=True)
class MeansLimit:
    """A limit: fen for each person and month, the year it is of, and who says so."""

    fen: int
    year: int
    source: str


class Limited(Protocol):
    """A place that may have set a limit."""

    region_code: str
    means_limit_fen: int | None
    means_limit_year: int | None
    means_limit_source: str | None


def limit_of(place: Limited) -> MeansLimit | None:
    """The place's limit; None where none was entered, or not the whole of it."""
    fen, year, source = place.means_limit_fen, place.means_limit_year, place.means_limit_source
    if fen is None or year is None or not source:
        return None
    return MeansLimit(fen, year, source)


def limit_for(place: Limited, region_code: str) -> MeansLimit | None:
    """The place's limit for a district; None where the district is not the place's own.

    The nearest centre may be one of another city, whose limit is not the caller's.
    """
    return limit_of(place) if covers(place.region_code, region_code) else None


def check_limit(limit: MeansLimit, *, region_code: str, today: date) -> None:
    """Lets only limits pass that callers may be told.

    Raises:
        InvalidInput: The sum or the year cannot be meant, no source is named, or nobody knows which
            place it is for.
    """
    wrong: list[tuple[str, str]] = []
    if not 0 < limit.fen <= MOST_FEN:
        wrong.append(("means_limit.fen", f"is from 1 to {MOST_FEN} fen a month"))
    if not FIRST_YEAR <= limit.year <= today.year:
        wrong.append(("means_limit.year", f"is from {FIRST_YEAR} to {today.year}"))
    if not 0 < len(limit.source.strip()) <= LONGEST_SOURCE:
        wrong.append(("means_limit.source", f"names who says so, in {LONGEST_SOURCE} characters"))
    if not region_code:
        wrong.append(("region_code", "says for which place the means limit is"))
    if wrong:
        said = "; ".join(f"{field} {why}" for field, why in wrong)
        raise InvalidInput(f"The means limit cannot be kept: {said}.", fields=wrong)
