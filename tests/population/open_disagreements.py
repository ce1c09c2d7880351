"""Name what the compiler of views and the specification are known to differ in, each with the least that shows it.

Random views keep clear of these, or nothing else would be seen; whoever mends one takes it out of here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

View = Mapping[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A view, a resource, and the rows that the specification gives of them."""

    name: str
    view: View
    resource: str
    rows: Sequence[Row]


def _of(kind: str, *selections: View) -> View:
    return {"resource": kind, "select": list(selections)}


def _column(path: str, kind: str, **more: Any) -> View:
    return {"name": "c", "path": path, "type": kind, **more}


OPEN: Final = (
    # "Processing Algorithm", Process, step 3: each column of the selection is null, those of %rowIndex are 0.
    Disagreement(
        "a row of nothing holds what a path says of nothing",
        _of("Patient", {"forEachOrNull": "contact", "column": [_column("'x'", "string")]}),
        '{"resourceType":"Patient","id":"p"}',
        [{"c": None}],
    ),
    Disagreement(
        "a row of nothing holds an empty list",
        _of(
            "Patient",
            {
                "forEachOrNull": "contact",
                "column": [_column("telecom.value", "string", collection=True)],
            },
        ),
        '{"resourceType":"Patient","id":"p"}',
        [{"c": None}],
    ),
    Disagreement(
        "a row of nothing is lost where a selection within iterates",
        _of(
            "Patient",
            {
                "forEachOrNull": "contact",
                "select": [{"forEach": "telecom", "column": [_column("value", "string")]}],
            },
        ),
        '{"resourceType":"Patient","id":"p"}',
        [{"c": None}],
    ),
    # FHIRPath, ofType: "of the given type or a subclass thereof"; in FHIR R4 an Age is a Quantity and a code a string.
    Disagreement(
        "an age is no quantity",
        _of("Condition", {"column": [_column("onset.ofType(Quantity).unit", "string")]}),
        '{"resourceType":"Condition","id":"c","onsetAge":{"value":3,"unit":"a"}}',
        [{"c": "a"}],
    ),
    Disagreement(
        "a code is no string",
        _of("Patient", {"column": [_column("extension('u').value.ofType(string)", "string")]}),
        '{"resourceType":"Patient","id":"p","extension":[{"url":"u","valueCode":"y"}]}',
        [{"c": "y"}],
    ),
    # FHIRPath, "Date/Time Equality": seconds and what is behind their point are one precision.
    Disagreement(
        "a second with noughts behind its point is another",
        _of(
            "Observation",
            {
                "column": [
                    _column("value.ofType(time) = value.ofType(time).lowBoundary()", "boolean")
                ]
            },
        ),
        '{"resourceType":"Observation","id":"o","valueTime":"12:34:00"}',
        [{"c": True}],
    ),
    # FHIRPath, Decimal: 20 digits before the point and 8 behind it are exact.
    Disagreement(
        "a decimal that is asked for its boundaries loses digits",
        _of(
            "Observation",
            {"column": [_column("value.ofType(Quantity).value", "decimal")]},
            {
                "column": [
                    {
                        **_column("value.ofType(Quantity).value.lowBoundary()", "decimal"),
                        "name": "low",
                    }
                ]
            },
        ),
        '{"resourceType":"Observation","id":"o","valueQuantity":{"value":12345678901234.5678}}',
        [{"c": Decimal("12345678901234.5678"), "low": Decimal("12345678901234.56775")}],
    ),
)
"""In no order."""

_SUBCLASSES: Final = re.compile(r"ofType\(string\)|(?:onset|abatement)\.ofType\(Quantity\)")
# Times are all values of something too: what holds of a second with noughts is left out with these.
_DIGITS_LOST: Final = re.compile(r"alue[^ ]*Boundary")
# An element, chosen and followed: of nothing it gives nothing.
_NOTHING_OF_NOTHING: Final = re.compile(
    r"%rowIndex|(?!true|false)[A-Za-z$][A-Za-z.\[\]0-2]*(?:\.ofType\([A-Za-z]+\))?"
)


def is_clear_of_them(written_view: str) -> bool:
    """Say whether a view, as text, speaks of nothing that is open."""
    return not (_SUBCLASSES.search(written_view) or _DIGITS_LOST.search(written_view))


def without_rows_of_nothing(selection: View) -> dict[str, Any]:
    """Give the same selection, or view, with no row for nothing where that is open."""
    inner = {
        part: [without_rows_of_nothing(each) for each in selection[part]]
        for part in ("select", "unionAll")
        if part in selection
    }
    rest = {key: held for key, held in selection.items() if key not in inner}
    if "forEachOrNull" in rest and (
        inner or not all(map(_is_null_of_nothing, selection["column"]))
    ):
        rest["forEach"] = rest.pop("forEachOrNull")
    return rest | inner


def _is_null_of_nothing(column: View) -> bool:
    return not column.get("collection") and bool(_NOTHING_OF_NOTHING.fullmatch(column["path"]))
