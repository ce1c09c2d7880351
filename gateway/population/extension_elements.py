"""Make extensions fit for the planning store: those that are listed, by their addresses, and no other.

An extension inside an extension is never read. FHIR R4 Extension.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.population.elements import (
    NOT_OF_ITS_FORM,
    OF_EVERY_DATA_TYPE,
    UNLISTED,
    Element,
    cleaned,
    leave_out,
    tell_others,
)
from gateway.population.json_parts import an_object, in_quotes, items_of, members_of, text_of


@dataclass(frozen=True, slots=True)
class Worth:
    """What an extension may be worth: in which element the value stands, and how it is cleaned."""

    name: str
    element: Element


@dataclass(frozen=True, slots=True)
class Extensions:
    """The listed extensions of an element, by their addresses."""

    path: str
    listed: Mapping[str, Worth]

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the list of those that may be kept."""
        items = items_of(value)
        if items is None:
            return leave_out(NOT_OF_ITS_FORM, self.path, left_out)
        found = [self._one(bytes(item), left_out) for item in items]
        kept = [one for one in found if one is not None]
        return b"[" + b",".join(kept) + b"]" if kept else None

    def _one(self, value: bytes, left_out: list[str]) -> bytes | None:
        members = members_of(value) or {}
        url = text_of(members.get("url"))
        worth = self.listed.get(url or "")
        if url is None or worth is None:
            left_out.append(f"{self.path}.{UNLISTED}")
            return None
        tell_others(self.path, members, OF_EVERY_DATA_TYPE, {"url", worth.name}, left_out)
        kept = cleaned(worth.element, members.get(worth.name), left_out)
        return kept and an_object({"url": in_quotes(url), worth.name: kept})


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first of a list of which anything is left; the others are not told apart from it."""

    path: str
    item: Element

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give what may be kept of that one."""
        items = items_of(value)
        if items is None:
            return leave_out(NOT_OF_ITS_FORM, self.path, left_out)
        found = [self.item.clean(bytes(item), left_out) for item in items]
        return next((one for one in found if one is not None), None)
