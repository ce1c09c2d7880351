"""Name where the planning population lives: boroughs, areas, postcodes, practices.

LSOA codes are those of Camden and Islington (ONS Open Geography, 2021 boundaries, Open Government Licence v3.0).
Which postcode lies in which area is invented: no real address is meant.
"""

from collections.abc import Mapping
from functools import cache
from itertools import chain
from types import MappingProxyType

CAMDEN, ISLINGTON = "E09000007", "E09000019"
# First and last serial of each unbroken run of codes.
_LSOA_RUNS: dict[str, tuple[tuple[int, int], ...]] = {
    CAMDEN: (
        (1000842, 1000851),
        (1000853, 1000853),
        (1000855, 1000863),
        (1000866, 1000935),
        (1000937, 1000939),
        (1000941, 1000944),
        (1000946, 1000949),
        (1000951, 1000952),
        (1000954, 1000974),
        (1035707, 1035712),
    ),
    ISLINGTON: (
        (1002694, 1002704),
        (1002706, 1002730),
        (1002732, 1002745),
        (1002747, 1002749),
        (1002751, 1002760),
        (1002762, 1002802),
        (1002804, 1002811),
        (1033486, 1033491),
        (1033493, 1033494),
        (1035651, 1035656),
    ),
}

PRACTICES: dict[str, tuple[str, ...]] = {
    CAMDEN: ("F83021", "F83022", "F83023", "F83024", "F83025", "F83026"),
    ISLINGTON: ("F84004", "F84012", "F84013", "F84014", "F84015", "F84016"),
}

POSTCODES_AN_AREA = 4
_OUTWARD_CODES = {CAMDEN: ("NW1", "NW3", "NW5"), ISLINGTON: ("N1", "N7", "N19")}
# Royal Mail uses no C, I, K, M, O, V after the digit.
_INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@cache
def lsoas(borough: str) -> tuple[str, ...]:
    """Give the areas of a borough in which people live here, by code."""
    runs = _LSOA_RUNS[borough]
    serials = chain.from_iterable(range(first, last + 1) for first, last in runs)
    return tuple(f"E{serial:08d}" for serial in serials)


def postcodes_in(lsoa: str) -> tuple[str, ...]:
    """Give the postcodes of an area."""
    return _postcodes_by_area()[lsoa]


@cache
def lsoa_of_postcode() -> Mapping[str, str]:
    """Give the area of every postcode: the look-up that a pull needs."""
    areas = _postcodes_by_area().items()
    return MappingProxyType({postcode: lsoa for lsoa, within in areas for postcode in within})


@cache
def borough_of_lsoa() -> Mapping[str, str]:
    """Give the borough of every area."""
    return MappingProxyType({lsoa: borough for borough in _LSOA_RUNS for lsoa in lsoas(borough)})


@cache
def _postcodes_by_area() -> Mapping[str, tuple[str, ...]]:
    return {
        lsoa: tuple(
            _postcode(_OUTWARD_CODES[borough], number * POSTCODES_AN_AREA + each)
            for each in range(POSTCODES_AN_AREA)
        )
        for borough in _LSOA_RUNS
        for number, lsoa in enumerate(lsoas(borough))
    }


def _postcode(outward_codes: tuple[str, ...], number: int) -> str:
    number, outward = divmod(number, len(outward_codes))
    number, last = divmod(number, len(_INWARD_LETTERS))
    digit, first = divmod(number, len(_INWARD_LETTERS))
    return f"{outward_codes[outward]} {digit + 1}{_INWARD_LETTERS[first]}{_INWARD_LETTERS[last]}"
