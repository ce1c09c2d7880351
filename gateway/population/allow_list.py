"""Read what the planning store keeps of each type of resource: a closed list, and why each element stands on it.

Keeps nothing itself: `elements` and `deidentify` do what is written here. The lists are
`fhir_profiles/allow_lists/*.toml`, for a governance lead to read; docs/population-allow-list.md is made of them.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from itertools import chain
from types import MappingProxyType

import msgspec

_FOLDER = files("fhir_profiles") / "allow_lists"


class Kind(StrEnum):
    """Say what becomes of an element that is kept."""

    RESOURCE_ID = "resource-id"
    PERSON_ID = "person-id"
    PERSON = "person"
    REFERENCE = "reference"
    ORGANISATION = "organisation"
    CODE = "code"
    CODING = "coding"
    CONCEPT = "concept"
    BOOLEAN = "boolean"
    QUANTITY = "quantity"
    HOUR = "hour"
    PERIOD = "period"
    MONTH = "month"
    LSOA = "lsoa"
    LABELS = "labels"
    GROUP = "group"


MEANINGS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.RESOURCE_ID: "a keyed hash of type, source and id; nobody finds the source's id from it",
        Kind.PERSON_ID: "the person's pseudonym in the store in place of the id, beside it a keyed hash of the id",
        Kind.PERSON: "the person's pseudonym in the store, beside it a keyed hash of the source's id of them; where there is none, the whole resource is left out",
        Kind.REFERENCE: "keyed hash of what is referred to, if it is of a listed type and of the same source; or ODS code",
        Kind.ORGANISATION: "an ODS code that stands in the register of organisations",
        Kind.CODE: "a code of the listed code lists",
        Kind.CODING: "a code of the listed code lists, with the list's own wording",
        Kind.CONCEPT: "codes of the listed code lists, with the list's own wording",
        Kind.BOOLEAN: "true or false",
        Kind.QUANTITY: "a number under a million, to five figures, with a unit of the listed code lists",
        Kind.HOUR: "a time cut to the hour; in a person's month of birth, to the month",
        Kind.PERIOD: "start and end, each cut to the hour; in a person's month of birth, to the month",
        Kind.MONTH: "year and month",
        Kind.LSOA: "the statistical area (LSOA 2021) of the postcode, looked up; nothing else of the address",
        Kind.LABELS: "why it is sensitive, in our own words; where nobody may see it, the whole resource is left out",
        Kind.GROUP: "only what is listed under it",
    }
)


class DropReason(StrEnum):
    """Say why an element is left out."""

    IDENTIFIES = "identifies"
    FREE_TEXT = "free-text"
    OPEN_ENDED = "open-ended"
    STAFF = "staff"
    EXACT = "exact"
    NOT_NEEDED = "not-needed"


class AllowListError(ValueError):
    """Say what is wrong with an allow-list, and in which."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An element that is kept: where, as what, and why; `path` has a dot before each element of a group.

    `doubt_bars`: where it stands and cannot be read, or FHIR says something beside it, nobody may see the resource.
    """

    path: str
    kind: Kind
    why: str
    is_list: bool = False
    codes: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    doubt_bars: bool = False


@dataclass(frozen=True, slots=True)
class AllowList:
    """What is kept of one type of resource, and what else FHIR knows of it, by why it is not."""

    resource_type: str
    purpose: str
    kept: tuple[Kept, ...]
    dropped: Mapping[DropReason, tuple[str, ...]]
    refused: tuple[str, ...]
    """Elements that change what all the others mean: a resource with one is left out whole."""

    def inside(self, path: str) -> tuple[Kept, ...]:
        """Give what is kept directly inside a group; the empty path is the resource."""
        before = f"{path}." if path else ""
        return tuple(
            one for one in self.kept if one.path.startswith(before) and _is_leaf(one.path, before)
        )

    def left_out_of(self, path: str) -> tuple[str, ...]:
        """Name the known elements that are left out directly inside a group, without the group's path."""
        before = f"{path}." if path else ""
        every = chain.from_iterable(self.dropped.values())
        inside = [each for each in every if each.startswith(before) and _is_leaf(each, before)]
        return tuple(each.removeprefix(before) for each in inside)


class _Keep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: Kind
    why: str
    list: bool = False
    codes: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    doubt_bars: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    purpose: str
    keep: dict[str, _Keep]
    drop: dict[DropReason, tuple[str, ...]]
    refuse: tuple[str, ...]


def load_allow_lists() -> tuple[AllowList, ...]:
    """Read the allow-lists that the service comes with, by name of type.

    Raises AllowListError.
    """
    paths = sorted(_FOLDER.iterdir(), key=lambda path: path.name)
    lists = tuple(read_allow_list(path.read_text("utf-8")) for path in paths)
    types = {one.resource_type for one in lists}
    _complain(
        (one.resource_type, f"refers to {each}, which has no allow-list")
        for one in lists
        for kept in one.kept
        for each in kept.to
        if each not in types
    )
    return lists


def read_allow_list(text: str) -> AllowList:
    """Read one allow-list; a word that is not known here is refused.

    Raises AllowListError.
    """
    try:
        found = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as fault:
        raise AllowListError(f"This allow-list cannot be read: {fault}.") from fault
    kept = tuple(
        Kept(path, one.kind, one.why, one.list, one.codes, one.to, one.doubt_bars)
        for path, one in found.keep.items()
    )
    allowed = AllowList(found.type, found.purpose, kept, found.drop, found.refuse)
    _complain((found.type, fault) for fault in _faults(allowed))
    return allowed


def _is_leaf(path: str, before: str) -> bool:
    return "." not in path[len(before) :]


def _complain(faults: Iterable[tuple[str, str]]) -> None:
    told = "; ".join(f"{resource_type} {fault}" for resource_type, fault in faults)
    if told:
        raise AllowListError(f"Allow-lists cannot be used: {told}.")


_NEEDS_CODES = frozenset({Kind.CODE, Kind.CODING, Kind.CONCEPT, Kind.QUANTITY})


def _faults(allowed: AllowList) -> list[str]:
    groups = {one.path for one in allowed.kept if one.kind is Kind.GROUP}
    left_out = set(chain(allowed.refused, *allowed.dropped.values()))
    faults = [fault for one in allowed.kept for fault in _faults_of(one, groups)]
    faults += [f"keeps and leaves out {one.path}" for one in allowed.kept if one.path in left_out]
    ids = [one for one in allowed.kept if one.kind in {Kind.RESOURCE_ID, Kind.PERSON_ID}]
    if [one.path for one in ids] != ["id"]:
        faults.append("does not say what becomes of its id")
    return faults


def _faults_of(one: Kept, groups: set[str]) -> list[str]:
    parent, _, _ = one.path.rpartition(".")
    wrong = {
        "has no reason": not one.why.strip(),
        "stands in no group": bool(parent) and parent not in groups,
        "needs codes, or has them without need": bool(one.codes) != (one.kind in _NEEDS_CODES),
        "needs types, or has them without need": bool(one.to) != (one.kind is Kind.REFERENCE),
    }
    return [f"{one.path} {fault}" for fault, is_wrong in wrong.items() if is_wrong]
