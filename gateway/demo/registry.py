"""Turn the invented cohort into what a registry would hold: relationships and objections.

Writes nothing. Rows stand under keyed hashes, never under NHS numbers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from adapters.simulators.truth import Cohort, Person, SourceKind
from gateway.access.registry import patient_key
from gateway.store.objections import EVERY_SOURCE, Objection
from gateway.store.relationships import Relationship
from gateway.store.words import ObjectionExceptions, RelationshipType

REGISTRY = "demo-registry"

KNOWN_FOR = timedelta(days=30)
"""How long ago the invented teams took people on, and how long they keep them."""

_LONG_TERM = frozenset({"RV3", "702", "VM4G1"})
"""Mental-health team, social care and care home hold people on a caseload; the others are referred to."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Makes the rows of one cohort."""

    cohort: Cohort
    key: bytes = field(repr=False)
    new_id: Callable[[], UUID]

    def relationships(self) -> tuple[Relationship, ...]:
        """Give one row for every organisation that a person is known to."""
        return tuple(
            self._relationship(person, organisation)
            for person in self.cohort.people.values()
            for organisation in person.contacts_of
        )

    def objections(self, now: datetime) -> tuple[Objection, ...]:
        """Give every objection, to one source or to all."""
        return tuple(
            Objection(patient_key(self.key, person.nhs_number), source, _exceptions(person), now)
            for person in self.cohort.people.values()
            for source in _objected_to(person)
        )

    def _relationship(self, person: Person, organisation: str) -> Relationship:
        is_held = organisation in _LONG_TERM
        now = self.cohort.reference_time
        return Relationship(
            id=self.new_id(),
            patient_key=patient_key(self.key, person.nhs_number),
            organisation=organisation,
            type=RelationshipType.CASELOAD if is_held else RelationshipType.REFERRAL,
            basis="invented",
            starts_at=now - KNOWN_FOR,
            ends_at=now + KNOWN_FOR,
            source=REGISTRY,
        )


def _objected_to(person: Person) -> Iterator[str]:
    if person.objects_to.issuperset(SourceKind):
        yield EVERY_SOURCE
    else:
        yield from sorted(person.objects_to)


def _exceptions(person: Person) -> ObjectionExceptions:
    if person.objects_even_in_emergency:
        return ObjectionExceptions.NONE
    return ObjectionExceptions.BREAK_GLASS
