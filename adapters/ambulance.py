"""Ask an ambulance service: patient contacts and what crews found and did, as FHIR R4.

There is no national ePCR read interface; the project's own source contract stands behind this one.
Follows the shape of the Ambulance Data Set FHIR guide over FHIR R4.
"""

from collections.abc import Callable
from types import MappingProxyType

from adapters.fhir_r4 import FhirR4Adapter, R4Kind
from adapters.source_client import SourceClient

_NEVER_HELD = frozenset(
    {
        "Appointment",
        "CarePlan",
        "DiagnosticReport",
        "EpisodeOfCare",
        "Immunization",
        "MedicationDispense",
    }
)
# A call that is open with no vehicle there yet is `planned` in this source, and already somebody's care.
_CONTACT_STATUSES = MappingProxyType({"planned": "in-progress"})

AMBULANCE = R4Kind(_NEVER_HELD, _CONTACT_STATUSES)


def ambulance_adapter(client: SourceClient, monotonic: Callable[[], float]) -> FhirR4Adapter:
    """Build the adapter of one ambulance service."""
    return FhirR4Adapter(client, monotonic, AMBULANCE)
