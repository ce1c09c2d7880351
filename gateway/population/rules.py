"""Turn the allow-lists, as people read them, into what the bytes of each type are read with.

Reads no resource itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from fhir_profiles.systems import EXTENSION_BASE, LSOA
from gateway.population.allow_list import AllowList, AllowListError, Kept, Kind
from gateway.population.dated_elements import Hour, Month, Period
from gateway.population.elements import (
    UNLISTED,
    Boolean,
    Code,
    Coding,
    Concept,
    Element,
    Group,
    ListOf,
)
from gateway.population.ground import Ground
from gateway.population.label_elements import Labels, OrBarred
from gateway.population.ladders import Places
from gateway.population.measured_elements import Quantity
from gateway.population.placed_elements import FirstOf, LsoaOfAddress
from gateway.population.pseudonyms import ResourceIds
from gateway.population.reference_elements import PATIENT, Organisation, PersonReference, Reference
from gateway.population.released_codes import CodeList

LSOA_EXTENSION = f"{EXTENSION_BASE}/lsoa"
AREAS = "london-areas"
"""The list whose members are the statistical areas of London, as the look-up of places has them."""

_COMPARATORS = "quantity-comparator"
_PLAIN: Mapping[Kind, Callable[[str], Element]] = MappingProxyType(
    {Kind.BOOLEAN: Boolean, Kind.HOUR: Hour, Kind.PERIOD: Period.of, Kind.MONTH: Month}
)
_APART = frozenset({Kind.RESOURCE_ID, Kind.PERSON_ID, Kind.PERSON, Kind.LABELS})


class Pace(StrEnum):
    """Say how often what stands in an element changes from one resource to the next."""

    WITH_THE_CODE = "with-the-code"
    WITH_THE_CONTACT = "with-the-contact"
    EVERY_TIME = "every-time"


_PACES: Mapping[Kind, Pace] = MappingProxyType(
    {
        **dict.fromkeys((Kind.CODE, Kind.CODING, Kind.CONCEPT, Kind.BOOLEAN), Pace.WITH_THE_CODE),
        **dict.fromkeys((Kind.REFERENCE, Kind.HOUR, Kind.PERIOD), Pace.WITH_THE_CONTACT),
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of one element of a resource: how it is cleaned, and what is written before and after it."""

    name: str
    element: Element
    pace: Pace
    before: bytes
    after: bytes = b""


@dataclass(frozen=True, slots=True)
class TypeRules:
    """How resources of one type are read and written.

    Shape: `kept` has `meta` first: it may bar the whole resource; `left_out` are the names that FHIR knows.
    """

    resource_type: str
    ids: ResourceIds
    is_patient: bool
    person: PersonReference | None
    kept: tuple[Rule, ...]
    left_out: frozenset[str]
    refused: frozenset[str]

    @property
    def apart(self) -> frozenset[str]:
        """Name the elements that are kept, and not by a rule of their own."""
        person = frozenset({self.person.name}) if self.person else frozenset[str]()
        return person | {"resourceType", "id"}

    def pace_of(self, name: str) -> str:
        """Give the pace of an element that is kept; what changes every time stands alone."""
        pace = next(rule.pace for rule in self.kept if rule.name == name)
        return name if pace is Pace.EVERY_TIME else pace

    def path_of(self, name: str) -> str:
        """Give the path of an element that is left out; a name that FHIR does not know is not told."""
        return f"{self.resource_type}.{name if name in self.left_out else UNLISTED}"


def rules_of(ground: Ground) -> tuple[TypeRules, ...]:
    """Make the rules of every type that has an allow-list.

    Raises AllowListError when one asks for what there is not; KeyLengthError, SourceNameError.
    """
    return tuple(_rules(one, ground) for one in ground.allow_lists)


def _rules(allowed: AllowList, ground: Ground) -> TypeRules:
    resource_type, makers, top = allowed.resource_type, _Makers(allowed, ground), allowed.inside("")
    person = next((one for one in top if one.kind is Kind.PERSON), None)
    labels = Rule("meta", Labels(f"{resource_type}.meta"), Pace.WITH_THE_CODE, b',"meta":')
    return TypeRules(
        resource_type,
        ResourceIds(ground.store_key, resource_type, ground.source),
        any(one.kind is Kind.PERSON_ID for one in top),
        makers.person(person) if person else None,
        (labels, *(makers.rule(one) for one in top if one.kind not in _APART)),
        frozenset(allowed.left_out_of("")),
        frozenset((*allowed.refused, *(f"_{one.path}" for one in top if one.doubt_bars))),
    )


@dataclass(frozen=True, slots=True)
class _Makers:
    """Make the elements of one type."""

    allowed: AllowList
    ground: Ground

    def rule(self, kept: Kept) -> Rule:
        """Make the rule of an element of the resource itself."""
        if kept.kind is Kind.LSOA:
            before = b',"extension":[{"url":"%b","valueCode":' % LSOA_EXTENSION.encode()
            return Rule(kept.path, self.element(kept), Pace.EVERY_TIME, before, b"}]")
        pace = _PACES.get(kept.kind, Pace.EVERY_TIME)
        element = self.element(kept)
        known = OrBarred(element) if kept.doubt_bars else element
        return Rule(kept.path, known, pace, b',"%b":' % kept.path.encode())

    def person(self, kept: Kept) -> PersonReference:
        """Make the reference that says whose a resource is."""
        ground = self.ground
        ids = ResourceIds(ground.store_key, PATIENT, ground.source)
        return PersonReference(self._path(kept), ground.base, ground.people, ids)

    def element(self, kept: Kept) -> Element:
        """Make an element, or the list of it."""
        one, path = self._one(kept), self._path(kept)
        if not kept.is_list:
            return one
        return FirstOf(path, one) if kept.kind is Kind.LSOA else ListOf(path, one)

    def _one(self, kept: Kept) -> Element:
        path = self._path(kept)
        match kept.kind:
            case Kind.BOOLEAN | Kind.HOUR | Kind.PERIOD | Kind.MONTH as kind:
                return _PLAIN[kind](path)
            case Kind.LSOA:
                return LsoaOfAddress(path, self.ground.places)
            case Kind.GROUP:
                return self._group(kept)
            case Kind.REFERENCE | Kind.ORGANISATION:
                return self._naming(kept)
            case _:
                return self._coded(kept)

    def _group(self, kept: Kept) -> Group:
        elements = {_last(one.path): self.element(one) for one in self.allowed.inside(kept.path)}
        left_out = frozenset(self.allowed.left_out_of(kept.path))
        return Group(self._path(kept), elements, left_out)

    def _naming(self, kept: Kept) -> Element:
        path, ground = self._path(kept), self.ground
        if kept.kind is Kind.ORGANISATION:
            return Organisation(path, ground.register)
        ids = {each: ResourceIds(ground.store_key, each, ground.source) for each in kept.to}
        return Reference(
            path, ground.base, ids, Organisation(f"{path}.identifier", ground.register)
        )

    def _coded(self, kept: Kept) -> Element:
        path, lists = self._path(kept), tuple(map(self._list, kept.codes))
        match kept.kind:
            case Kind.CODE:
                return Code.of(path, lists)
            case Kind.CODING:
                return Coding(path, lists)
            case Kind.CONCEPT:
                return Concept.of(path, lists)
            case Kind.QUANTITY:
                return Quantity.of(path, lists, self._list(_COMPARATORS))
            case _:
                raise AllowListError(f"{path} cannot be of the kind {kept.kind} where it stands.")

    def _list(self, name: str) -> CodeList:
        if name == AREAS:
            return _areas_of(self.ground.places)
        found = self.ground.code_lists.get(name)
        if found is None:
            raise AllowListError(f"{self.allowed.resource_type} asks for {name}, which is no list.")
        return found

    def _path(self, kept: Kept) -> str:
        return f"{self.allowed.resource_type}.{kept.path}"


def _areas_of(places: Places) -> CodeList:
    return CodeList(AREAS, "ONS, 2021", {(LSOA, area): "" for area in places.borough_of})


def _last(path: str) -> str:
    return path.rpartition(".")[2]
