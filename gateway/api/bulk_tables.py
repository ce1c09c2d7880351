"""Serve tables of published releases by the operations of SQL on FHIR; try a view on the synthetic sample.

A declared table is the release's own file: nothing is run upon the store, and nothing goes round the disclosure gate. A
view of somebody's own meets no record of anybody: it runs on invented people, and nothing comes with it. docs/decisions/0041.
"""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from fhir_profiles.outcomes import Severity, operation_outcomes
from gateway.api.bulk_clients import OwnReleases, bulk_client_of
from gateway.api.bulk_jobs import (
    Under,
    accepted,
    begin,
    complete,
    end,
    fetched,
    must_prefer_async,
    outputs_of,
    query_must_be_empty,
    sent_file,
    tables_of,
    under_way,
    waiting,
)
from gateway.api.bulk_manifest import sql_parameters
from gateway.api.bulk_parameters import (
    Parameter,
    by_name,
    parameters_of,
    text_of,
    without_any_identifier,
)
from gateway.api.bulk_subjects import (
    MEDIA_TYPES,
    SUBJECTS,
    Declared,
    Form,
    Inline,
    form_in,
    named_subjects,
    subject_in,
)
from gateway.api.disconnect import until_disconnected
from gateway.api.problems import FHIR_JSON
from gateway.api.requests import without_body
from gateway.errors import BadRequestError, NotFoundError
from gateway.population.releases.exports import Export, ExportKind
from gateway.population.trial import ROWS_AT_MOST, Trial
from gateway.view_trials import ViewTrials
from gateway.wiring import new_id

router = APIRouter(prefix="/fhir")

_RUN = frozenset({"_format", "header", "_limit", "release"}) | SUBJECTS
_EXPORT = frozenset({"_format", "header", "clientTrackingId", "release"})
_SUBJECT_WORDS = frozenset({"subject", "view"})
_TRACKING_AT_MOST = 200


@router.post("/$sql-run", summary="One table of a release, or a view tried on the sample")
@router.post("/$viewdefinition-run", summary="The same, by its former name")
async def run(request: Request) -> Response:
    own = await bulk_client_of(request)
    found = by_name(await parameters_of(request), _RUN, frozenset({"resource"}))
    form = form_in(found)
    if "resource" in found:
        raise BadRequestError(
            "resource: a view is tried on invented people alone.", "not-supported"
        )
    match subject_in(found):
        case Declared(table):
            return await _given(own, found, table, form)
        case Inline(definition):
            trial = Trial(definition, form, _rows_in(found))
            await own.admitted_to_try()
            return await until_disconnected(
                request, _tried(_trials_of(request), trial, own.client.id)
            )


@router.post("/$sql-export", summary="Tables of a release, as files")
@router.post("/$viewdefinition-export", summary="The same, by its former name")
async def begin_export(request: Request) -> Response:
    own = await bulk_client_of(request)
    must_prefer_async(request)
    found = by_name(await parameters_of(request), _EXPORT, _SUBJECT_WORDS)
    asked = named_subjects(each for word in sorted(_SUBJECT_WORDS) for each in found.get(word, ()))
    form, release = form_in(found), await own.one(text_of(found, "release"))
    there = await tables_of(own, release, f".{form}")
    if not {table for _name, table in asked} <= set(there):
        raise NotFoundError("The release has no such table.")
    export = Export(
        id=new_id(),
        kind=ExportKind.TABLES,
        client=own.client.id,
        user_id=own.client.user_id,
        project=own.client.project,
        release=release.id,
        request=f"{own.services.settings.base_url}{request.url.path}",
        begun_at=own.services.records.clock(),
        outputs=outputs_of(asked, f".{form}"),
        tracking=_tracking_in(found),
        form=form,
    )
    await begin(own, export)
    location = _address(own, export)
    return accepted(own.services, _path(export), sql_parameters(export, "accepted", location))


@router.get("/$sql-export/{export}", summary="How far an export is")
async def status(request: Request, export: str) -> Response:
    begun = await under_way(request, export, ExportKind.TABLES)
    query_must_be_empty(request)
    under = await begun.looked_at()
    location = _address(under.own, under.export)
    if not under.is_complete:
        return await waiting(under, sql_parameters(under.export, "in-progress", location))
    return RedirectResponse(f"{location}/result", 303)


@router.delete("/$sql-export/{export}", summary="Be done with an export")
async def forget(request: Request, export: str) -> Response:
    begun = await under_way(request, export, ExportKind.TABLES)
    await without_body(request)
    return await end(begun)


@router.get(
    "/$sql-export/{export}/{file}", summary="What an export consists of, or one of its files"
)
async def result_or_file(request: Request, export: str, file: str) -> Response:
    under = await under_way(request, export, ExportKind.TABLES)
    query_must_be_empty(request)
    # No file of a release is called so: each has an ending.
    return _result(await under.looked_at()) if file == "result" else await sent_file(under, file)


def _result(under: Under) -> Response:
    if not under.is_complete:
        raise NotFoundError("This export is not complete.")
    location = _address(under.own, under.export)
    body = sql_parameters(under.export, "completed", location, location)
    return complete(under, body, FHIR_JSON)


async def _given(
    own: OwnReleases, found: Mapping[str, Sequence[Parameter]], table: str, form: Form
) -> Response:
    if "_limit" in found:
        raise BadRequestError(
            "A table of a release is given whole, as it was approved.", "not-supported"
        )
    named = tuple(found.get("release", ()))
    release = await own.only(named[0].text if named else None)
    return await fetched(own, release, f"{table}.{form}")


async def _tried(trials: ViewTrials, trial: Trial, client: str) -> Response:
    came = await trials.tried(trial, client)
    if came.faults:
        return Response(
            operation_outcomes(Severity.ERROR, "invalid", came.faults), 422, media_type=FHIR_JSON
        )
    return Response(came.table, media_type=MEDIA_TYPES[trial.form])


def _trials_of(request: Request) -> ViewTrials:
    trials: ViewTrials = request.app.state.view_trials
    return trials


def _rows_in(found: Mapping[str, tuple[Parameter, ...]]) -> int:
    text = text_of(found, "_limit")
    if text is None:
        return ROWS_AT_MOST
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadRequestError("_limit is no number of rows.", "value")
    return min(int(text), ROWS_AT_MOST)


def _tracking_in(found: Mapping[str, tuple[Parameter, ...]]) -> str | None:
    text = text_of(found, "clientTrackingId")
    if text is None:
        return None
    if not (0 < len(text) <= _TRACKING_AT_MOST and text.isprintable()):
        raise BadRequestError("clientTrackingId is longer than it may be.", "value")
    return without_any_identifier(text, "clientTrackingId")


def _path(export: Export) -> str:
    return f"/fhir/$sql-export/{export.id}"


def _address(own: OwnReleases, export: Export) -> str:
    return f"{own.services.settings.base_url}{_path(export)}"
