"""Make quantities fit for the planning store: few figures, and a unit of a list.

A number of ten figures could be an NHS number; one of five, under a million, says what planners ask and no more.
"""

import re
from collections.abc import Mapping
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
from gateway.population.json_parts import an_object, in_quotes, members_of
from gateway.population.released_codes import CodeList

_MEMBERS = frozenset({"value", "comparator", "unit", "system", "code"})
_QUANTITY = OF_EVERY_DATA_TYPE | _MEMBERS
_NUMBER = re.compile(rb"-?(?:0|[1-9]\d{0,5})(?:\.\d{1,30})?(?:[eE][+-]?0?\d)?")
# As it is written, so that 1.50 stays 1.50.
_FEW_FIGURES = re.compile(rb"-?(?:0|[1-9]\d{0,4}|(?=[\d.]{3,6}\Z)(?:0|[1-9]\d*)\.\d+)")
_USUAL = re.compile(
    rb'\{"value":(-?[\d.]+),"unit":"[^"\\]*","system":"([^"\\]*)","code":"([^"\\]*)"\}'
)
_TOO_LARGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit of the lists, or with none; what is not understood whole is left out whole."""

    path: str
    unit: Coding
    comparator: Code
    usual: Mapping[tuple[bytes, bytes], bytes]
    """How the members of each listed unit are written, by system and code: most quantities are as plain as that."""

    @classmethod
    def of(cls, path: str, units: tuple[CodeList, ...], comparators: CodeList) -> "Quantity":
        """Make one of the lists of its units and comparators."""
        comparator = Code.of(f"{path}.comparator", [comparators])
        unit = Coding(f"{path}.code", units, worded_as="unit")
        pairs = (pair for one in units for pair in one.wording)
        usual = {(a.encode(), b.encode()): _written_unit(unit, a, b) for a, b in pairs}
        return cls(path, unit, comparator, usual)

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the quantity anew, with the list's wording of its unit."""
        if usual := _USUAL.fullmatch(value):
            unit = self.usual.get((usual[2], usual[3]))
            number = _five_figures(usual[1])
            if unit is not None and number is not None:
                return b'{"value":' + number + unit
        return self._clean_unusual(value, left_out)

    def _clean_unusual(self, value: bytes, left_out: list[str]) -> bytes | None:
        members = members_of(value)
        if members is None:
            return leave_out(NOT_OF_ITS_FORM, self.path, left_out)
        tell_others(self.path, members, _QUANTITY, set(_MEMBERS), left_out)
        number = _five_figures(bytes(members.get("value", b"")))
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


def _five_figures(written: bytes) -> bytes | None:
    if _FEW_FIGURES.fullmatch(written):
        return written
    if _NUMBER.fullmatch(written) is None or abs(float(written)) >= _TOO_LARGE:
        return None
    return b"%.9g" % float(b"%.5g" % float(written))


def _written_unit(unit: Coding, system: str, code: str) -> bytes:
    members = {"system": Raw(in_quotes(system)), "code": Raw(in_quotes(code))}
    return b"," + an_object(unit.kept_of(members))[1:]
