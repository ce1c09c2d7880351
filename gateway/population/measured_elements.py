"""Make quantities fit for the planning store: few figures, and a unit of a list.

A number of ten figures could be an NHS number; one of five, under a million, says what planners ask and no more.
"""

import re
from dataclasses import dataclass

from msgspec import Raw

from gateway.population.elements import (
    NOT_LISTED,
    NOT_OF_ITS_FORM,
    OF_EVERY_DATA_TYPE,
    Code,
    Coding,
    cleaned,
    leave_out,
    tell_others,
)
from gateway.population.json_parts import an_object, members_of
from gateway.population.released_codes import CodeList

_MEMBERS = frozenset({"value", "comparator", "unit", "system", "code"})
_QUANTITY = OF_EVERY_DATA_TYPE | _MEMBERS
_NUMBER = re.compile(rb"-?(?:0|[1-9]\d{0,5})(?:\.\d{1,30})?(?:[eE][+-]?0?\d)?")
_TOO_LARGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit of the lists, or with none; what is not understood whole is left out whole."""

    path: str
    unit: Coding
    comparator: Code

    @classmethod
    def of(cls, path: str, units: tuple[CodeList, ...], comparators: CodeList) -> "Quantity":
        """Make one of the lists of its units and comparators."""
        comparator = Code.of(f"{path}.comparator", [comparators])
        return cls(path, Coding(f"{path}.code", units, worded_as="unit"), comparator)

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the quantity anew, with the list's wording of its unit."""
        members = members_of(value)
        if members is None:
            return leave_out(NOT_OF_ITS_FORM, self.path, left_out)
        tell_others(self.path, members, _QUANTITY, set(_MEMBERS), left_out)
        number = _five_figures(members.get("value"))
        if number is None:
            return leave_out(NOT_OF_ITS_FORM, f"{self.path}.value", left_out)
        comparator = cleaned(self.comparator, members.get("comparator"), left_out)
        unit = self.unit.kept_of(members)
        if not unit and not members.keys().isdisjoint({"unit", "system", "code"}):
            return leave_out(NOT_LISTED, f"{self.path}.code", left_out)
        # "Under 5" without its "under" would be another statement.
        if comparator is None and "comparator" in members:
            return None
        return an_object({"value": number, "comparator": comparator, **unit})


def _five_figures(value: Raw | None) -> bytes | None:
    written = b"" if value is None else bytes(value)
    if _NUMBER.fullmatch(written) is None or abs(float(written)) >= _TOO_LARGE:
        return None
    return b"%.9g" % float(b"%.5g" % float(written))
