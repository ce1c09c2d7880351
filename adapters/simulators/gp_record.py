"""Put together the answer to one structured-record request.

Refuses nothing. Follows GP Connect 1.6, structured record bundle: a collection without fullUrl, one
primary list for each asked area, secondary lists for consultations and problems.
"""

from collections.abc import Iterable, Iterator

from adapters.simulators.gp_chart import Chart
from adapters.simulators.gp_choice import chosen, is_ended, within
from adapters.simulators.gp_items import Items, recorded_with
from adapters.simulators.gp_lists import (
    ListHead,
    ended_allergies_list,
    primary_head,
    record_list,
    secondary_head,
)
from adapters.simulators.gp_parameters import Asked
from adapters.simulators.gp_people import clinician, people_of
from adapters.simulators.gp_refusals import warning_outcome
from adapters.simulators.gp_rules import Area, GpRules
from adapters.simulators.rendering import Resource
from adapters.simulators.staff import Clinician, clinician_for, clinicians_of
from adapters.simulators.truth import FactKind, Statement

_BUNDLE_PROFILE = "https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-StructuredRecord-Bundle-1"
_FAMILIES = {
    FactKind.ALLERGY: "allergies",
    FactKind.MEDICATION: "medications",
    FactKind.PROBLEM: "problems",
    FactKind.ENCOUNTER: "consultations",
    FactKind.IMMUNISATION: "immunisations",
    FactKind.RESULT: "investigations",
    FactKind.REFERRAL: "outbound-referrals",
    FactKind.APPOINTMENT: "diary-entries",
    FactKind.DOCUMENT: "documents",
}


def structured_record(chart: Chart, items: Items, asked: Asked, rules: GpRules) -> Resource:
    """Give the bundle for what was asked."""
    switched_off = rules.switched_off_for(chart.person.nhs_number)
    answer = _Answer(chart, items, asked, rules)
    for area, _ in asked.areas:
        if area not in switched_off:
            answer.add_area(area)
    if refused := [area.value for area, _ in asked.areas if area in switched_off]:
        answer.lists.append(warning_outcome(refused))
    return {
        "resourceType": "Bundle",
        "id": f"structured-{chart.patient_id}",
        "meta": {"profile": [_BUNDLE_PROFILE]},
        "type": "collection",
        "entry": [{"resource": resource} for resource in answer.everything()],
    }


class _Answer:
    """Collects lists and the items that they refer to, each item once."""

    def __init__(self, chart: Chart, items: Items, asked: Asked, rules: GpRules) -> None:
        self.lists: list[Resource] = []
        self._chart = chart
        self._items = items
        self._asked = asked
        self._warnings = rules.warnings_for(chart.person.nhs_number)
        wants_issues = asked.part(Area.MEDICATION, "includePrescriptionIssues")
        self._has_issues = wants_issues is not False
        self._resources: dict[tuple[object, object], Resource] = {}
        self._recorders: set[Clinician] = set()

    def everything(self) -> Iterator[Resource]:
        yield from people_of(self._chart)
        for person in clinicians_of(self._chart.practice)[1:]:
            if person in self._recorders:
                yield from clinician(self._chart, person)
        yield from self.lists
        yield from filter(self._is_wanted, self._resources.values())

    def _is_wanted(self, resource: Resource) -> bool:
        is_issue = resource["resourceType"] == "MedicationRequest" and resource["intent"] == "order"
        return not is_issue or self._has_issues

    def add_area(self, area: Area) -> None:
        found = chosen(self._chart, self._asked, area)
        self._add_list(primary_head(area, self._warnings), found)
        match area:
            case Area.ALLERGIES if self._asked.part(area, "includeResolvedAllergies"):
                self._add_ended_allergies()
            case Area.CONSULTATIONS:
                self._add_by_family(within(self._chart, found), "consultations")
            case Area.PROBLEMS:
                self._add_problem_lists(found)
            case _:
                pass

    def _add_list(self, head: ListHead, statements: Iterable[Statement]) -> None:
        references = [self._add(statement) for statement in statements]
        self.lists.append(record_list(self._chart, head, list(dict.fromkeys(references))))

    def _add(self, statement: Statement) -> str:
        item = self._items[statement.local_id]
        self._recorders.add(clinician_for(self._chart.practice, statement.local_id))
        for resource in item.resources:
            self._resources.setdefault((resource["resourceType"], resource["id"]), resource)
        return item.reference

    def _add_ended_allergies(self) -> None:
        allergies = (s for s in self._chart.statements if s.fact.kind is FactKind.ALLERGY)
        ended = [s for s in allergies if is_ended(s)]
        self._recorders.update(clinician_for(self._chart.practice, s.local_id) for s in ended)
        contained = [self._items[s.local_id].resources[0] for s in ended]
        self.lists.append(ended_allergies_list(self._chart, self._warnings, contained))

    def _add_problem_lists(self, problems: list[Statement]) -> None:
        around = [s for problem in problems for s in recorded_with(self._chart, problem)]
        loose = [s for s in self._chart.statements if self._is_loose_document(s)]
        shown = {problem.local_id for problem in problems}
        self._add_by_family([s for s in around + loose if s.local_id not in shown], "problems")

    def _is_loose_document(self, statement: Statement) -> bool:
        is_document = statement.fact.kind is FactKind.DOCUMENT
        return is_document and self._chart.consultation_of(statement) is None

    def _add_by_family(self, statements: list[Statement], led_to_by: str) -> None:
        families: dict[str, dict[str, Statement]] = {}
        for statement in statements:
            family = _FAMILIES.get(statement.fact.kind, "uncategorised-data")
            families.setdefault(family, {})[statement.local_id] = statement
        for family, members in sorted(families.items()):
            head = secondary_head(_list_code(family, led_to_by), self._warnings)
            self._add_list(head, members.values())


def _list_code(family: str, led_to_by: str) -> str:
    match led_to_by, family:
        case "consultations", "outbound-referrals":
            return "consultations-outbound-referrals-in-consultations"
        case "consultations", _:
            return f"consultations-{family}-contained-in-consultations"
        case _, "problems":
            return "problems-linked-problems-not-relating-to-the-primary-query"
        case _:
            return f"problems-{family}-related-to-problems"
