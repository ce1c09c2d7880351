"""Compose the web application from the service's parts."""

from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from gateway.api import (
    as_at,
    audit_events,
    audit_proofs,
    binaries,
    bulk_export,
    bulk_tables,
    claims,
    conformance,
    counts,
    emergencies,
    health,
    oneself,
    patients,
    people,
    permissions,
    policies,
    population,
    privacy,
    privacy_alerts,
    privacy_radar,
    reidentifications,
    smart_configuration,
    statements,
)
from gateway.api.even_refusals import EvenRefusals
from gateway.api.front_door import FrontDoor
from gateway.api.measured import Measured
from gateway.api.problems import (
    answer_named_failure,
    answer_unknown_failure,
    method_not_allowed,
    not_found,
)
from gateway.errors import SharedCareRecordError
from gateway.version import VERSION
from gateway.view_trials import ViewTrials
from gateway.web import pages
from gateway.wiring import Services, new_id

_ROOMS = (
    *(health, conformance, smart_configuration),
    *(people, binaries, oneself, audit_events, bulk_export, bulk_tables, patients),
    *(privacy, privacy_alerts, privacy_radar, statements, policies, emergencies, claims),
    *(permissions, audit_proofs, as_at, population, counts, reidentifications),
)
"""In the order in which addresses are tried: a caller themselves, the audit, and operations, before what records hold."""


def create_app(services: Services) -> ASGIApp:
    """Compose the application. Interactive documentation is off: its pages load from elsewhere."""
    app = FastAPI(
        title="Shared care record", version=VERSION, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.services = services
    app.state.view_trials = ViewTrials()
    for module in _ROOMS:
        app.include_router(module.router)
    app.router.routes.extend(pages.routes())
    app.add_exception_handler(SharedCareRecordError, answer_named_failure)
    app.add_exception_handler(404, _answer_not_found)
    app.add_exception_handler(405, _answer_method_not_allowed)
    app.add_exception_handler(Exception, answer_unknown_failure)
    measured = Measured(app, services.metrics)
    even = EvenRefusals(measured, services.settings.refusals_every_ms / 1000)
    return FrontDoor(even, _hosts(services), new_id)


async def _answer_not_found(_request: Request, _fault: Exception) -> Response:
    return not_found()


async def _answer_method_not_allowed(_request: Request, _fault: Exception) -> Response:
    return method_not_allowed()


def _hosts(services: Services) -> frozenset[str]:
    settings = services.settings
    return frozenset({urlsplit(settings.base_url).netloc, *settings.allowed_hosts})
