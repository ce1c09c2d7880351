"""Plan which searches bring what a request's categories need.

Asks nothing itself. Types and search parameters follow FHIR R4; every type is searched by the chained
identifier, so a patient's numbers are the only key and no server's own id is trusted for a search.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.fhir_capabilities import Capabilities
from fhir_profiles.classify import CATEGORY_OF_TYPE, REFINABLE
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.systems import NHS_NUMBER
from fhir_profiles.vocabulary import Category

TypesNeeded = tuple[tuple[str, tuple[Category, ...]], ...]
"""Types of one request, each with the categories that miss it when it fails."""

_HELD_ALMOST_EVERYWHERE = frozenset(
    {
        "AllergyIntolerance",
        "Appointment",
        "CarePlan",
        "Condition",
        "DiagnosticReport",
        "DocumentReference",
        "Encounter",
        "EpisodeOfCare",
        "Flag",
        "Immunization",
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationRequest",
        "MedicationStatement",
        "Observation",
        "Procedure",
        "ServiceRequest",
    }
)
"""Asked of a server that does not say what it holds; every other type only where it is declared."""

# Patient has its own search; RelatedPerson is about somebody else.
_NEVER_SEARCHED = frozenset({"Patient", "RelatedPerson"})
_REFINEMENTS = (Category.END_OF_LIFE, Category.SOCIAL_CARE)

_INCLUDES = frozenset(
    {
        "AllergyIntolerance:asserter",
        "AllergyIntolerance:recorder",
        "Appointment:location",
        "Appointment:practitioner",
        "CarePlan:performer",
        "Condition:asserter",
        "DiagnosticReport:performer",
        "DiagnosticReport:specimen",
        "DocumentReference:author",
        "DocumentReference:custodian",
        "Encounter:location",
        "Encounter:participant",
        "Encounter:practitioner",
        "Encounter:service-provider",
        "EpisodeOfCare:organization",
        "Flag:author",
        "Immunization:location",
        "Immunization:performer",
        "MedicationAdministration:medication",
        "MedicationDispense:medication",
        "MedicationRequest:medication",
        "MedicationRequest:requester",
        "MedicationStatement:medication",
        "Observation:performer",
        "Observation:specimen",
        "Patient:general-practitioner",
        "Patient:organization",
        "Procedure:location",
        "Procedure:performer",
        "ServiceRequest:performer",
        "ServiceRequest:requester",
    }
)
"""Only to types without a subject: an include must never be a way to another person's record."""

_INCLUDED_ONWARD = frozenset(
    {
        "HealthcareService:organization",
        "Location:organization",
        "PractitionerRole:organization",
        "PractitionerRole:practitioner",
    }
)
"""From what an include brings: UK Core names people by their role, whose name stands a step further."""

_ONWARD = "_include:iterate"


@dataclass(frozen=True, slots=True)
class Search:
    """One search: its type, its parameters, and the categories that miss it when it fails."""

    resource_type: str
    query: tuple[tuple[str, str], ...]
    categories: tuple[Category, ...]

    @property
    def without_onward(self) -> "Search | None":
        """Give the search without the includes of included ones, None when it has none."""
        query = tuple(one for one in self.query if one[0] != _ONWARD)
        return None if query == self.query else replace(self, query=query)


def patient_search(numbers: Sequence[NhsNumber], page_size: int, found: Capabilities) -> Search:
    """Plan the search for the Patient that everything else must prove itself by."""
    query = (("identifier", _any_of(numbers)), *_paging("Patient", page_size, found))
    return Search("Patient", query, (Category.DEMOGRAPHICS,))


def record_searches(
    numbers: Sequence[NhsNumber],
    types: TypesNeeded,
    page_size: int,
    found: Capabilities,
) -> tuple[Search, ...]:
    """Plan one search for each type."""
    return tuple(
        Search(
            resource_type,
            (("patient.identifier", _any_of(numbers)), *_paging(resource_type, page_size, found)),
            categories,
        )
        for resource_type, categories in types
    )


def types_needed(
    categories: frozenset[Category], never_held: frozenset[str], found: Capabilities
) -> TypesNeeded:
    """Give the types that may hold these categories at this server, without Patient, sorted."""
    # What a server declares stands above what its kind usually holds.
    served = found.types or _HELD_ALMOST_EVERYWHERE - never_held
    worth_asking = (served & CATEGORY_OF_TYPE.keys()) - _NEVER_SEARCHED
    needed = ((one, _categories_of(one, categories)) for one in sorted(worth_asking))
    return tuple((one, held) for one, held in needed if held)


def _categories_of(resource_type: str, asked: frozenset[Category]) -> tuple[Category, ...]:
    refinements = _REFINEMENTS if resource_type in REFINABLE else ()
    may_hold = (CATEGORY_OF_TYPE[resource_type], *refinements)
    return tuple(one for one in may_hold if one in asked)


def needs_everything(types: TypesNeeded, never_held: frozenset[str], found: Capabilities) -> bool:
    """Say whether a request needs every type that the server holds; with less, it gets no more."""
    whole = types_needed(frozenset(Category), never_held, found)
    return len(types) == len(whole)


def may_miss_types(
    categories: frozenset[Category], never_held: frozenset[str], found: Capabilities
) -> bool:
    """Say whether the server may hold what these categories need in a type that nobody asks it for.

    So where its declaration could not be read. A server that says it has none is believed to hold
    the usual types alone, which is what is agreed with a source that declares nothing: else its answer
    could never be whole.
    """
    if not found.is_unread:
        return False
    anything = Capabilities(types=frozenset(CATEGORY_OF_TYPE) - never_held)
    asked = types_needed(categories, never_held, found)
    return len(asked) < len(types_needed(categories, never_held, anything))


def undeclared(
    categories: frozenset[Category], never_held: frozenset[str], found: Capabilities
) -> tuple[Category, ...]:
    """Give the categories of which a server that says what it holds declares none of the usual types.

    It is never asked for these, so nothing that it answers says that it has none.
    """
    if not found.types:
        return ()
    usual = types_needed(categories, never_held, Capabilities())
    asked = types_needed(categories, never_held, found)
    told = {one for _type, held in asked for one in held}
    return tuple(
        one for one in Category if one not in told and any(one in held for _type, held in usual)
    )


def everything_query(page_size: int) -> tuple[tuple[str, str], ...]:
    """Give the parameters of `$everything`.

    Without `_type`: servers that follow R4 strictly otherwise are known to refuse it.
    """
    return (("_count", str(page_size)),)


def probe_query(nhs_number: NhsNumber, page_size: int) -> tuple[tuple[str, str], ...]:
    """Give the parameters of the open-encounter probe."""
    return (
        ("patient.identifier", _any_of([nhs_number])),
        ("_elements", "id,status,period,subject"),
        ("_count", str(page_size)),
    )


def _any_of(numbers: Sequence[NhsNumber]) -> str:
    """Give a token that any of the person's numbers matches: a comma means or (FHIR R4 3.1.1.4.4)."""
    return ",".join(f"{NHS_NUMBER}|{one.digits}" for one in dict.fromkeys(numbers))


def _paging(resource_type: str, page_size: int, found: Capabilities) -> tuple[tuple[str, str], ...]:
    wanted = sorted(
        include for include in _INCLUDES & found.includes if include.startswith(f"{resource_type}:")
    )
    onward = sorted(_INCLUDED_ONWARD & found.includes) if wanted else []
    return (
        ("_count", str(page_size)),
        *(("_include", include) for include in wanted),
        *((_ONWARD, include) for include in onward),
    )
