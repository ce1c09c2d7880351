"""Say who asks a GP practice, and for what: Spine headers and the unsigned Spine JWT.

Signs nothing: mutual TLS authenticates the gateway, the token tells the practice's audit who the
user is. Follows GP Connect cross-organisation audit and provenance: direct care is the only reason.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from adapters.contract import Caller
from fhir_profiles.systems import ODS_ORGANISATION, SDS_ROLE_PROFILE, SDS_USER

_SERVICES = "urn:nhs:names:services:gpconnect"
_DOCUMENTS = f"{_SERVICES}:documents:fhir:rest"
_FHIR_JSON = "application/fhir+json"
# The specification wants exactly this; any other lifetime is refused.
_TOKEN_LIFE_SECONDS = 300
# What the specification has users without a smartcard send; other names that it demands and we may
# not know say the same, since an invented title would be a false statement in the practice's audit.
_UNKNOWN = "UNK"


class NotIdentifiedError(ValueError):
    """Say that a caller cannot be named to a practice; the message names nobody."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """What a practice is asked to do, as Spine names it, and the scope that its token claims."""

    id: str
    scope: str


_OF_A_PATIENT = "patient/*.read"
RECORD: Final = Interaction(f"{_SERVICES}:fhir:operation:gpc.getstructuredrecord-1", _OF_A_PATIENT)
FIND_PATIENT: Final = Interaction(f"{_DOCUMENTS}:search:patient-1", _OF_A_PATIENT)
FIND_DOCUMENTS: Final = Interaction(f"{_DOCUMENTS}:search:documentreference-1", _OF_A_PATIENT)
READ_DOCUMENT: Final = Interaction(f"{_DOCUMENTS}:read:binary-1", _OF_A_PATIENT)
DESCRIPTION: Final = Interaction(
    f"{_SERVICES}:structured:fhir:rest:read:metadata-1", "organization/*.read"
)


@dataclass(frozen=True, slots=True)
class GpEndpoint:
    """Where one practice answers, as SDS has it: provider base URL and ASID.

    `documents_base_url` is where its Access Document interface is, None where it offers none.
    """

    base_url: str
    asid: str
    documents_base_url: str | None = None

    @property
    def documents(self) -> "GpEndpoint | None":
        """Give the endpoint of the practice's documents, which tokens are made out to."""
        base = self.documents_base_url
        return None if base is None else GpEndpoint(base, self.asid)

    def reached_through(self, spine_proxy: str | None) -> str:
        """Give the address to call; the proxy takes the provider's URL whole, not encoded."""
        base = self.base_url.rstrip("/")
        return base if spine_proxy is None else f"{spine_proxy.rstrip('/')}/{base}"


@dataclass(frozen=True, slots=True)
class GpConsumer:
    """The gateway as practices know it. `asids`: ODS code of a user's organisation → its ASID."""

    issuer: str
    asids: Mapping[str, str]
    device_system: str
    device_value: str
    device_model: str
    device_version: str
    local_user_system: str


def headers_for(
    caller: Caller,
    consumer: GpConsumer,
    endpoint: GpEndpoint,
    spine_trace_id: UUID,
    now: datetime,
    interaction: Interaction = RECORD,
) -> dict[str, str]:
    """Write the headers of one request, for a structured record unless another interaction is named.

    Raises NotIdentifiedError when the user has no name, or the user's organisation no ASID: a
    request from nobody in particular is forbidden.
    """
    asid = consumer.asids.get(caller.organisation)
    if asid is None:
        raise NotIdentifiedError("Expected an ASID for the user's organisation.")
    if not (caller.user_id.strip() and caller.family_name.strip()):
        raise NotIdentifiedError("Expected a named user.")
    return {
        "Accept": _FHIR_JSON,
        "Content-Type": _FHIR_JSON,
        "Cache-Control": "no-store",
        "Ssp-TraceID": str(spine_trace_id),
        "Ssp-From": asid,
        "Ssp-To": endpoint.asid,
        "Ssp-InteractionID": interaction.id,
        "Authorization": f"Bearer {spine_token(caller, consumer, endpoint, now, interaction.scope)}",
    }


def spine_token(
    caller: Caller,
    consumer: GpConsumer,
    endpoint: GpEndpoint,
    now: datetime,
    scope: str = RECORD.scope,
) -> str:
    """Write the unsigned token; it ends with a dot."""
    issued_at = int(now.timestamp())
    claims = {
        "iss": consumer.issuer,
        "sub": caller.user_id,
        "aud": endpoint.base_url,
        "iat": issued_at,
        "exp": issued_at + _TOKEN_LIFE_SECONDS,
        "reason_for_request": "directcare",
        "requested_scope": scope,
        "requesting_device": _device(consumer),
        "requesting_organization": _organisation(caller),
        "requesting_practitioner": _practitioner(caller, consumer),
    }
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def _device(consumer: GpConsumer) -> dict[str, object]:
    return {
        "resourceType": "Device",
        "identifier": [{"system": consumer.device_system, "value": consumer.device_value}],
        "model": consumer.device_model,
        "version": consumer.device_version,
    }


def _organisation(caller: Caller) -> dict[str, object]:
    return {
        "resourceType": "Organization",
        "identifier": [{"system": ODS_ORGANISATION, "value": caller.organisation}],
        "name": caller.organisation_name,
    }


def _practitioner(caller: Caller, consumer: GpConsumer) -> dict[str, object]:
    has_smartcard = bool(caller.role_profile_id)
    identifiers = {
        SDS_USER: caller.user_id if has_smartcard else _UNKNOWN,
        SDS_ROLE_PROFILE: caller.role_profile_id or _UNKNOWN,
        consumer.local_user_system: caller.user_id,
    }
    return {
        "resourceType": "Practitioner",
        "id": caller.user_id,
        "identifier": [{"system": key, "value": value} for key, value in identifiers.items()],
        "name": [_name(caller)],
    }


def _name(caller: Caller) -> dict[str, object]:
    return {
        "family": caller.family_name,
        "given": [caller.given_name or _UNKNOWN],
        "prefix": [caller.name_prefix or _UNKNOWN],
    }


def _part(content: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(content)).rstrip(b"=").decode()
