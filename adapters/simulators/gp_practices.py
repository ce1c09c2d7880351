"""Hold the practice systems of the cohort: who is registered where, and what has been rendered so far.

Knows no HTTP. Refuses alike whoever GP Connect must not let be found.
"""

from dataclasses import dataclass, field
from datetime import date

from adapters.simulators.faults import FaultKind, Faults
from adapters.simulators.gp_chart import Chart, open_chart, patient_id_of
from adapters.simulators.gp_items import Items, items_of
from adapters.simulators.gp_parameters import Asked
from adapters.simulators.gp_record import structured_record
from adapters.simulators.gp_refusals import Refusal, no_patient_consent, patient_not_found
from adapters.simulators.gp_rules import GpRules
from adapters.simulators.people import DEMO_PRACTICE, OTHER_PRACTICES
from adapters.simulators.rendering import write
from adapters.simulators.truth import Cohort, FactKind, Person, SourceKind, Statement
from fhir_profiles.nhs_number import NhsNumber


@dataclass(frozen=True, slots=True)
class Visit:
    """One request's practice, day, and the address under which its documents are read."""

    practice: str
    today: date
    documents_url: str


@dataclass(slots=True)
class Practices:
    """All practice systems; rendered records are kept for the life of the application."""

    cohort: Cohort
    faults: Faults
    rules: GpRules
    _answers: dict[tuple[NhsNumber, Asked, Visit], bytes] = field(default_factory=dict)
    _items: dict[tuple[NhsNumber, Visit], Items] = field(default_factory=dict)

    def has(self, practice: str) -> bool:
        """Say whether there is such a practice; a small cohort may leave one without patients."""
        with_patients = {person.practice for person in self.cohort.people.values()}
        return practice in {DEMO_PRACTICE, *OTHER_PRACTICES, *with_patients}

    def refuse_person(self, practice: str, number: NhsNumber) -> Refusal | None:
        """Refuse people who must not be found here, and those who dissented."""
        person = self.cohort.people.get(number)
        if person is None or not _is_findable(person, practice):
            return patient_not_found()
        return no_patient_consent() if "gp" in person.objects_to else None

    def record(self, visit: Visit, asked: Asked) -> bytes:
        """Give the structured record; under the fault, somebody else's."""
        person = self.cohort.people[asked.number]
        if self.faults.active(FaultKind.WRONG_PATIENT):
            person = self._somebody_else(visit.practice, person)
        key = (person.nhs_number, asked, visit)
        if (known := self._answers.get(key)) is None:
            chart = self.chart(visit, person.nhs_number)
            items = self._rendered(chart, visit)
            known = self._answers[key] = write(structured_record(chart, items, asked, self.rules))
        return known

    def chart(self, visit: Visit, number: NhsNumber) -> Chart:
        """Open what the practice knows of a person."""
        return open_chart(self.cohort, self.cohort.people[number], visit.today, visit.documents_url)

    def number_of(self, practice: str, patient_id: str) -> NhsNumber | None:
        """Give the number of the person whom a practice numbers so itself."""
        people = (p for p in self.cohort.people.values() if p.practice == practice)
        found = (p.nhs_number for p in people if patient_id_of(self.cohort, p) == patient_id)
        return next(found, None)

    def document(self, local_id: str) -> Statement | None:
        """Find a document of any GP record by its id."""
        said = (s for statements in self.cohort.statements.values() for s in statements)
        return next((s for s in said if s.local_id == local_id and _is_document(s)), None)

    def _rendered(self, chart: Chart, visit: Visit) -> Items:
        key = (chart.person.nhs_number, visit)
        if (known := self._items.get(key)) is None:
            known = self._items[key] = items_of(chart)
        return known

    def _somebody_else(self, practice: str, person: Person) -> Person:
        others = [p for p in self.cohort.people.values() if p.nhs_number != person.nhs_number]
        neighbours = [other for other in others if _is_findable(other, practice)]
        return next(iter(neighbours + others), person)


def _is_findable(person: Person, practice: str) -> bool:
    return person.practice == practice and not person.is_restricted and person.died_at is None


def _is_document(statement: Statement) -> bool:
    return statement.source is SourceKind.GP and statement.fact.kind is FactKind.DOCUMENT
