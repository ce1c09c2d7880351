"""Build the CapabilityStatement of what is really served, from a typed list that the API passes in.

Knows no route itself, so it can claim nothing that it is not told. Follows FHIR R4 CapabilityStatement
(`kind` instance) and the HL7 UK Core Access draft, server rules A1 to A6.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import msgspec

FHIR_VERSION = "4.0.1"
_ROLES = "https://fhir.hl7.org.uk/uk-core-access/CapabilityStatement"
PATIENT_INDEX_PROVIDER = f"{_ROLES}/UKCoreAccessPatientIndexProvider"
CLINICAL_DATA_PROVIDER = f"{_ROLES}/UKCoreAccessClinicalDataProvider"
_OAUTH_ADDRESSES = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_SECURITY_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"


class Interaction(StrEnum):
    """FHIR R4 interactions that a read-only gateway may offer."""

    READ = "read"
    SEARCH_TYPE = "search-type"


class SearchType(StrEnum):
    """FHIR R4 kinds of search parameter in use here."""

    DATE = "date"
    REFERENCE = "reference"
    STRING = "string"
    TOKEN = "token"  # noqa: S105 — a FHIR word, not a secret
    URI = "uri"


@dataclass(frozen=True, slots=True)
class SearchParameter:
    """One parameter that a search understands."""

    name: str
    type: SearchType
    documentation: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, named without its dollar sign, with the canonical of its definition."""

    name: str
    definition: str
    documentation: str


@dataclass(frozen=True, slots=True)
class ServedResource:
    """What is served of one resource type."""

    type: str
    interactions: tuple[Interaction, ...]
    search_parameters: tuple[SearchParameter, ...] = ()
    operations: tuple[Operation, ...] = ()
    profile: str | None = None
    documentation: str | None = None
    is_read_conditionally: bool = False


@dataclass(frozen=True, slots=True)
class Security:
    """How callers are known: codes of FHIR's restful-security-service, and (`authorize` or `token`, address) pairs."""

    services: tuple[str, ...] = ("SMART-on-FHIR",)
    addresses: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """The running service; `updated_on` is the ISO date of the software or configuration, not of the request."""

    name: str
    version: str
    base_url: str
    description: str
    updated_on: str
    security: Security = Security()
    allows_cross_origin: bool = True
    formats: tuple[str, ...] = ("json",)


def capability_statement(
    service: Service,
    resources: Iterable[ServedResource],
    operations: Iterable[Operation] = (),
) -> bytes:
    """Build the statement; resource types and parameters are sorted, so equal services give equal bytes.

    Raises ValueError when a resource type, or a parameter or operation of one, is listed twice.
    """
    listed = sorted(resources, key=lambda resource: resource.type)
    _refuse_repeats("resource type", (resource.type for resource in listed))
    rest: dict[str, object] = {
        "mode": "server",
        "security": _security_of(service),
        "resource": [_resource_of(resource) for resource in listed],
    }
    if whole := [_operation_of(operation) for operation in operations]:
        rest["operation"] = whole
    return msgspec.json.encode({**_head_of(service, listed), "rest": [rest]})


def _head_of(service: Service, resources: list[ServedResource]) -> dict[str, object]:
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": service.updated_on,
        "kind": "instance",
        "instantiates": _roles_of(resources),
        "software": {"name": service.name, "version": service.version},
        "implementation": {"description": service.description, "url": service.base_url},
        "fhirVersion": FHIR_VERSION,
        "format": list(service.formats),
    }


def _roles_of(resources: list[ServedResource]) -> list[str]:
    is_index = any(resource.type == "Patient" for resource in resources)
    return (
        [PATIENT_INDEX_PROVIDER, CLINICAL_DATA_PROVIDER] if is_index else [CLINICAL_DATA_PROVIDER]
    )


def _security_of(service: Service) -> dict[str, object]:
    security = service.security
    codings = [{"system": _SECURITY_SERVICE, "code": code} for code in security.services]
    named = [{"url": name, "valueUri": address} for name, address in security.addresses]
    optional = {
        "extension": [{"url": _OAUTH_ADDRESSES, "extension": named}] if named else [],
        "service": [{"coding": [coding]} for coding in codings],
    }
    known = {name: value for name, value in optional.items() if value}
    return {"cors": service.allows_cross_origin, **known}


def _resource_of(resource: ServedResource) -> dict[str, object]:
    _refuse_repeats("parameter", (parameter.name for parameter in resource.search_parameters))
    _refuse_repeats("operation", (operation.name for operation in resource.operations))
    parameters = sorted(resource.search_parameters, key=lambda parameter: parameter.name)
    optional: dict[str, object] = {
        "supportedProfile": [resource.profile] if resource.profile else [],
        "documentation": resource.documentation or "",
        "interaction": [{"code": interaction} for interaction in resource.interactions],
        "conditionalRead": "not-match" if resource.is_read_conditionally else "",
        "searchParam": [_parameter_of(parameter) for parameter in parameters],
        "operation": [_operation_of(operation) for operation in resource.operations],
    }
    # FHIR knows neither empty arrays nor empty strings.
    return {"type": resource.type} | {name: value for name, value in optional.items() if value}


def _parameter_of(parameter: SearchParameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "documentation": parameter.documentation,
    }


def _operation_of(operation: Operation) -> dict[str, object]:
    return {
        "name": operation.name,
        "definition": operation.definition,
        "documentation": operation.documentation,
    }


def _refuse_repeats(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"A {what} is declared twice: {name}. Declare it once.")
        seen.add(name)
