"""Recognise the caller of one request, once, and find the service's parts."""

from dataclasses import dataclass

from fastapi import Request

from gateway.api.requests import principal_of, purpose_of, refuse_other_formats
from gateway.audit.acts import CallerRefused
from gateway.errors import NoRoleError
from gateway.identity import Principal
from gateway.wiring import Services
from rbac.types import Purpose


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, what for, and under which request id."""

    principal: Principal
    purpose: Purpose | None
    request_id: str


def services_of(request: Request) -> Services:
    """Give the running service's parts."""
    services: Services = request.app.state.services
    return services


async def caller_of(request: Request) -> Caller:
    """Recognise the caller by the bearer token, with the purpose of use.

    Raises NotAuthenticatedError, BadRequestError, NotAcceptableError; NoRoleError once it is on record.
    """
    refuse_other_formats(request)
    return await caller_of_any_format(request)


async def caller_of_any_format(request: Request) -> Caller:
    """Recognise the caller of an address that serves more than JSON.

    Raises NotAuthenticatedError, BadRequestError; NoRoleError once it is on record.
    """
    services, request_id = services_of(request), request.state.request_id
    try:
        principal = await principal_of(request, services.verifier.principal)
    except NoRoleError as fault:
        at = services.records.clock()
        await services.log.append(CallerRefused(at, fault.user_id, request_id, fault.reason))
        raise
    return Caller(principal, purpose_of(request, principal), request_id)
