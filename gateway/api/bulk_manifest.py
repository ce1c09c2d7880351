"""Lay out what a machine client is told of an export: the manifest of Bulk Data, the parameters of SQL on FHIR.

Pure: what is in the files, nobody here knows. Bulk Data Access 3.0, "Response - Complete Status"; SQL on FHIR 3.0,
"$sql-export", output parameters.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePath

from gateway.population.release_order import ReleasedFile
from gateway.population.releases.exports import Export
from gateway.store.releases import Release

ABOUT = "https://shared-care-record.example/bulk/release"
"""What the manifest says beside what Bulk Data asks for."""

NOT_FHIR = "Rows of this release, as they were approved. Each type names a table of its dataset; none is a FHIR resource type."

NDJSON = ".ndjson"


def type_of(dataset: str, table: str) -> str:
    """Name what stands in a file of a release: `LinkedActivityRows`, which no type of FHIR is called."""
    words = f"{dataset}-{table}".replace("_", "-").split("-")
    return "".join(word[:1].upper() + word[1:] for word in words)


def tables_in(files: Iterable[ReleasedFile], suffix: str = NDJSON) -> tuple[str, ...]:
    """Name the tables that a release has in one form, in order."""
    named = (PurePath(each.name) for each in files)
    return tuple(sorted(each.stem for each in named if each.suffix == suffix))


def bulk_manifest(
    export: Export, release: Release, files: Iterable[ReleasedFile], address: str
) -> Mapping[str, object]:
    """Give the manifest of a complete export; `address` is where its files are, without a slash at its end."""
    hashes = {each.name: each.sha256 for each in files}
    published_at = release.published_at
    assert published_at is not None
    # What has not changed since is not given again: a release is as of one moment, as a whole.
    is_new = export.since is None or export.since < published_at
    return {
        "transactionTime": instant(published_at),
        "request": export.request,
        "requiresAccessToken": True,
        "output": list(_output(export, hashes, address)) if is_new else [],
        "error": [],
        "extension": {ABOUT: _about(release)},
    }


def sql_parameters(
    export: Export, status: str, location: str, address: str | None = None
) -> Mapping[str, object]:
    """Give the state of an export of tables; with an address of its files, all of them."""
    told: list[Mapping[str, object]] = [
        {"name": "exportId", "valueString": str(export.id)},
        *(
            [{"name": "clientTrackingId", "valueString": export.tracking}]
            if export.tracking
            else []
        ),
        {"name": "status", "valueCode": status},
        {"name": "location", "valueUri": location},
        {"name": "_format", "valueCode": export.form},
        {"name": "exportStartTime", "valueInstant": instant(export.begun_at)},
    ]
    if address is not None:
        told += [_sql_output(name, f"{address}/{file}") for name, file in export.outputs]
    return {"resourceType": "Parameters", "parameter": told}


def instant(at: datetime) -> str:
    """Write a moment as a FHIR instant in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _output(
    export: Export, hashes: Mapping[str, str], address: str
) -> Iterator[Mapping[str, object]]:
    for name, file in export.outputs:
        if file in hashes:
            more = {f"{ABOUT}/sha256": hashes[file]}
            yield {"type": name, "url": f"{address}/{file}", "extension": more}


def _sql_output(name: str, location: str) -> Mapping[str, object]:
    parts = [{"name": "name", "valueString": name}, {"name": "location", "valueUri": location}]
    return {"name": "output", "part": parts}


def _about(release: Release) -> Mapping[str, object]:
    asked = release.request
    return {
        "release": str(release.id),
        "dataset": asked.dataset,
        "project": asked.project,
        "manifestSha256": release.manifest_sha256,
        "content": NOT_FHIR,
    }
