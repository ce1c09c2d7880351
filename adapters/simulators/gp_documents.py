"""Serve GP Connect Access Document searches: find the patient, then list the patient's documents.

Gives no content of a document. Follows GP Connect Access Document 1.6 (FHIR STU3): find a patient, search
for a patient's documents.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.simulators.gp_chart import Chart
from adapters.simulators.gp_people import clinician, people_of
from adapters.simulators.gp_practices import Practices, Visit
from adapters.simulators.gp_refusals import (
    Refusal,
    bad_request,
    invalid_parameter,
    patient_not_found,
)
from adapters.simulators.gp_resources import document
from adapters.simulators.rendering import Resource, write
from adapters.simulators.staff import clinicians_of
from adapters.simulators.truth import FactKind, Statement
from fhir_profiles import systems
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber

PATIENT_SEARCH_INTERACTION = "urn:nhs:names:services:gpconnect:documents:fhir:rest:search:patient-1"
DOCUMENT_SEARCH_INTERACTION = (
    "urn:nhs:names:services:gpconnect:documents:fhir:rest:search:documentreference-1"
)
SEARCHSET_PROFILE = "https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-Searchset-Bundle-1"
MANDATORY = (
    ("_include", "DocumentReference:subject:Patient"),
    ("_include", "DocumentReference:custodian:Organization"),
    ("_include", "DocumentReference:author:Organization"),
    ("_include", "DocumentReference:author:Practitioner"),
    ("_revinclude:recurse", "PractitionerRole:practitioner"),
)
_OPTIONAL = frozenset({"created", "facility", "author", "type", "description"})

Answer = Callable[[bytes], Response]
Refuse = Callable[[Request, str], Refusal | None]
Refused = Callable[[Refusal], Response]


@dataclass(frozen=True, slots=True)
class Speaking:
    """How the practice systems refuse a call, and write what they refuse and what they answer."""

    refusal_of: Refuse
    refused: Refused
    answered: Answer


@dataclass(frozen=True, slots=True)
class Documents:
    """The two searches, each refusing in the order headers, token, parameters, person."""

    practices: Practices
    speaking: Speaking
    now: Callable[[], datetime]

    def routes(self, base: str) -> list[Route]:
        """List the routes under a practice's documents base."""
        return [
            Route(f"{base}/Patient", self.patients, methods=["GET"]),
            Route(f"{base}/Patient/{{id}}/DocumentReference", self.documents, methods=["GET"]),
        ]

    async def patients(self, request: Request) -> Response:
        if (refusal := self.speaking.refusal_of(request, PATIENT_SEARCH_INTERACTION)) is not None:
            return self.speaking.refused(refusal)
        number = _number_in(request.query_params.multi_items())
        if isinstance(number, Refusal):
            return self.speaking.refused(number)
        practice = request.path_params["practice"]
        if self.practices.refuse_person(practice, number) == patient_not_found():
            return self.speaking.answered(write(_searchset([])))
        [patient, *_] = people_of(self._chart(request, number))
        return self.speaking.answered(write(_searchset([patient])))

    async def documents(self, request: Request) -> Response:
        if (refusal := self.speaking.refusal_of(request, DOCUMENT_SEARCH_INTERACTION)) is not None:
            return self.speaking.refused(refusal)
        wanted = _wanted_in(request.query_params.multi_items())
        if isinstance(wanted, Refusal):
            return self.speaking.refused(wanted)
        practice = request.path_params["practice"]
        number = self.practices.number_of(practice, request.path_params["id"])
        refusal = (
            patient_not_found()
            if number is None
            else self.practices.refuse_person(practice, number)
        )
        if refusal is not None or number is None:
            return self.speaking.refused(refusal or patient_not_found())
        return self.speaking.answered(write(_listing(self._chart(request, number), wanted)))

    def _chart(self, request: Request, number: NhsNumber) -> Chart:
        base, _found, _rest = str(request.url.replace(query="")).partition("/Patient")
        visit = Visit(request.path_params["practice"], self.now().date(), base)
        return self.practices.chart(visit, number)


@dataclass(frozen=True, slots=True)
class _Wanted:
    start: date | None = None
    end: date | None = None

    def holds(self, statement: Statement) -> bool:
        day = statement.starts_at.date()
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def _number_in(parameters: Sequence[tuple[str, str]]) -> NhsNumber | Refusal:
    if [name for name, _value in parameters] != ["identifier"]:
        return invalid_parameter("Exactly one identifier is needed.")
    system, bar, value = parameters[0][1].partition("|")
    if not bar or system != systems.NHS_NUMBER:
        why = "The identifier's system must be that of NHS numbers."
        return Refusal(400, "INVALID_IDENTIFIER_SYSTEM", "invalid", why)
    try:
        return NhsNumber(value)
    except InvalidNhsNumberError:
        return Refusal(400, "INVALID_NHS_NUMBER", "value", "The NHS number is not valid.")


def _wanted_in(parameters: Sequence[tuple[str, str]]) -> _Wanted | Refusal:
    if not frozenset(MANDATORY) <= frozenset(parameters):
        return invalid_parameter("The mandatory _include parameters are missing.")
    others = [pair for pair in parameters if pair not in MANDATORY]
    if not {name for name, _value in others} <= _OPTIONAL:
        return bad_request("A parameter is not supported.")
    bounds = [value for name, value in others if name == "created"]
    prefixes = [value[:2] for value in bounds]
    if len(set(prefixes)) != len(prefixes) or not set(prefixes) <= {"ge", "le"}:
        return invalid_parameter("created takes one ge and one le.")
    try:
        days = {value[:2]: date.fromisoformat(value[2:]) for value in bounds}
    except ValueError:
        return invalid_parameter("created takes whole dates.")
    return _Wanted(days.get("ge"), days.get("le"))


def _listing(chart: Chart, wanted: _Wanted) -> Resource:
    held = [s for s in chart.statements if s.fact.kind is FactKind.DOCUMENT and wanted.holds(s)]
    staff = [
        part for person in clinicians_of(chart.practice)[1:] for part in clinician(chart, person)
    ]
    shown = [document(chart, statement) for statement in held]
    return _searchset([*people_of(chart), *(staff if held else []), *shown])


def _searchset(resources: list[Resource]) -> Resource:
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [SEARCHSET_PROFILE]},
        "type": "searchset",
        "entry": [{"resource": resource} for resource in resources],
    }
