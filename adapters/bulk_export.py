"""Ask a source for an export of everybody's records, wait for it, and bring its files.

Writes nothing: files are bytes in memory. Follows HL7 FHIR Bulk Data Access 2.0.0, Bulk Data Export.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus

from adapters.bulk_contract import FeedPart, FeedPlan, FeedRequest, PartKind, Waiting, Watch
from adapters.bulk_manifest import Manifest, is_transient, read_manifest, tells_of_loss, whole_lines
from adapters.contract import Outcome, Reason
from adapters.fhir_pages import fault_of
from adapters.resilience import is_failing_status
from adapters.source_client import SourceClient
from adapters.transport import Call, Fetched, Unfetched

NDJSON_TYPES = frozenset({"application/fhir+ndjson", "application/ndjson", "application/x-ndjson"})
_FHIR_JSON = "application/fhir+json"
_KICK_OFF = {"Accept": _FHIR_JSON, "Prefer": "respond-async"}
_STATUS = {"Accept": f"application/json, {_FHIR_JSON};q=0.9"}
_FILE = {"Accept": "application/fhir+ndjson"}
# The specification's own bound for the text of a progress.
_PROGRESS_CHARACTERS = 100
_CONNECTION_FAULTS = frozenset({Reason.CONNECTION, Reason.DEADLINE, Reason.BREAKER_OPEN})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often a source is waited for, in seconds.

    Judgement: large trusts export at night for hours; a minute between polls loads nobody.
    """

    longest: float = 6 * 3600.0
    first_pause: float = 1.0
    longest_pause: float = 60.0
    # A source may ask for more than we would wait by ourselves.
    longest_wish: float = 600.0
    failures_in_a_row: int = 8


Sleep = Callable[[float], Awaitable[None]]


class BulkExport:
    """A source that exports."""

    def __init__(
        self,
        client: SourceClient,
        held: frozenset[str],
        patience: Patience,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.source_id = client.config.id
        self.held = held
        self._client = client
        self._patience = patience
        self._sleep = sleep

    async def begin(self, request: FeedRequest) -> str | Unfetched:
        """Kick an export off and give the address of its status."""
        query = [("_outputFormat", "application/fhir+ndjson"), ("_type", ",".join(request.types))]
        if request.since is not None:
            query.append(("_since", request.since.isoformat(timespec="milliseconds")))
        url = self._client.endpoint.url_of("$export", query)
        answer = await self._patiently(url, _KICK_OFF, _ignore)
        if isinstance(answer, Unfetched):
            return answer
        if answer.status != HTTPStatus.ACCEPTED:
            return _refused(answer)
        stated = answer.headers.get("content-location", "")
        status_url = self._client.endpoint.follow(stated, url) if stated else None
        return status_url or Unfetched(Outcome.FAILED, Reason.PAGING_HOST, answer.status)

    async def plan(self, begun: str, request: FeedRequest, watch: Watch) -> FeedPlan | Unfetched:
        """Poll until the export is ready, and give its files."""
        if not self._client.endpoint.holds(begun):
            return Unfetched(Outcome.FAILED, Reason.PAGING_HOST)
        answer = await self._patiently(begun, _STATUS, watch, goes_on=HTTPStatus.ACCEPTED)
        if isinstance(answer, Unfetched):
            return answer
        if (fault := fault_of(answer)) is not None:
            return fault
        manifest = read_manifest(answer)
        if isinstance(manifest, Unfetched):
            return manifest
        lost = await self._is_anything_lost(manifest)
        if isinstance(lost, Unfetched):
            return lost
        return replace(_plan_of(manifest, request), is_partial=lost)

    async def bring(
        self, part: FeedPart, _request: FeedRequest
    ) -> AsyncIterator[bytes | Unfetched]:
        """Bring one file."""
        yield await self._file(part.address, part.count)

    async def finish(self, begun: str) -> None:
        """Let the source remove the files."""
        if self._client.endpoint.holds(begun):
            async with self._client.asking() as asking:
                await asking.call(Call(begun, "DELETE", {"Accept": _FHIR_JSON}))

    async def _is_anything_lost(self, manifest: Manifest) -> bool | Unfetched:
        for file in manifest.error:
            body = await self._file(file.url, file.count)
            if isinstance(body, Unfetched):
                return body
            if tells_of_loss(body):
                return True
        return False

    async def _file(self, url: str, count: int | None) -> bytes | Unfetched:
        if not self._client.endpoint.holds(url):
            return Unfetched(Outcome.FAILED, Reason.PAGING_HOST)
        answer = await self._patiently(url, _FILE, _ignore)
        if isinstance(answer, Unfetched):
            return answer
        if answer.status != HTTPStatus.OK:
            return _refused(answer)
        if answer.content_type not in NDJSON_TYPES:
            return Unfetched(Outcome.FAILED, Reason.CONTENT_TYPE, answer.status)
        return whole_lines(answer.body, count)

    async def _patiently(
        self, url: str, headers: dict[str, str], watch: Watch, goes_on: int | None = None
    ) -> Fetched | Unfetched:
        """Ask until the answer is neither a wish to wait nor a passing failure, or patience ends."""
        waiting = _Waiting(self._patience, self._client.monotonic)
        while True:
            async with self._client.asking() as asking:
                answer = await asking.get(url, headers)
            is_under_way = isinstance(answer, Fetched) and answer.status == goes_on
            if is_under_way:
                watch(_progress_of(answer))
            pause = waiting.pause_after(answer, is_under_way=is_under_way)
            if pause is None:
                return answer if not is_under_way else _OUT_OF_PATIENCE
            await self._sleep(pause)


def _plan_of(manifest: Manifest, request: FeedRequest) -> FeedPlan:
    resources = [
        FeedPart(PartKind.RESOURCES, file.type, file.url, file.count)
        for file in manifest.output
        # What was not asked for is not brought.
        if file.type in request.types
    ]
    deletions = [
        FeedPart(PartKind.DELETIONS, file.type, file.url, file.count) for file in manifest.deleted
    ]
    parts = (*resources, *deletions)
    return FeedPlan(parts, manifest.covers_until, is_secret=not manifest.requires_access_token)


_OUT_OF_PATIENCE = Unfetched(Outcome.TIMED_OUT, Reason.DEADLINE)


class _Waiting:
    """How often one address was asked, and how long the next pause is."""

    def __init__(self, patience: Patience, monotonic: Callable[[], float]) -> None:
        self._patience = patience
        self._monotonic = monotonic
        self._ends_at = monotonic() + patience.longest
        self._pause = patience.first_pause
        self._failures = 0

    def pause_after(self, answer: Fetched | Unfetched, *, is_under_way: bool) -> float | None:
        """Give the pause before the next time; None when this answer is the last."""
        if is_under_way:
            self._failures = 0
        elif not _is_passing(answer):
            return None
        else:
            self._failures += 1
        pause = max(self._pause, min(_wish_of(answer), self._patience.longest_wish))
        self._pause = min(self._pause * 2, self._patience.longest_pause)
        is_over = self._monotonic() + pause > self._ends_at
        return None if is_over or self._failures >= self._patience.failures_in_a_row else pause


def _is_passing(answer: Fetched | Unfetched) -> bool:
    if isinstance(answer, Unfetched):
        return answer.reason in _CONNECTION_FAULTS
    return is_failing_status(answer.status) and (
        answer.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
        or is_transient(answer.body)
    )


def _wish_of(answer: Fetched | Unfetched) -> float:
    text = answer.headers.get("retry-after", "") if isinstance(answer, Fetched) else ""
    # A date there is rare; the doubling pause serves as well.
    return float(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0.0


def _progress_of(answer: Fetched | Unfetched) -> Waiting:
    text = answer.headers.get("x-progress", "") if isinstance(answer, Fetched) else ""
    return Waiting("".join(filter(str.isprintable, text))[:_PROGRESS_CHARACTERS])


def _refused(answer: Fetched) -> Unfetched:
    return fault_of(answer) or Unfetched(Outcome.FAILED, Reason.HTTP_STATUS, answer.status)


def _ignore(_waiting: Waiting) -> None:
    """Watch nothing."""
