"""Tell applications where to launch and what of SMART works here.

Claims of the provider what the deployment's settings say, and of the gateway what it enforces itself. SMART App
Launch 2.2, "Using .well-known" and "Capability sets".
"""

from collections.abc import Mapping

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.api.caller import services_of
from gateway.settings import IssuerSettings, Settings

router = APIRouter()

_NARROWED_HERE = ("permission-patient", "permission-user", "permission-v1", "permission-v2")
"""Scopes of both versions and both contexts narrow every answer, whichever provider gave them."""


@router.get("/fhir/.well-known/smart-configuration", summary="Where tokens come from")
async def smart_configuration(request: Request) -> Response:
    issuer = smart_issuer(services_of(request).settings)
    document = {"capabilities": []} if issuer is None else _document(issuer)
    return Response(orjson.dumps(document), media_type="application/json")


def smart_issuer(settings: Settings) -> IssuerSettings | None:
    """Give the provider that applications are sent to: the first that says it launches any, else the first."""
    launching = (row for row in settings.issuer if row.smart.capabilities)
    return next(launching, next(iter(settings.issuer), None))


def _document(issuer: IssuerSettings) -> Mapping[str, object]:
    smart = issuer.smart
    told = {
        "issuer": issuer.issuer,
        "jwks_uri": smart.jwks_url or issuer.jwks_url,
        "authorization_endpoint": issuer.authorize_url,
        "token_endpoint": smart.token_url or issuer.token_url,
        "token_endpoint_auth_methods_supported": smart.client_authentication,
        "token_endpoint_auth_signing_alg_values_supported": smart.signing_algorithms,
        "grant_types_supported": smart.grant_types,
        "response_types_supported": ("code",),
        "scopes_supported": smart.scopes,
        "code_challenge_methods_supported": ("S256",),
    }
    narrowed = _NARROWED_HERE if smart.capabilities else ()
    known = {name: value for name, value in told.items() if value}
    return {**known, "capabilities": (*smart.capabilities, *narrowed)}
