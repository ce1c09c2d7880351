"""Recognise who comes for what planners are given, and what for.

Decides nothing: who states a purpose that is none is refused where everybody is decided about, on record.
"""

from fastapi import Request

from gateway.api.caller import Caller, caller_of, caller_of_any_format, services_of


async def planner_of(request: Request) -> Caller:
    """Recognise the caller; their purpose is None only where they state none.

    Raises as `caller_of`; RefusedError, UnavailableError.
    """
    return await _stating_none_or_one(request, await caller_of(request))


async def planner_of_any_format(request: Request) -> Caller:
    """Recognise the caller of an address that serves more than JSON.

    Raises as `caller_of_any_format`; RefusedError, UnavailableError.
    """
    return await _stating_none_or_one(request, await caller_of_any_format(request))


async def _stating_none_or_one(request: Request, caller: Caller) -> Caller:
    planning = services_of(request).planning
    is_unknown = caller.purpose is None and "purpose-of-use" in request.headers
    if planning is not None and is_unknown:
        await planning.releases.admission.of_no_purpose(caller)
    return caller
