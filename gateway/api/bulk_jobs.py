"""Keep, find and end exports for the routes of Bulk Data and of SQL on FHIR: what both do alike.

Decides nothing about releases: each step asks anew, by the token that it came with, which are the client's to fetch.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from typing import TypeVar

import orjson
from fastapi import Request
from starlette.responses import Response

from fhir_profiles.outcomes import Severity, operation_outcome
from gateway.api.bulk_clients import COMING, OwnReleases, bulk_client_of
from gateway.api.bulk_manifest import NDJSON, tables_in
from gateway.api.bulk_parameters import by_name, query_parameters
from gateway.api.problems import FHIR_JSON
from gateway.api.release_files import ReleaseFileResponse
from gateway.api.requests import id_in
from gateway.errors import BadRequestError, NotFoundError, UnavailableError
from gateway.population.release_order import ReleasedFile
from gateway.population.releases.exports import Export, ExportKind
from gateway.population.releases.verifying import AlteredReleaseError, manifest_of
from gateway.store.releases import Release
from gateway.wiring import Services

T = TypeVar("T")

RETRY_AFTER_SECONDS = 30
"""Judgement: a release takes minutes to make, and who waits for one asks often enough so."""

_PREFERS_ASYNC = "respond-async"


@dataclass(frozen=True, slots=True)
class Under:
    """An export that its own client asks about, and the release that it is of; nothing of it is on record yet."""

    own: OwnReleases
    export: Export
    release: Release

    async def looked_at(self) -> "Under":
        """Give the same, its release as the client may see it now, on record.

        Raises NotFoundError, RefusedError, GoneError when its files will not be there, or are not any more; UnavailableError.
        """
        return replace(self, release=await self.own.look(self.release))

    @property
    def is_complete(self) -> bool:
        """Say whether the files are there, of a release that was looked at."""
        return self.release.state not in COMING

    @property
    def expires_at(self) -> datetime:
        """Say until when the files can be fetched by this export."""
        ends = [self.export.expires_at, self.release.expires_at]
        return min(each for each in ends if each is not None)


async def files_of(own: OwnReleases, release: Release) -> tuple[ReleasedFile, ...]:
    """List the files of a published release.

    Raises UnavailableError when they are not as they were published.
    """
    folder = own.reception.desk.folder_of(release)
    try:
        manifest = await asyncio.to_thread(manifest_of, folder, release.manifest_sha256 or "")
    except (AlteredReleaseError, OSError) as fault:
        raise UnavailableError("This release is not what was published.") from fault
    return manifest.files


async def tables_of(own: OwnReleases, release: Release, suffix: str = NDJSON) -> tuple[str, ...]:
    """Name the tables that a release has, or will have."""
    if release.state not in COMING:
        return tables_in(await files_of(own, release), suffix)
    dataset = own.reception.admission.permits.datasets.get(release.request.dataset)
    return () if dataset is None else ("rows", *(each.name for each in dataset.tables))


def must_prefer_async(request: Request) -> None:
    """Refuse a caller who has not said that they come again for the answer.

    Raises BadRequestError. Source: RFC 7240, section 4.1.
    """
    preferred = ",".join(request.headers.getlist("prefer")).replace(";", ",").split(",")
    if _PREFERS_ASYNC not in {each.strip().lower() for each in preferred}:
        raise BadRequestError(f"Needed: the header Prefer: {_PREFERS_ASYNC}.", "required")


def query_must_be_empty(request: Request) -> None:
    """Refuse parameters of an address that says it all. Raises BadRequestError."""
    by_name(query_parameters(request), frozenset())


async def begin(own: OwnReleases, export: Export) -> None:
    """Keep an export. Raises UnavailableError."""
    await _on_disk(lambda: own.exports.keep(export))


async def end(under: Under) -> Response:
    """Forget an export, also of a release that has ended, and say so.

    Raises NotFoundError, RefusedError, UnavailableError.
    """
    admitted = await under.own.permitted(under.release)
    await under.own.shown(admitted, 0)
    await _on_disk(lambda: under.own.exports.end(under.export.id))
    return _said("It is forgotten. Nothing was made for it, and its release is as it was.")


async def under_way(request: Request, export: str, kind: ExportKind) -> Under:
    """Find an export for the client that began it, and its release.

    Raises NotFoundError once it is on record, also for another client's; UnavailableError.
    """
    own = await bulk_client_of(request)
    found = await _found(own, export)
    whose = (own.client.id, own.client.user_id, own.client.project, kind)
    if found is None or (found.client, found.user_id, found.project, found.kind) != whose:
        await own.not_there()
    return Under(own, found, await own.named(str(found.release)))


async def sent_file(under: Under, file: str, media_type: str | None = None) -> Response:
    """Give one file of an export, on record before its first byte.

    Raises NotFoundError for any other; RefusedError, GoneError also while it is being made, UnavailableError.
    """
    if file not in {each for _name, each in under.export.outputs}:
        await under.own.permitted(under.release)
        raise NotFoundError("This export has no such file.")
    return await fetched(under.own, under.release, file, media_type)


async def fetched(
    own: OwnReleases, release: Release, file: str, media_type: str | None = None
) -> Response:
    """Give one file of a published release, on record before its first byte.

    Raises NotFoundError, RefusedError, GoneError, ConflictError when it ended meanwhile, UnavailableError.
    """
    opened = await own.reception.fetch(own.client.caller, release.id, file)
    return ReleaseFileResponse(opened, media_type)


def accepted(services: Services, path: str, body: Mapping[str, object] | None = None) -> Response:
    """Say where an export that was begun is asked about."""
    at = {"Content-Location": f"{services.settings.base_url}{path}"}
    if body is None:
        return _said(
            "The release is not made for this request: ask where Content-Location says.", at
        )
    return Response(orjson.dumps(body), 202, at, FHIR_JSON)


async def waiting(under: Under, body: Mapping[str, object] | None = None) -> Response:
    """Say how far the making of a release is that is waited for."""
    step = await under.own.reception.desk.progress(under.release.id)
    told = "approved" if step is None else f"step {step.done + 1} of {step.steps}: {step.step}"
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS), "X-Progress": told[:99]}
    content = b"" if body is None else orjson.dumps(body)
    return Response(content, 202, headers, FHIR_JSON if body else None)


def complete(under: Under, body: Mapping[str, object], media_type: str) -> Response:
    """Give what a complete export consists of."""
    expires = {"Expires": format_datetime(under.expires_at, usegmt=True)}
    return Response(orjson.dumps(body), 200, expires, media_type)


def outputs_of(names: Sequence[tuple[str, str]], suffix: str) -> tuple[tuple[str, str], ...]:
    """Give names as a client knows them, with the files that hold the tables."""
    return tuple((name, f"{table}{suffix}") for name, table in names)


async def _found(own: OwnReleases, export: str) -> Export | None:
    try:
        export_id = id_in(export)
    except NotFoundError:
        return None
    now = own.services.records.clock()
    return await _on_disk(lambda: own.exports.find(export_id, now))


def _said(message: str, headers: Mapping[str, str] | None = None) -> Response:
    body = operation_outcome(Severity.INFORMATION, "informational", diagnostics=message)
    return Response(body, 202, headers, FHIR_JSON)


async def _on_disk(act: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(act)
    except OSError as fault:
        raise UnavailableError("Exports cannot be kept or found now.") from fault
