"""Serve the ambulance service as a FHIR R4 source under `/fhir`.

Holds only what the cohort says that this service recorded.
"""

from functools import partial

from starlette.applications import Starlette

from adapters.simulators.ambulance_resources import ambulance_directory, ambulance_record
from adapters.simulators.faults import Faults
from adapters.simulators.fhir_library import CohortShelf, Library, Source
from adapters.simulators.fhir_server import FhirServer
from adapters.simulators.fhir_types import SHARED_TYPES, Offer, by_patient, table_of
from adapters.simulators.truth import Cohort, SourceKind

_AMBULANCE_TYPES = (
    *SHARED_TYPES,
    by_patient("MedicationAdministration", mandatory="status medicationCodeableConcept subject"),
)


def create_app(
    cohort: Cohort,
    faults: Faults,
    *,
    organisation: str = "RRU",
    token: str | None = None,
    declares_everything: bool = True,
) -> Starlette:
    """Make the application; with a token, everything but `/fhir/metadata` requires it."""
    source = Source(
        SourceKind.AMBULANCE,
        organisation,
        ambulance_record,
        partial(ambulance_directory, organisation),
    )
    name = cohort.organisations.get(organisation, organisation)
    offer = Offer(name, table_of(*_AMBULANCE_TYPES), declares_everything)
    library = Library(cohort, CohortShelf(cohort, source))
    return FhirServer(library, offer, faults, token).app()
