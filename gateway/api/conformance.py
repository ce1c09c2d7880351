"""Say what this service really serves.

Generated from the same tables that the routes read. FHIR R4 CapabilityStatement; SMART App Launch 2.2, "Declaring
support for OAuth2 endpoints".
"""

from collections.abc import Iterable, Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from fhir_profiles.capability import (
    Interaction,
    Operation,
    SearchParameter,
    SearchType,
    Security,
    ServedResource,
    Service,
    capability_statement,
)
from fhir_profiles.classify import CATEGORY_OF_TYPE, INFRASTRUCTURE
from fhir_profiles.uk_core import profile_of
from gateway.api import audit_events
from gateway.api.caller import services_of
from gateway.api.people import FOUND_BY
from gateway.api.problems import FHIR_JSON
from gateway.api.smart_configuration import smart_issuer
from gateway.patient.search import PARAMETERS, Kind
from gateway.settings import IssuerSettings
from gateway.version import VERSION, VERSION_DATE

router = APIRouter()

_TYPE_OF_KIND = {
    Kind.ID: SearchType.TOKEN,
    Kind.DATE: SearchType.DATE,
    Kind.RECORDED: SearchType.DATE,
    Kind.STATUS: SearchType.TOKEN,
    Kind.CLINICAL_STATUS: SearchType.TOKEN,
    Kind.CODE: SearchType.TOKEN,
    Kind.TYPE: SearchType.TOKEN,
    Kind.CLASS: SearchType.TOKEN,
}

_LINKAGE = "Linkage"
"""Made by the gateway alone; every other served type may come from a source."""

_NEVER_READ = frozenset({"Bundle", "OperationOutcome"})
"""They wrap or explain an answer and are no items of it."""

_EVERYTHING = Operation(
    "everything",
    "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    "The joined record, narrowed to the caller's role, with one outcome entry for each source.",
)

_ORIGINAL = Operation(
    "original",
    "https://shared-care-record.example/OperationDefinition/original",
    "The source's own resource, where all of it may be shown; its narrative is left out.",
)

_OF_RELEASES = (
    Operation(
        "export",
        "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export",
        "The published release of a registered machine's project, as NDJSON; its rows are of no FHIR type.",
    ),
    Operation(
        "sql-run",
        "http://hl7.org/fhir/uv/sql-on-fhir/OperationDefinition/SQLRun",
        "A table of that release, as ndjson, csv or parquet; a ViewDefinition that is sent is tried on invented people.",
    ),
    Operation(
        "sql-export",
        "http://hl7.org/fhir/uv/sql-on-fhir/OperationDefinition/SQLExport",
        "Tables of that release as files: ndjson, csv or parquet.",
    ),
)
"""For machines; nobody else can call them."""

_BINARY = ServedResource("Binary", (Interaction.READ,), (), (), None)
"""Documents that items of a record are attached to; given as files unless FHIR JSON is asked for."""

_AUDIT_EVENT = ServedResource(
    "AuditEvent",
    (Interaction.READ, Interaction.SEARCH_TYPE),
    audit_events.FOUND_BY,
    documentation="What was done about a person, for those who may read the audit; IHE BALP where it has a profile.",
)


@router.get("/fhir/metadata", summary="What is served")
async def metadata(request: Request) -> Response:
    settings = services_of(request).settings
    service = Service(
        name="Shared care record",
        version=VERSION,
        base_url=f"{settings.base_url}/fhir",
        description=(
            "Read-only joined record. Items may be withheld by role; an empty answer is no proof of absence."
        ),
        updated_on=VERSION_DATE,
        allows_cross_origin=False,
        security=_security(smart_issuer(settings)),
    )
    served = (*served_resources(), _BINARY, _AUDIT_EVENT)
    operations = _OF_RELEASES if settings.bulk_client else ()
    return Response(capability_statement(service, served, operations), media_type=FHIR_JSON)


def _security(issuer: IssuerSettings | None) -> Security:
    if issuer is None:
        return Security(())
    token_url = issuer.smart.token_url or issuer.token_url
    addresses = {"authorize": issuer.authorize_url, "token": token_url}
    named = tuple((name, url) for name, url in addresses.items() if url is not None)
    return Security(("SMART-on-FHIR" if issuer.smart.capabilities else "OAuth",), named)


def served_resources() -> Iterable[ServedResource]:
    """List what is served, from the tables that the routes read."""
    yield ServedResource(
        "Patient",
        (Interaction.READ, Interaction.SEARCH_TYPE),
        FOUND_BY,
        (_EVERYTHING, _ORIGINAL),
        profile_of("Patient"),
        is_read_conditionally=True,
    )
    for resource_type, parameters in PARAMETERS.items():
        yield ServedResource(
            resource_type,
            (Interaction.READ, Interaction.SEARCH_TYPE),
            tuple(_described(parameters)),
            (_ORIGINAL,),
            profile_of(resource_type),
            is_read_conditionally=True,
        )
    for resource_type in read_only_types():
        yield ServedResource(
            resource_type,
            (Interaction.READ,),
            operations=() if resource_type == _LINKAGE else (_ORIGINAL,),
            profile=profile_of(resource_type),
            is_read_conditionally=True,
        )


def _described(parameters: Mapping[str, Kind]) -> Iterable[SearchParameter]:
    yield SearchParameter("patient", SearchType.REFERENCE, "Required: the opaque id of one person.")
    for name, kind in parameters.items():
        yield SearchParameter(name, _TYPE_OF_KIND[kind], f"Compares the item's {kind.value}.")


def read_only_types() -> Iterable[str]:
    """List the types that stand in a record and cannot be searched for by themselves."""
    in_a_record = CATEGORY_OF_TYPE.keys() | INFRASTRUCTURE | {_LINKAGE}
    return sorted(in_a_record - PARAMETERS.keys() - _NEVER_READ - {"Patient"})
