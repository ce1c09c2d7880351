"""Serve one hospital trust as a FHIR R4 (UK Core) source under `/fhir`.

Holds only what the cohort says that this trust recorded.
"""

from functools import partial

from starlette.applications import Starlette

from adapters.simulators.faults import Faults
from adapters.simulators.fhir_library import CohortShelf, Library, Source
from adapters.simulators.fhir_server import FhirServer
from adapters.simulators.fhir_types import SHARED_TYPES, Offer, by_patient, table_of
from adapters.simulators.hospital_resources import hospital_directory, hospital_record
from adapters.simulators.truth import Cohort, SourceKind

_HOSPITAL_TYPES = (
    *SHARED_TYPES,
    by_patient(
        "DiagnosticReport",
        "date",
        includes={"DiagnosticReport:result": "Observation"},
        mandatory="status code",
    ),
    by_patient("MedicationRequest", mandatory="status intent medicationCodeableConcept subject"),
    by_patient("MedicationStatement", mandatory="status medicationCodeableConcept subject"),
    by_patient("Immunization", "date", mandatory="status vaccineCode patient occurrenceDateTime"),
    by_patient("Appointment", "date", mandatory="status participant"),
    by_patient("CarePlan", "date", mandatory="status intent subject"),
)


def create_app(
    cohort: Cohort,
    faults: Faults,
    *,
    organisation: str = "RRV",
    token: str | None = None,
    declares_everything: bool = True,
) -> Starlette:
    """Make the application; with a token, everything but `/fhir/metadata` requires it."""
    source = Source(
        SourceKind.HOSPITAL,
        organisation,
        hospital_record,
        partial(hospital_directory, organisation),
    )
    name = cohort.organisations.get(organisation, organisation)
    offer = Offer(name, table_of(*_HOSPITAL_TYPES), declares_everything)
    library = Library(cohort, CohortShelf(cohort, source))
    return FhirServer(library, offer, faults, token).app()
