"""Hear from an OpenID provider that sessions are over, and end them at once.

Called by the provider, not by a browser: the signed token is its only proof, and it gets no cookie and no page.
OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.audit.acts import ProviderSignedOut
from gateway.errors import (
    BadRequestError,
    NotAuthenticatedError,
    RefusedError,
    SharedCareRecordError,
)
from gateway.logout_tokens import ProvenLogout, check_logout_token
from gateway.sign_in_client import providers_of
from gateway.store.logout_tokens import take_once
from gateway.store.sign_ins import ProviderSessions, count_provider_sessions, end_provider_sessions
from gateway.web.forms import read_token_form
from gateway.web.visits import services_of
from gateway.wiring import Services

LOGOUT_PATH = "/sign-in/back-channel-logout"

_TOKEN_FIELD = "logout_token"  # noqa: S105 - the name of a field
_NO_STORE = {"Cache-Control": "no-store"}


async def end_by_provider(request: Request) -> Response:
    """End the sessions that a provider's logout token names."""
    services = services_of(request)
    try:
        logout = await _proven(request, services)
        await _end(services, logout)
    except (BadRequestError, NotAuthenticatedError, RefusedError) as fault:
        told = {"error": "invalid_request", "error_description": str(fault)}
        return JSONResponse(told, 400, _NO_STORE)
    except SharedCareRecordError:
        return JSONResponse({"error": "temporarily_unavailable"}, 503, _NO_STORE)
    return Response(status_code=200, headers=_NO_STORE)


async def _proven(request: Request, services: Services) -> ProvenLogout:
    signed = await services.verifier.signed(await read_token_form(request, _TOKEN_FIELD))
    for provider in providers_of(services.settings):
        if provider.issuer == signed.issuer.issuer:
            return check_logout_token(signed, provider.client_id, services.records.clock())
    raise NotAuthenticatedError("Nobody signs in here with this provider.")


async def _end(services: Services, logout: ProvenLogout) -> None:
    """Record the act and end the sessions, or neither.

    Raises BadRequestError for a token that was heard before, UnavailableError.
    """
    named = ProviderSessions(logout.issuer, logout.user_id, logout.provider_session)
    count = await services.store.read(count_provider_sessions, named)
    at = services.records.clock()
    event = ProviderSignedOut(at, logout.user_id, logout.issuer, count)
    async with services.log.recorded(event) as recorded:
        if not await recorded.do(take_once, logout.digest, logout.expires_at):
            raise BadRequestError("The logout token was heard before.")
        await recorded.do(end_provider_sessions, named)
