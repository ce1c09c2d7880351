"""Answer searches of an R4 source: parameters in, matching resources out.

Knows no HTTP and no paging. Follows FHIR R4, search, for the parameters that `fhir_types` declares;
anything else is refused.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from adapters.simulators.fhir_dates import BadDateError, DateTest, read_date
from adapters.simulators.fhir_library import Library, Stored
from adapters.simulators.fhir_types import LARGEST_PAGE, USUAL_PAGE, SearchType
from adapters.simulators.rendering import Resource, coding
from fhir_profiles import systems
from fhir_profiles.nhs_number import NhsNumber

SUBSETTED = coding(systems.V3_OBSERVATION_VALUE, "SUBSETTED")
_ALWAYS_SERVED = ("resourceType", "id", "meta")
_CLINICAL_TYPES_NEED = "Name a patient, or an _id."

Parameters = Sequence[tuple[str, str]]
Redirect = Callable[[NhsNumber], NhsNumber]
"""Whose record is served for whom: the same person's, unless a fault is on."""


class BadSearchError(ValueError):
    """Say what is wrong with a search; never repeats a value."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives: matches and what was included; `count` is the page size."""

    matches: tuple[Stored, ...]
    included: tuple[Stored, ...]
    count: int
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a search is asked: the library, the address of the source, and whose record is served."""

    library: Library
    base_url: str
    redirect: Redirect


def search(desk: Desk, search_type: SearchType, parameters: Parameters) -> Found:
    """Find the resources of one type.

    Raises BadSearchError for a parameter that is not declared or has a wrong value.
    """
    asked = _sorted_out(search_type, parameters)
    dates = _dates(asked.get("date", []))
    candidates, record = _candidates(desk, search_type, asked)
    in_time = (s for s in candidates if all(test.passes(s.span) for test in dates))
    matches = tuple(s for s in in_time if _matches(s, asked))
    return Found(
        matches=matches,
        included=_included(desk, search_type, asked, matches, record),
        count=page_size(asked.get("_count", [])),
        elements=tuple(_split(asked.get("_elements", []))),
    )


def page_size(values: Sequence[str]) -> int:
    """Read `_count`; what is over the largest page is taken for the largest."""
    if not values:
        return USUAL_PAGE
    if len(values) > 1 or not (values[0].isascii() and values[0].isdecimal()):
        raise BadSearchError("_count must be one whole number.")
    return min(int(values[0]), LARGEST_PAGE)


def subset(stored: Stored, search_type: SearchType, elements: Sequence[str]) -> Resource:
    """Give the asked and the mandatory elements of a resource, marked as a subset."""
    wanted = {*_ALWAYS_SERVED, *search_type.mandatory, *elements}
    kept = {name: value for name, value in stored.resource.items() if name in wanted}
    meta = kept.get("meta")
    return kept | {"meta": {**(meta if isinstance(meta, dict) else {}), "tag": [SUBSETTED]}}


def _sorted_out(search_type: SearchType, parameters: Parameters) -> dict[str, list[str]]:
    known = search_type.parameters | ({"_include"} if search_type.includes else set())
    asked: dict[str, list[str]] = {}
    for name, value in parameters:
        if name not in known:
            raise BadSearchError(f"A parameter is not supported for {search_type.name}.")
        asked.setdefault(name, []).append(value)
    if not set(asked.get("_include", [])) <= set(search_type.includes):
        raise BadSearchError(f"An _include is not supported for {search_type.name}.")
    if not set(asked.get("_format", [])) <= {"json", "application/fhir+json"}:
        raise BadSearchError("_format must be json.")
    return asked


def _dates(values: Sequence[str]) -> list[DateTest]:
    try:
        return [read_date(value) for value in values]
    except BadDateError as unreadable:
        raise BadSearchError(str(unreadable)) from unreadable


def _candidates(
    desk: Desk, search_type: SearchType, asked: Mapping[str, list[str]]
) -> tuple[Sequence[Stored], tuple[Stored, ...]]:
    """Give the resources to choose from, and the whole record that they come from."""
    is_shared = "patient" not in search_type.parameters and search_type.name != "Patient"
    if is_shared and not asked.keys() & {"_id", "identifier"}:
        return desk.library.directory_of(search_type.name), ()
    if is_shared:
        return _shared(desk, search_type, asked), ()
    people = _people(desk, asked)
    if people is None and "_id" not in asked:
        raise BadSearchError(_CLINICAL_TYPES_NEED)
    if people is None:
        return _by_id(desk, search_type, asked), ()
    record = tuple(s for n in people for s in desk.library.record(desk.redirect(n), desk.base_url))
    return [s for s in record if s.resource_type == search_type.name], record


def _shared(
    desk: Desk, search_type: SearchType, asked: Mapping[str, list[str]]
) -> Sequence[Stored]:
    found = [*desk.library.directory_of(search_type.name), *_by_id(desk, search_type, asked)]
    return list({stored.key: stored for stored in found}.values())


def _by_id(desk: Desk, search_type: SearchType, asked: Mapping[str, list[str]]) -> Sequence[Stored]:
    wanted = _split(asked.get("_id", []))
    read = (desk.library.read(search_type.name, name, desk.base_url) for name in wanted)
    return [stored for stored in read if stored is not None]


def _people(desk: Desk, asked: Mapping[str, list[str]]) -> list[NhsNumber] | None:
    """Give the people that the search names; nothing if it names nobody at all."""
    tokens = [*asked.get("patient.identifier", []), *asked.get("identifier", [])]
    named = [
        *(_people_with_ids(desk, references) for references in asked.get("patient", [])),
        *(_people_with(desk, alternatives) for alternatives in tokens),
    ]
    if not named:
        return None
    # Several criteria must all hold; within one, commas give alternatives.
    return [number for number in named[0] if all(number in others for others in named)]


def _people_with_ids(desk: Desk, references: str) -> list[NhsNumber]:
    ids = [reference.removeprefix("Patient/") for reference in references.split(",")]
    return _known(desk.library.person_with_id(one) for one in ids)


def _people_with(desk: Desk, alternatives: str) -> list[NhsNumber]:
    return _known(_person_with(desk, token) for token in alternatives.split(","))


def _known(found: Iterable[NhsNumber | None]) -> list[NhsNumber]:
    return list(dict.fromkeys(number for number in found if number is not None))


def _person_with(desk: Desk, token: str) -> NhsNumber | None:
    system, bar, value = token.partition("|")
    if not bar:
        raise BadSearchError("An identifier must be given as system|value.")
    return desk.library.person_with_number(value) if system == systems.NHS_NUMBER else None


def _matches(stored: Stored, asked: Mapping[str, list[str]]) -> bool:
    return (
        all(stored.id in value.split(",") for value in asked.get("_id", []))
        and all(_has_any_identifier(stored, one) for one in asked.get("identifier", []))
        and all(stored.resource.get("status") in v.split(",") for v in asked.get("status", []))
    )


def _has_any_identifier(stored: Stored, alternatives: str) -> bool:
    return any(_has_identifier(stored, token) for token in alternatives.split(","))


def _has_identifier(stored: Stored, token: str) -> bool:
    if stored.resource_type == "Patient":
        return True
    system, _, value = token.partition("|")
    listed = stored.resource.get("identifier")
    wanted = {"system": system, "value": value}
    return isinstance(listed, list) and any(
        {key: identifier.get(key) for key in wanted} == wanted for identifier in listed
    )


def _included(
    desk: Desk,
    search_type: SearchType,
    asked: Mapping[str, list[str]],
    matches: Sequence[Stored],
    record: tuple[Stored, ...],
) -> tuple[Stored, ...]:
    if search_type.brings_all:
        return _led_to(desk, matches, record)
    targets = {search_type.includes[value] for value in asked.get("_include", [])}
    references = (
        reference
        for stored in matches
        for reference in stored.references
        if reference.partition("/")[0] in targets
    )
    found = desk.library.resolve(references, record)
    return tuple({stored.key: stored for stored in found}.values())


def _led_to(
    desk: Desk, matches: Sequence[Stored], record: tuple[Stored, ...]
) -> tuple[Stored, ...]:
    matched = {stored.key for stored in matches}
    found: dict[str, Stored] = {}
    waiting = list(matches)
    while waiting:
        references = [reference for stored in waiting for reference in stored.references]
        led_to = desk.library.resolve(references, record)
        waiting = [each for each in led_to if each.key not in found.keys() | matched]
        found |= {stored.key: stored for stored in waiting}
    return tuple(found.values())


def _split(values: Sequence[str]) -> list[str]:
    return [part for value in values for part in value.split(",") if part]
