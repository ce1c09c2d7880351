"""List a patient's documents at their GP practice, and fetch one.

Asks for direct care only, keeps nothing, and judges no identity: what comes proves itself like the rest of
the record. Follows GP Connect Access Document 1.6 (find a patient, search for documents, retrieve a document).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

import msgspec
import structlog

from adapters.binaries import document_in, path_of
from adapters.contract import Outcome, Reason, SourceRequest
from adapters.document_contract import DocumentAnswer, DocumentRequest
from adapters.fhir_pages import SEARCH_RESULTS, SearchPage, Tally, judge_page
from adapters.gp_errors import Ending, ending_of, ending_of_codes
from adapters.gp_headers import (
    FIND_DOCUMENTS,
    FIND_PATIENT,
    READ_DOCUMENT,
    GpConsumer,
    GpEndpoint,
    Interaction,
    NotIdentifiedError,
    headers_for,
)
from adapters.paging import safe_segment
from adapters.source_client import Asking, SourceClient
from adapters.transport import Fetched, Unfetched
from fhir_profiles.systems import NHS_NUMBER

MANDATORY = (
    ("_include", "DocumentReference:subject:Patient"),
    ("_include", "DocumentReference:custodian:Organization"),
    ("_include", "DocumentReference:author:Organization"),
    ("_include", "DocumentReference:author:Practitioner"),
    ("_revinclude:recurse", "PractitionerRole:practitioner"),
)
"""What every consumer must ask to have included."""

_MEDIA_TYPES = frozenset({"application/fhir+json", "application/json+fhir"})

_log = structlog.get_logger(__name__)


class _Resource(msgspec.Struct):
    resourceType: str  # noqa: N815
    id: str = ""


class _Entry(msgspec.Struct):
    resource: _Resource


class _Bundle(msgspec.Struct, tag_field="resourceType", tag="Bundle"):
    entry: tuple[_Entry, ...] = ()


_BUNDLE = msgspec.json.Decoder(_Bundle)


@dataclass(frozen=True, slots=True)
class Listing:
    """A patient's documents as the practice listed them: a STU3 Bundle, or why there is none.

    `is_whole` says whether it lists all of them.
    """

    body: bytes | None
    ending: Ending = (Outcome.DATA, Reason.NONE)
    is_whole: bool = True


class GpDocuments:
    """The documents of one practice."""

    def __init__(
        self,
        client: SourceClient,
        endpoint: GpEndpoint,
        consumer: GpConsumer,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._endpoint = endpoint
        self._consumer = consumer
        self._now = now

    def holds(self, address: str) -> bool:
        """Say whether an attachment's address names a document of this very source."""
        return path_of(address, self._endpoint.base_url) is not None

    async def open_document(self, request: DocumentRequest) -> DocumentAnswer:
        """Fetch one document; every failure is an outcome, only cancellation is raised."""
        path = path_of(request.address, self._endpoint.base_url)
        if path is None:
            return DocumentAnswer(Outcome.REFUSED, Reason.NOT_FOUND)
        try:
            async with self._client.asking() as asking:
                found = await self._ask(asking, request, _Wanted(READ_DOCUMENT, path))
                return document_in(found, path, self._endpoint.base_url)
        except NotIdentifiedError:
            return DocumentAnswer(Outcome.NOT_ASKED, Reason.UNAUTHORISED)

    async def listing(self, request: SourceRequest) -> Listing:
        """Find the patient and list the documents; every failure is an ending."""
        try:
            async with self._client.asking() as asking:
                return await self._listing(asking, request)
        except NotIdentifiedError:
            return Listing(None, (Outcome.NOT_ASKED, Reason.UNAUTHORISED))

    async def _listing(self, asking: Asking, request: SourceRequest) -> Listing:
        identifier = f"{NHS_NUMBER}|{request.nhs_number.digits}"
        search = _Wanted(FIND_PATIENT, "Patient", (("identifier", identifier),))
        found = judged(await self._ask(asking, request, search))
        if found.body is None:
            return found
        try:
            path = f"Patient/{safe_segment(_patient_in(found.body))}/DocumentReference"
        except ValueError:
            return Listing(None, (Outcome.REFUSED, Reason.NOT_FOUND))
        listed = judged(await self._ask(asking, request, _Wanted(FIND_DOCUMENTS, path, MANDATORY)))
        return replace(listed, is_whole=found.is_whole and listed.is_whole)

    async def _ask(
        self, asking: Asking, request: DocumentRequest | SourceRequest, what: "_Wanted"
    ) -> Fetched | Unfetched:
        spine_trace_id = self._client.new_id()
        headers = headers_for(
            request.caller,
            self._consumer,
            self._endpoint,
            spine_trace_id,
            self._now(),
            what.interaction,
        )
        # The practice's and Spine's audits know the request by this id alone.
        _log.info(
            "gp_connect_asked", trace_id=str(request.trace_id), spine_trace_id=str(spine_trace_id)
        )
        return await asking.get(self._client.endpoint.url_of(what.path, what.query), headers)


@dataclass(frozen=True, slots=True)
class _Wanted:
    interaction: Interaction
    path: str
    query: Sequence[tuple[str, str]] = ()


def judged(result: Fetched | Unfetched) -> Listing:
    """Say what an answer to a search amounts to; pure."""
    if isinstance(result, Unfetched):
        return Listing(None, (result.outcome, result.reason))
    if result.status != HTTPStatus.OK:
        return Listing(None, ending_of(result.status, result.body))
    if result.content_type not in _MEDIA_TYPES:
        return Listing(None, (Outcome.FAILED, Reason.CONTENT_TYPE))
    try:
        _BUNDLE.decode(result.body)
        page = judge_page(result)
    except (ValueError, RecursionError):
        return _no_bundle(result)
    if isinstance(page, Unfetched):
        return _no_bundle(result)
    return Listing(result.body, is_whole=_is_whole(page))


def _no_bundle(result: Fetched) -> Listing:
    stated = ending_of_codes(result.body)
    return Listing(None, stated or (Outcome.MALFORMED, Reason.NOT_A_BUNDLE))


def _is_whole(page: SearchPage) -> bool:
    """Say whether a page holds all that was found; GP Connect defines no paging, so there is no next to ask for."""
    tally = Tally(SEARCH_RESULTS)
    tally.add(page)
    return page.next_link is None and not page.is_incomplete and not tally.is_short


def _patient_in(body: bytes) -> str:
    """Give the id of the one Patient of an answer.

    Raises ValueError when there is none, or more than one.
    """
    ids = {
        entry.resource.id
        for entry in _BUNDLE.decode(body).entry
        if entry.resource.resourceType == "Patient"
    }
    if len(ids) != 1:
        raise ValueError("Expected one patient.")
    return ids.pop()
