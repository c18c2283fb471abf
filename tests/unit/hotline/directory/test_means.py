"""The limit of a place counts whole, with its year and source, and for that place alone."""

from dataclasses import replace
from datetime import date

import pytest

from hotline.directory.means import MeansLimit, check_limit, limit_for, limit_of
from hotline.directory.nearest import covers
from hotline.errors import InvalidInput
from hotline.tables import Institution

LIMIT = MeansLimit(150_050, 2026, "省政府文件")
TODAY = date(2026, 11, 22)


def centre(region_code: str = "510100") -> Institution:
    """A centre with a limit."""
    return Institution(
        id="inst_a",
        kind="legal_aid_centre",
        name="a",
        region_code=region_code,
        means_limit_fen=LIMIT.fen,
        means_limit_year=LIMIT.year,
        means_limit_source=LIMIT.source,
    )


def test_limit_of__the_whole_of_it() -> None:
    assert limit_of(centre()) == LIMIT


@pytest.mark.parametrize("missing", ["means_limit_fen", "means_limit_year", "means_limit_source"])
def test_limit_of__a_part_that_is_missing_is_not_guessed(missing: str) -> None:
    place = centre()
    setattr(place, missing, None)
    assert limit_of(place) is None


@pytest.mark.parametrize(
    ("place", "is_own"),
    [
        ("510104", True),
        ("510100", True),
        ("510000", True),
        ("510105", False),
        ("511500", False),
        ("110000", False),
        ("000000", False),
        ("", False),
    ],
)
def test_limit_for__only_of_the_districts_own_place(place: str, is_own: bool) -> None:
    assert covers(place, "510104") is is_own
    assert limit_for(centre(place), "510104") == (LIMIT if is_own else None)


def test_check_limit__one_that_may_be_told_passes() -> None:
    check_limit(LIMIT, region_code="510100", today=TODAY)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(LIMIT, fen=0), "means_limit.fen"),
        (replace(LIMIT, fen=10_000_001), "means_limit.fen"),
        (replace(LIMIT, year=2002), "means_limit.year"),
        (replace(LIMIT, year=2027), "means_limit.year"),
        (replace(LIMIT, source=" "), "means_limit.source"),
        (replace(LIMIT, source="据" * 101), "means_limit.source"),
    ],
)
def test_check_limit__what_cannot_be_meant_is_refused(wrong: MeansLimit, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_limit(wrong, region_code="510100", today=TODAY)
    assert [name for name, _ in refused.value.fields] == [field]


def test_check_limit__for_nobody_knows_where_is_refused() -> None:
    with pytest.raises(InvalidInput, match="region_code"):
        check_limit(LIMIT, region_code="", today=TODAY)
