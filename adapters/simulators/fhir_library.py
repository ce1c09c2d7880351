"""Hold what one R4 source can serve: everybody's records and the shared directory, rendered once.

Answers no request. The source hands in how a chart and its directory are rendered.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol

from adapters.simulators.r4_chart import Chart
from adapters.simulators.rendering import Resource, write
from adapters.simulators.truth import Cohort, FactKind, Person, SourceKind, Statement
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber

_RECORDS_KEPT = 512
_DATE_ELEMENTS = (
    "period",
    "effectiveDateTime",
    "performedDateTime",
    "occurrenceDateTime",
    "start",
    "date",
    "recordedDate",
    "authoredOn",
    "effectivePeriod",
)


@dataclass(frozen=True, slots=True)
class Stored:
    """One resource as served, with what searches need: its references and its clinical time span.

    `full_url` is what it is called where not by type and id: in messages, `urn:uuid:…`.
    """

    resource_type: str
    id: str
    resource: Resource
    body: bytes
    references: tuple[str, ...]
    span: tuple[datetime, datetime] | None
    full_url: str | None = None

    @property
    def key(self) -> str:
        """Give what references call it: `Type/id`, or the address that stands for it."""
        return self.full_url or f"{self.resource_type}/{self.id}"


@dataclass(frozen=True, slots=True)
class Source:
    """What makes one source: whose statements it holds, and how they are rendered."""

    kind: SourceKind
    organisation: str
    render: Callable[[Chart], list[Resource]]
    directory: Callable[[Cohort, Iterable[Statement]], list[Resource]]


class Shelf(Protocol):
    """What one source holds of whom."""

    @property
    def people(self) -> Mapping[str, NhsNumber]:
        """Give whom it holds, by its own Patient ids."""
        ...

    def record(self, number: NhsNumber, base_url: str) -> tuple[Stored, ...]:
        """Give everything about one person, the Patient first."""
        ...

    def owner_of(self, resource_id: str) -> NhsNumber | None:
        """Find whose record holds the resource with an id."""
        ...

    def directory(self) -> Mapping[str, Stored]:
        """Give what belongs to nobody, by `Type/id`."""
        ...


class Library:
    """Everything that one source can serve."""

    def __init__(self, cohort: Cohort, shelf: Shelf) -> None:
        self._cohort = cohort
        self._shelf = shelf
        self._held = frozenset(shelf.people.values())

    def person_with_id(self, patient_id: str) -> NhsNumber | None:
        """Find a person by the source's own id."""
        return self._shelf.people.get(patient_id)

    def person_with_number(self, digits: str) -> NhsNumber | None:
        """Find a person by a current or former NHS number."""
        try:
            number = self._cohort.current_number(NhsNumber(digits))
        except InvalidNhsNumberError:
            return None
        return number if number in self._held else None

    def somebody_else(self, number: NhsNumber) -> NhsNumber:
        """Give another person of the same source, if there is one."""
        return next((other for other in self._shelf.people.values() if other != number), number)

    def record(self, number: NhsNumber, base_url: str) -> tuple[Stored, ...]:
        """Give everything about one person, the Patient first."""
        return self._shelf.record(number, base_url)

    def read(self, resource_type: str, resource_id: str, base_url: str) -> Stored | None:
        """Find one resource by type and id."""
        key = f"{resource_type}/{resource_id}"
        if (shared := self._shelf.directory().get(key)) is not None:
            return shared
        owner = self._shelf.people.get(resource_id) or self._shelf.owner_of(resource_id)
        record = self.record(owner, base_url) if owner else ()
        return next((stored for stored in record if stored.key == key), None)

    def directory_of(self, resource_type: str) -> list[Stored]:
        """Give the shared resources of one type."""
        shared = self._shelf.directory().values()
        return [stored for stored in shared if stored.resource_type == resource_type]

    def resolve(self, references: Iterable[str], record: tuple[Stored, ...]) -> Iterator[Stored]:
        """Find the resources that references lead to, in a record or the directory."""
        own = {stored.key: stored for stored in record}
        shared = self._shelf.directory()
        for reference in references:
            if (found := own.get(reference) or shared.get(reference)) is not None:
                yield found


class CohortShelf:
    """The records that one source holds of the invented cohort, rendered when asked for."""

    def __init__(self, cohort: Cohort, source: Source) -> None:
        self._cohort = cohort
        self._source = source
        self._statements = dict(self._said())
        self.people = {self._patient_id(number): number for number in self._statements}
        self._owners = {
            statement.local_id: number
            for number, statements in self._statements.items()
            for statement in statements
        }
        shared = source.directory(cohort, (s for said in self._statements.values() for s in said))
        self._directory = {stored.key: stored for stored in map(store, shared)}
        self._records: OrderedDict[tuple[NhsNumber, str], tuple[Stored, ...]] = OrderedDict()

    def record(self, number: NhsNumber, base_url: str) -> tuple[Stored, ...]:
        """Give everything about one person, the Patient first."""
        key = (number, base_url)
        if (known := self._records.get(key)) is None:
            chart = self._chart(self._cohort.people[number], base_url)
            known = tuple(map(store, self._source.render(chart)))
            self._records[key] = known
            if len(self._records) > _RECORDS_KEPT:
                self._records.popitem(last=False)
        return known

    def owner_of(self, resource_id: str) -> NhsNumber | None:
        """Find whose record holds the resource with an id."""
        # Derived resources are named after their statement, with one suffix.
        stem = resource_id.rpartition("-")[0]
        return self._owners.get(resource_id) or self._owners.get(stem)

    def directory(self) -> Mapping[str, Stored]:
        """Give what belongs to nobody, by `Type/id`."""
        return self._directory

    def _patient_id(self, number: NhsNumber) -> str:
        # It does not show the number.
        text = f"{self._source.organisation}|{number.digits}"
        return f"pat-{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"

    def _said(self) -> Iterator[tuple[NhsNumber, tuple[Statement, ...]]]:
        for number, statements in self._cohort.statements.items():
            own = tuple(
                s
                for s in statements
                if s.source is self._source.kind and s.organisation == self._source.organisation
            )
            if own:
                yield number, own

    def _chart(self, person: Person, base_url: str) -> Chart:
        statements = self._statements[person.nhs_number]
        organisation = self._source.organisation
        return Chart(
            organisation=organisation,
            organisation_name=self._cohort.organisations.get(organisation, organisation),
            base_url=base_url,
            person=person,
            patient_id=self._patient_id(person.nhs_number),
            statements=statements,
            encounters={s.fact.key: s for s in statements if s.fact.kind is FactKind.ENCOUNTER},
        )


def store(resource: Resource) -> Stored:
    """Render a resource to bytes and note what searches need."""
    return stored_as(resource, write(resource), str(resource["id"]))


def stored_as(
    resource: Resource, body: bytes, resource_id: str, full_url: str | None = None
) -> Stored:
    """Note what searches need of a resource that is already written."""
    return Stored(
        resource_type=str(resource["resourceType"]),
        id=resource_id,
        resource=resource,
        body=body,
        references=tuple(dict.fromkeys(_references_in(resource))),
        span=_span_if_stated(resource),
        full_url=full_url,
    )


def _references_in(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(reference := part.get("reference"), str):
            yield _without_version(reference)
        for value in part.values():
            yield from _references_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references_in(value)


def _without_version(reference: str) -> str:
    path = reference.split("/_history/")[0]
    return "/".join(path.split("/")[-2:])


def _span_if_stated(resource: Resource) -> tuple[datetime, datetime] | None:
    try:
        return _span_of(resource)
    except ValueError:
        # Of a year or a month alone, as published records have, no search by date is sure.
        return None


def _span_of(resource: Resource) -> tuple[datetime, datetime] | None:
    for element in _DATE_ELEMENTS:
        match resource.get(element):
            case str(text):
                return _instant(text), _instant(text)
            case {"start": str(start), **rest}:
                end = rest.get("end")
                last = _instant(end) if isinstance(end, str) else _END_OF_TIME
                return _instant(start), last
            case _:
                continue
    return None


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_END_OF_TIME = datetime.combine(date.max, time.min, tzinfo=UTC)
