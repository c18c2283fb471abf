"""The institution nearest to a district, by the digits of its code. Pure.

GB/T 2260: two digits for the province, two for the city, two for the district. Who shares more of
them is nearer; a code for a whole city or province ends in zeros.
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar

_STEPS = (6, 4, 2)


class Placed(Protocol):
    """Something with a district's code."""

    @property
    def region_code(self) -> str:
        """Six digits, or nothing where it is for everybody."""
        ...


_P = TypeVar("_P", bound=Placed)


def nearest(places: Iterable[_P], region_code: str) -> _P | None:
    """The place that shares most of the code, the first of equals; None where none shares any."""
    known = [place for place in places if len(place.region_code) == _STEPS[0]]
    for digits in _STEPS:
        wanted = region_code[:digits].ljust(_STEPS[0], "0") if digits < 6 else region_code
        exact = [place for place in known if place.region_code == wanted]
        near = [place for place in known if place.region_code[:digits] == region_code[:digits]]
        if exact or near:
            return (exact or near)[0]
    return None


def is_covered(region_code: str, centres: Iterable[str]) -> bool:
    """Whether `nearest` finds a place for a district among places with these codes."""
    province = region_code[: _STEPS[-1]]
    return any(len(each) == _STEPS[0] and each.startswith(province) for each in centres)


def covers(place: str, region_code: str) -> bool:
    """Whether a place with the code `place` is the district's own: itself, its city or province."""
    if len(place) != _STEPS[0] or place.startswith("00"):
        return False
    own = place
    while own.endswith("00"):
        own = own[:-2]
    return region_code.startswith(own)
