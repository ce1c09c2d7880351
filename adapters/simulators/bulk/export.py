"""Serve exports: kick-off, status, files, giving up.

Follows HL7 FHIR Bulk Data Access 2.0.0, Bulk Data Export.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.simulators.bulk.jobs import File, Job, Jobs
from adapters.simulators.bulk.machines import Access
from adapters.simulators.bulk.orders import Asked, order_of
from adapters.simulators.bulk.outcomes import RefusedError

NDJSON = "application/fhir+ndjson"
_ACCEPTED_FOR_FILES = frozenset({NDJSON, "application/ndjson", "application/*", "*/*", ""})
NOBODY = ""
"""Whose an export is where no token is asked for."""


@dataclass(frozen=True, slots=True)
class ExportDesk:
    """Answers what concerns exports; `base_url` is that of the FHIR server."""

    jobs: Jobs
    base_url: str

    def kick_off(self, request: Request, access: Access | None) -> Response:
        """Begin an export and say where its status is."""
        is_of_patients = request.url.path.endswith("/Patient/$export")
        asked = Asked(request.headers, request.query_params.multi_items(), is_of_patients)
        order = order_of(asked, self.jobs.shelf.types, access)
        job = self.jobs.begin(order, _client(access), str(request.url))
        location = f"{self.base_url}/bulk/{job.id}"
        return Response(status_code=202, headers={"Content-Location": location})

    def status(self, request: Request, access: Access | None) -> Response:
        """Say how far an export is, or what came of it."""
        job = self.jobs.poll(request.path_params["job"], _client(access))
        if job.ends_at is not None:
            headers = {"Expires": format_datetime(job.ends_at, usegmt=True)}
            return JSONResponse(self._manifest(job, access), headers=headers)
        whole = self.jobs.pace.polls_until_ready + 1
        done = 100 * (whole - job.polls_left - 1) // whole
        pause = str(self.jobs.pace.seconds_between_polls)
        return Response(
            status_code=202, headers={"X-Progress": f"{done}% done", "Retry-After": pause}
        )

    def give_up(self, request: Request, access: Access | None) -> Response:
        """End an export and remove its files."""
        self.jobs.end(request.path_params["job"], _client(access))
        return Response(status_code=202)

    def file(self, request: Request, access: Access | None) -> Response:
        """Give one file, to whom the export is."""
        job = self.jobs.job_of(request.path_params["job"], _client(access))
        number = request.path_params["number"]
        if not job.is_ready or number >= len(job.files):
            raise RefusedError(404, "not-found", "No such file.")
        if request.headers.get("accept", "").partition(";")[0] not in _ACCEPTED_FOR_FILES:
            raise RefusedError(406, "not-supported", f"Files are {NDJSON}.")
        return Response(job.files[number].body(), media_type=NDJSON)

    def _manifest(self, job: Job, access: Access | None) -> dict[str, object]:
        behind = len(job.output)
        return {
            "transactionTime": job.transaction_time.isoformat(timespec="milliseconds"),
            "request": job.request,
            "requiresAccessToken": access is not None,
            "output": self._entries(job, job.output, 0),
            "deleted": self._entries(job, job.deleted, behind),
            "error": self._entries(job, job.error, behind + len(job.deleted)),
        }

    def _entries(self, job: Job, files: Iterable[File], first: int) -> list[dict[str, object]]:
        return [
            {
                "type": file.resource_type,
                "url": f"{self.base_url}/bulk/{job.id}/{number}",
                "count": len(file.lines),
            }
            for number, file in enumerate(files, first)
        ]


def _client(access: Access | None) -> str:
    return NOBODY if access is None else access.client_id
