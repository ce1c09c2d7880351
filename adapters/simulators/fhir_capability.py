"""State what an R4 source can be asked, as a CapabilityStatement.

Follows FHIR R4, capability statement; states nothing that the search does not do.
"""

from adapters.simulators.fhir_types import Offer, SearchType
from adapters.simulators.r4_chart import profile
from adapters.simulators.rendering import Resource, coded, stated

_TOKENS = frozenset({"_id", "identifier", "status", "patient.identifier"})
_GENERAL = frozenset({"_count", "_elements", "_format"})


def capability_statement(offer: Offer, base_url: str) -> Resource:
    """Give the statement of one source at one address."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2025-01-01",
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "implementation": {"description": offer.title, "url": base_url},
        "rest": [
            {
                "mode": "server",
                "security": {
                    "service": [
                        coded(
                            "http://terminology.hl7.org/CodeSystem/restful-security-service",
                            "OAuth",
                        )
                    ]
                },
                "resource": [*(_resource(t, offer) for t in offer.types.values()), _binary()],
            }
        ],
    }


def _resource(search_type: SearchType, offer: Offer) -> Resource:
    has_everything = search_type.name == "Patient" and offer.declares_everything
    definition = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
    everything = {"name": "everything", "definition": definition}
    return stated(
        {
            "type": search_type.name,
            "profile": profile(search_type.name),
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "versioning": "versioned",
            "referencePolicy": ["literal", "logical", "local"],
            "searchInclude": sorted(search_type.includes),
            "searchParam": [
                {"name": name, "type": _type_of(name)}
                for name in sorted(search_type.parameters - _GENERAL)
            ],
            "operation": [everything] if has_everything else None,
        }
    )


def _binary() -> Resource:
    return {"type": "Binary", "interaction": [{"code": "read"}]}


def _type_of(parameter: str) -> str:
    if parameter in _TOKENS:
        return "token"
    return "date" if parameter == "date" else "reference"
