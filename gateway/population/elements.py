"""Make elements fit for the planning store: what they have in common, and those that are codes.

Every byte written is from a closed list, a checked date or number, or a keyed hash: nothing is copied because it
looks harmless. What is left out is told by path, never by value, nor by a name that FHIR does not know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from msgspec import Raw

from gateway.population.json_parts import an_object, in_quotes, items_of, members_of, text_of
from gateway.population.released_codes import CodeList

UNLISTED = "(unlisted)"
CHANGES_MEANING = "modifierExtension"
NOT_OF_ITS_FORM = "not of its form"
NOT_LISTED = "code not listed"
BESIDE_UNLISTED = "beside a code not listed"

OF_EVERY_DATA_TYPE = frozenset({"id", "extension"})
_CODING = OF_EVERY_DATA_TYPE | {"system", "version", "code", "display", "userSelected"}
_CONCEPT = OF_EVERY_DATA_TYPE | {"coding", "text"}


class Element(Protocol):
    """Something that makes one kind of element fit for the store."""

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give what may be kept of the value, None for nothing; add to `left_out` the paths of what may not."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of elements; one that nothing is left of does not stand in it."""

    path: str
    item: Element

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the list of what may be kept of its items."""
        kept = self.kept_of(value, left_out)
        return b"[" + b",".join(kept) + b"]" if kept else None

    def kept_of(self, value: bytes, left_out: list[str]) -> list[bytes]:
        """Give what may be kept of each item, where anything may."""
        items = items_of(value)
        if items is None:
            leave_out(NOT_OF_ITS_FORM, self.path, left_out)
            return []
        cleaned = [self.item.clean(bytes(item), left_out) for item in items]
        return [one for one in cleaned if one is not None]


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false."""

    path: str

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give it as it stands."""
        if value in {b"true", b"false"}:
            return value
        return leave_out(NOT_OF_ITS_FORM, self.path, left_out)


@dataclass(frozen=True, slots=True)
class Code:
    """A code that stands on one of the lists, of whatever system: the element's place says which."""

    path: str
    codes: frozenset[bytes]

    @classmethod
    def of(cls, path: str, lists: Iterable[CodeList]) -> "Code":
        """Make one of code lists."""
        return cls(path, frozenset(in_quotes(code) for one in lists for _, code in one.wording))

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give it as it stands."""
        if value in self.codes:
            return value
        return leave_out(NOT_LISTED, self.path, left_out)


@dataclass(frozen=True, slots=True)
class Coding:
    """A code and its system that stand on one of the lists, with the list's wording in place of the source's."""

    path: str
    lists: tuple[CodeList, ...]
    worded_as: str = "display"

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the coding anew."""
        members = members_of(value)
        if members is None:
            return leave_out(NOT_OF_ITS_FORM, self.path, left_out)
        tell_others(self.path, members, _CODING, {"system", "code"}, left_out)
        kept = self.kept_of(members)
        return an_object(kept) if kept else leave_out(NOT_LISTED, self.path, left_out)

    def kept_of(self, members: Mapping[str, Raw]) -> dict[str, bytes | None]:
        """Give the members that the coding has in the store; none when it is not listed."""
        system, code = text_of(members.get("system")), text_of(members.get("code"))
        if system is None or code is None:
            return {}
        found = (one.wording.get((system, code)) for one in self.lists)
        wording = next((words for words in found if words is not None), None)
        if wording is None:
            return {}
        words = in_quotes(wording) if wording else None
        return {"system": in_quotes(system), "code": in_quotes(code), self.worded_as: words}


@dataclass(frozen=True, slots=True)
class Concept:
    """The codings of a concept that stand on one of the lists; its text is never read.

    `alone` is how codings begin that count only where every other coding is listed too.
    """

    path: str
    codings: ListOf
    alone: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, path: str, lists: tuple[CodeList, ...]) -> "Concept":
        """Make one of code lists."""
        pairs = [pair for one in lists if one.alone for pair in one.wording]
        alone = tuple(sorted({b'{"system":%b,' % in_quotes(system) for system, _code in pairs}))
        return cls(path, ListOf(f"{path}.coding", Coding(f"{path}.coding", lists)), alone)

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the concept anew, without a text."""
        members = members_of(value)
        if members is None:
            return leave_out(NOT_OF_ITS_FORM, self.path, left_out)
        tell_others(self.path, members, _CONCEPT, {"coding"}, left_out)
        coding = bytes(members.get("coding", b"[]"))
        kept = self.codings.kept_of(coding, left_out)
        if any(one.startswith(self.alone) for one in kept) and len(kept) < len(
            items_of(coding) or ()
        ):
            return leave_out(BESIDE_UNLISTED, self.path, left_out)
        return b'{"coding":[' + b",".join(kept) + b"]}" if kept else None


@dataclass(frozen=True, slots=True)
class Group:
    """An element with elements of its own, of which only the listed are kept."""

    path: str
    elements: Mapping[str, Element]
    left_out: frozenset[str]

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the object of what may be kept of its members."""
        members = members_of(value)
        if members is None:
            return leave_out(NOT_OF_ITS_FORM, self.path, left_out)
        if CHANGES_MEANING in members:
            return leave_out("means something else", self.path, left_out)
        tell_others(self.path, members, self.left_out, set(self.elements), left_out)
        kept = {
            name: cleaned(element, members.get(name), left_out)
            for name, element in self.elements.items()
        }
        return an_object(kept) if any(kept.values()) else None


def cleaned(element: Element, value: Raw | None, left_out: list[str]) -> bytes | None:
    """Clean a value that may not be there."""
    return None if value is None else element.clean(bytes(value), left_out)


def leave_out(reason: str, path: str, left_out: list[str]) -> bytes | None:
    """Give nothing, and tell that the value at a path is left out and for what reason."""
    left_out.append(f"{path} ({reason})")
    return None


def tell_others(
    path: str, members: Iterable[str], known: frozenset[str], kept: set[str], left_out: list[str]
) -> None:
    """Tell of the members that are not kept: by name those that FHIR knows, together those that it does not."""
    others = (name for name in members if name not in kept)
    left_out.extend(f"{path}.{name if name in known else UNLISTED}" for name in others)
