"""Tell operators whether the service lives, is ready, and how it fares; never anything about a person.

Counts are for the operator's own token: on a quiet day the step of one counter would tell of one request what its
answer does not, such as why a source held back.
"""

from hmac import compare_digest

import orjson
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from gateway.api.caller import services_of
from gateway.errors import NotAuthenticatedError, UnavailableError
from gateway.settings import Settings
from gateway.version import VERSION

router = APIRouter()

_JSON = "application/json"


@router.get("/health/live", summary="The process answers")
async def live() -> Response:
    return Response(b'{"status":"live"}', media_type=_JSON)


@router.get("/health/ready", summary="Database and role policy answer")
async def ready(request: Request) -> Response:
    try:
        await services_of(request).policies.active()
    except UnavailableError:
        return Response(b'{"status":"not ready"}', 503, media_type=_JSON)
    return Response(b'{"status":"ready"}', media_type=_JSON)


@router.get("/version", summary="The running version")
async def running_version() -> Response:
    return Response(orjson.dumps({"version": VERSION}), media_type=_JSON)


@router.get("/metrics", summary="Counts and times, by route and source")
async def metrics(request: Request) -> Response:
    services = services_of(request)
    if not _is_operator(request, services.settings):
        raise NotAuthenticatedError("Counts are told for the operator's token.")
    return Response(services.metrics.told(), media_type=CONTENT_TYPE_LATEST)


def _is_operator(request: Request, settings: Settings) -> bool:
    expected = settings.metrics_token
    if expected is None:
        return False
    sent = request.headers.get("authorization", "").encode()
    return compare_digest(sent, b"Bearer " + expected.get_secret_value().encode())
