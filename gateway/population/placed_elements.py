"""Make places fit for the planning store: a statistical area, and nothing else of an address.

How coarse an area a release tells is for its ladder.
"""

from dataclasses import dataclass

from gateway.population.elements import (
    NOT_LISTED,
    NOT_OF_ITS_FORM,
    OF_EVERY_DATA_TYPE,
    Element,
    ListOf,
    leave_out,
    tell_others,
)
from gateway.population.json_parts import in_quotes, members_of, text_of
from gateway.population.ladders import Places, lsoa_at

_PARTS = ("use", "type", "text", "line", "city", "district", "state", "postalCode", "country")
_ADDRESS = OF_EVERY_DATA_TYPE | {*_PARTS, "period"}


@dataclass(frozen=True, slots=True)
class LsoaOfAddress:
    """The statistical area of an address, looked up by its postcode."""

    path: str
    places: Places

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the code of the area."""
        members = members_of(value)
        if members is None:
            return leave_out(NOT_OF_ITS_FORM, self.path, left_out)
        tell_others(self.path, members, _ADDRESS, {"postalCode", "use"}, left_out)
        if text_of(members.get("use")) == "old":
            return leave_out("old", self.path, left_out)
        lsoa = lsoa_at(text_of(members.get("postalCode")) or "", self.places)
        return in_quotes(lsoa) if lsoa else leave_out(NOT_LISTED, self.path, left_out)


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first of a list of which anything is left; the others are not told apart from it."""

    path: str
    item: Element

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give what may be kept of that one."""
        return next(iter(ListOf(self.path, self.item).kept_of(value, left_out)), None)
