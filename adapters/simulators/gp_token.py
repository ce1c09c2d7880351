"""Check the Spine headers and the unsigned token that a GP Connect consumer must send.

Does not read the body. Follows GP Connect 1.6, Spine security proxy headers and cross-organisation
audit and provenance.
"""

import base64
import binascii
import hashlib
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeGuard

import orjson

from adapters.simulators.gp_refusals import Refusal, bad_request
from fhir_profiles import systems

_ASID = re.compile(r"[0-9]{12}")
_TOKEN_LIFETIME_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Expected:
    """What one interaction at one practice must be asked with; `at` is in Unix seconds."""

    interaction: str
    scope: str
    provider_asid: str
    base_url: str
    at: float


def provider_asid(practice: str) -> str:
    """Give the invented ASID of a practice's system: twelve digits."""
    number = int.from_bytes(hashlib.sha256(practice.encode()).digest()[:8], "big")
    return f"9{number % 10**11:011d}"


def refuse_headers(headers: Mapping[str, str], expected: Expected) -> Refusal | None:
    """Refuse a missing or wrong Spine header."""
    if not _is_uuid(headers.get("ssp-traceid", "")):
        return bad_request("Ssp-TraceID must be a UUID.")
    if _ASID.fullmatch(headers.get("ssp-from", "")) is None:
        return bad_request("Ssp-From must be the ASID of the asking organisation.")
    if headers.get("ssp-to") != expected.provider_asid:
        return bad_request("Ssp-To is not the ASID of this provider.")
    if headers.get("ssp-interactionid") != expected.interaction:
        return bad_request("Ssp-InteractionID does not match the interaction.")
    return None


def refuse_token(authorization: str, expected: Expected) -> Refusal | None:
    """Refuse a missing, signed, garbled, expired or incomplete token."""
    scheme, _, token = authorization.partition(" ")
    parts = token.split(".")
    if scheme.lower() != "bearer" or len(parts) != 3:
        return bad_request("Authorization must be Bearer with a token of three parts.")
    header, claims = _decode(parts[0]), _decode(parts[1])
    if header is None or claims is None:
        return bad_request("The token is not base64url-encoded JSON.")
    if header.get("alg") != "none" or header.get("typ", "JWT") != "JWT" or parts[2]:
        return bad_request("The token must be unsigned: alg none and an empty third part.")
    return _refuse_claims(claims, expected)


def _refuse_claims(claims: Mapping[str, object], expected: Expected) -> Refusal | None:
    for name, is_right in _claim_rules(claims, expected).items():
        if not is_right(claims.get(name)):
            return bad_request(f"The token's claim {name} is missing or wrong.")
    return None


def _claim_rules(
    claims: Mapping[str, object], expected: Expected
) -> dict[str, Callable[[object], bool]]:
    issued = claims.get("iat")
    return {
        "iss": lambda value: isinstance(value, str) and value.startswith(("http://", "https://")),
        "sub": _is_text,
        "aud": lambda value: value == expected.base_url,
        "iat": lambda value: _is_whole(value) and value <= expected.at,
        "exp": lambda value: (
            _is_whole(value)
            and _is_whole(issued)
            and value == issued + _TOKEN_LIFETIME_SECONDS
            and value > expected.at
        ),
        "reason_for_request": lambda value: value == "directcare",
        "requested_scope": lambda value: value == expected.scope,
        "requesting_device": _is_device,
        "requesting_organization": _is_organisation,
        "requesting_practitioner": lambda value: _is_practitioner(value, claims.get("sub")),
    }


def _is_device(value: object) -> bool:
    return (
        _is_resource(value, "Device")
        and _is_text(_member(value, "model"))
        and _is_text(_member(value, "version"))
        and bool(_identifier_systems(value))
    )


def _is_organisation(value: object) -> bool:
    return (
        _is_resource(value, "Organization")
        and _is_text(_member(value, "name"))
        and systems.ODS_ORGANISATION in _identifier_systems(value)
    )


def _is_practitioner(value: object, subject: object) -> bool:
    identified_by = _identifier_systems(value)
    national = {systems.SDS_USER, systems.SDS_ROLE_PROFILE}
    return (
        _is_resource(value, "Practitioner")
        and _is_text(_member(value, "id"))
        and _member(value, "id") == subject
        and _is_name(_first(_member(value, "name")))
        and national < identified_by
    )


def _is_name(value: object) -> bool:
    return (
        _is_text(_member(value, "family"))
        and _is_text(_first(_member(value, "given")))
        and _is_text(_first(_member(value, "prefix")))
    )


def _identifier_systems(value: object) -> set[str]:
    """Give the systems of the identifiers that have both a system and a value."""
    listed = _member(value, "identifier")
    found: set[str] = set()
    for identifier in listed if isinstance(listed, list) else ():
        system = _member(identifier, "system")
        if isinstance(system, str) and system and _is_text(_member(identifier, "value")):
            found.add(system)
    return found


def _decode(part: str) -> dict[str, object] | None:
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        decoded = orjson.loads(raw)
    except (binascii.Error, ValueError):
        return None
    return decoded if isinstance(decoded, dict) else None


def _is_uuid(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def _is_resource(value: object, resource_type: str) -> bool:
    return _member(value, "resourceType") == resource_type


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None
