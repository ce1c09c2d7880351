"""Serve published releases to the machines of their own projects, by the protocol of Bulk Data.

Makes nothing: an export names an approved release, and its files are the release's. Bulk Data Access 3.0; SMART Backend
Services. docs/decisions/0041.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.api.bulk_clients import OwnReleases, bulk_client_of
from gateway.api.bulk_jobs import (
    accepted,
    begin,
    complete,
    end,
    files_of,
    must_prefer_async,
    outputs_of,
    query_must_be_empty,
    sent_file,
    tables_of,
    under_way,
    waiting,
)
from gateway.api.bulk_manifest import NDJSON, bulk_manifest, type_of
from gateway.api.bulk_parameters import (
    Parameter,
    by_name,
    instant_of,
    parameters_of,
    query_parameters,
    text_of,
)
from gateway.api.requests import query_of, without_body
from gateway.errors import BadRequestError
from gateway.population.releases.exports import Export, ExportKind
from gateway.store.releases import Release
from gateway.wiring import new_id

router = APIRouter(prefix="/fhir")

FHIR_NDJSON = "application/fhir+ndjson"
"""What Bulk Data calls every file of lines, also one whose lines are no FHIR resources."""

_FORMATS = frozenset({FHIR_NDJSON, "application/ndjson", "ndjson"})
_ONCE = frozenset({"_outputFormat", "_since", "release"})
_REPEATED = frozenset({"_type"})


@router.get("/$export", summary="Be given a published release of one's project")
async def begin_by_address(request: Request) -> Response:
    own = await bulk_client_of(request)
    return await _begun(request, own, query_parameters(request))


@router.post("/$export", summary="The same, asked for with a Parameters resource")
async def begin_by_parameters(request: Request) -> Response:
    own = await bulk_client_of(request)
    return await _begun(request, own, await parameters_of(request))


@router.get("/$export/{export}", summary="How far an export is, and its manifest when it is there")
async def status(request: Request, export: str) -> Response:
    begun = await under_way(request, export, ExportKind.BULK)
    query_must_be_empty(request)
    under = await begun.looked_at()
    if not under.is_complete:
        return await waiting(under)
    files = await files_of(under.own, under.release)
    address = f"{under.own.services.settings.base_url}/fhir/$export/{export}"
    body = bulk_manifest(under.export, under.release, files, address)
    return complete(under, body, "application/json")


@router.delete("/$export/{export}", summary="Be done with an export")
async def forget(request: Request, export: str) -> Response:
    begun = await under_way(request, export, ExportKind.BULK)
    await without_body(request)
    return await end(begun)


@router.get("/$export/{export}/{file}", summary="One file of an export")
async def fetch(request: Request, export: str, file: str) -> Response:
    under = await under_way(request, export, ExportKind.BULK)
    query_must_be_empty(request)
    return await sent_file(under, file, FHIR_NDJSON)


async def _begun(request: Request, own: OwnReleases, asked: Sequence[Parameter]) -> Response:
    must_prefer_async(request)
    found = by_name(asked, _ONCE, _REPEATED)
    if text_of(found, "_outputFormat") not in {None, *_FORMATS}:
        raise BadRequestError("_outputFormat: only NDJSON is served here.", "not-supported")
    since = text_of(found, "_since")
    after = None if since is None else instant_of(since, "_since")
    release = await own.one(text_of(found, "release"))
    export = Export(
        id=new_id(),
        kind=ExportKind.BULK,
        client=own.client.id,
        user_id=own.client.user_id,
        project=own.client.project,
        release=release.id,
        request=_address_of(request, own),
        begun_at=own.services.records.clock(),
        outputs=await _outputs(own, release, found.get("_type", ())),
        since=after,
    )
    await begin(own, export)
    return accepted(own.services, f"/fhir/$export/{export.id}")


async def _outputs(
    own: OwnReleases, release: Release, asked: Iterable[Parameter]
) -> tuple[tuple[str, str], ...]:
    tables = await tables_of(own, release)
    there = {type_of(release.request.dataset, each): each for each in tables}
    wanted = [name for each in asked for name in each.text.split(",")] or list(there)
    if not there.keys() >= set(wanted):
        listed = ", ".join(there) or "none"
        raise BadRequestError(f"_type: this release has {listed}.", "not-supported")
    return outputs_of([(name, there[name]) for name in dict.fromkeys(wanted)], NDJSON)


def _address_of(request: Request, own: OwnReleases) -> str:
    # Every parameter was read and found to be a word of ours, an id or a moment.
    query = urlencode(query_of(request))
    whole = f"{own.services.settings.base_url}/fhir/$export"
    return f"{whole}?{query}" if query else whole
