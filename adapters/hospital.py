"""Ask a hospital: a FHIR R4 server of UK Core encounters, results, documents and the rest.

Adds nothing to the R4 adapter; ADT messages are not read here.
Follows UK Core (Encounter 2.5.0) over FHIR R4.
"""

from collections.abc import Callable

from adapters.fhir_r4 import FhirR4Adapter, R4Kind
from adapters.source_client import SourceClient

HOSPITAL = R4Kind()
"""A hospital may hold any type, and its encounter statuses mean what FHIR says."""


def hospital_adapter(client: SourceClient, monotonic: Callable[[], float]) -> FhirR4Adapter:
    """Build the adapter of one hospital."""
    return FhirR4Adapter(client, monotonic, HOSPITAL)
