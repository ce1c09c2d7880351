"""Say what the routes of machines must answer whoever signs in: nobody's token has a scope of context `system`.

Machines that have one are tried in tests/population/bulk.
"""

from collections.abc import Callable


def turned_away(_matrix: object, _cell: object) -> frozenset[int]:
    return frozenset({403})


_TOLD_OF = ("/fhir/$export", "/fhir/$sql-export")
_BEGUN_AT = (
    *_TOLD_OF,
    "/fhir/$sql-run",
    "/fhir/$viewdefinition-export",
    "/fhir/$viewdefinition-run",
)
_ROUTES = (
    ("GET", "/fhir/$export"),
    *(("POST", each) for each in _BEGUN_AT),
    *((method, f"{each}/{{export}}") for each in _TOLD_OF for method in ("GET", "DELETE")),
    *(("GET", f"{each}/{{export}}/{{file}}") for each in _TOLD_OF),
)
MACHINES: dict[tuple[str, str], tuple[bool, Callable[[object, object], frozenset[int]]]] = (
    dict.fromkeys(_ROUTES, (True, turned_away))
)
"""Each route, that it is an address of the API, and its rule."""
