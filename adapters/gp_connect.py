"""Ask the patient's GP practice for the structured record, and give it in R4.

Asks for direct care only: never build a `GpConnectAdapter` for planning or research. Keeps no
answer. Follows GP Connect Access Record Structured 1.6.2.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

import structlog

from adapters.contract import (
    Notice,
    NoticeKind,
    Outcome,
    Reason,
    ServedKind,
    SourceAdapter,
    SourceAnswer,
    SourceRequest,
)
from adapters.gp_documents import GpDocuments
from adapters.gp_errors import Ending, ending_of, ending_of_codes
from adapters.gp_headers import GpConsumer, GpEndpoint, NotIdentifiedError, headers_for
from adapters.gp_joined import DOCUMENT_CATEGORIES, with_documents
from adapters.gp_parameters import areas_for, parameters_for
from adapters.source_client import SourceClient
from adapters.stu3_to_r4 import MappedRecord, UnreadableRecordError, map_bundle
from adapters.transport import Call, Fetched, Unfetched
from fhir_profiles.vocabulary import Category

_OPERATION = "Patient/$gpc.getstructuredrecord"
# The second is what older systems send.
_MEDIA_TYPES = frozenset({"application/fhir+json", "application/json+fhir"})
# What every record has, whatever is known of the patient.
_ADMINISTRATIVE = frozenset(
    {
        "HealthcareService",
        "List",
        "Location",
        "Organization",
        "Patient",
        "Practitioner",
        "PractitionerRole",
    }
)

_log = structlog.get_logger(__name__)


class GpConnectAdapter:
    """One GP practice."""

    def __init__(
        self,
        client: SourceClient,
        endpoint: GpEndpoint,
        consumer: GpConsumer,
        now: Callable[[], datetime],
        source_id: str,
        documents: GpDocuments | None = None,
    ) -> None:
        self.source_id = source_id
        self.documents = documents
        self._client = client
        self._endpoint = endpoint
        self._consumer = consumer
        self._now = now

    async def ask(self, request: SourceRequest) -> SourceAnswer:
        """Ask for the record in one call, and for the list of documents beside it.

        Every failure is an outcome, only cancellation is raised.
        """
        if self.documents is None or not request.categories & DOCUMENT_CATEGORIES:
            return await self._ask_record(request)
        async with asyncio.TaskGroup() as group:
            record = group.create_task(self._ask_record(request))
            listing = group.create_task(self.documents.listing(request))
        return with_documents(record.result(), listing.result())

    async def _ask_record(self, request: SourceRequest) -> SourceAnswer:
        spine_trace_id = self._client.new_id()
        try:
            headers = headers_for(
                request.caller, self._consumer, self._endpoint, spine_trace_id, self._now()
            )
        except NotIdentifiedError:
            return SourceAnswer(self.source_id, Outcome.NOT_ASKED, Reason.UNAUTHORISED)
        _log_asking(request.trace_id, spine_trace_id)
        body = parameters_for(request.nhs_number, request.categories)
        url = self._client.endpoint.url_of(_OPERATION)
        async with self._client.asking() as asking:
            result = await asking.call(Call(url, "POST", headers, body))
        return answer_of(self.source_id, result, request.categories)

    def report_wrong_patient(self) -> None:
        """Count an answer about somebody else as a failure of the source."""
        self._client.report_wrong_patient()


def _log_asking(trace_id: UUID, spine_trace_id: UUID) -> None:
    # The practice's and Spine's audits know the request by this id alone.
    _log.info("gp_connect_asked", trace_id=str(trace_id), spine_trace_id=str(spine_trace_id))


class UnknownPractice:
    """Stands where there is no practice to ask: the person has none, or it has no endpoint.

    Nothing was sent, so the outcome is `not-asked`: neither empty nor a fault. The receipt still has
    its line, so what it lists does not depend on the person.
    """

    def __init__(self, source_id: str) -> None:
        self.source_id = source_id

    async def ask(self, request: SourceRequest) -> SourceAnswer:  # noqa: ARG002
        """Ask nobody."""
        return SourceAnswer(self.source_id, Outcome.NOT_ASKED, Reason.NOT_FOUND)

    def report_wrong_patient(self) -> None:
        """Count nothing: nobody was asked."""


class GpDirectory:
    """Practices by ODS code, all behind one line of the receipt; each has its own breaker."""

    def __init__(
        self,
        source_id: str,
        endpoints: Mapping[str, GpEndpoint],
        consumer: GpConsumer,
        open_client: Callable[[GpEndpoint], SourceClient],
        now: Callable[[], datetime],
    ) -> None:
        self._source_id = source_id
        self._endpoints = endpoints
        self._consumer = consumer
        self._open_client = open_client
        self._now = now
        self._clients: dict[str, SourceClient] = {}

    def adapter_for(self, practice: str | None) -> SourceAdapter:
        """Give the adapter of a patient's registered practice; there always is one."""
        endpoint = self._endpoints.get(practice or "")
        if endpoint is None:
            return UnknownPractice(self._source_id)
        return GpConnectAdapter(
            self._client(endpoint),
            endpoint,
            self._consumer,
            self._now,
            self._source_id,
            self.documents_for(practice),
        )

    def documents_for(self, practice: str | None) -> GpDocuments | None:
        """Give the documents of a practice; None where it offers none."""
        endpoint = self._endpoints.get(practice or "")
        documents = None if endpoint is None else endpoint.documents
        if documents is None:
            return None
        return GpDocuments(self._client(documents), documents, self._consumer, self._now)

    def _client(self, endpoint: GpEndpoint) -> SourceClient:
        # By address: a practice's record and its documents each have a breaker of their own.
        if endpoint.base_url not in self._clients:
            self._clients[endpoint.base_url] = self._open_client(endpoint)
        return self._clients[endpoint.base_url]

    async def aclose(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.aclose()


def answer_of(
    source_id: str, result: Fetched | Unfetched, categories: frozenset[Category]
) -> SourceAnswer:
    """Decide the answer from what came over the wire; pure."""
    if isinstance(result, Unfetched):
        return SourceAnswer(
            source_id, result.outcome, result.reason, http_status=result.http_status
        )
    if result.status != HTTPStatus.OK:
        return _ended(source_id, ending_of(result.status, result.body), result.status)
    if result.content_type not in _MEDIA_TYPES:
        return _ended(source_id, (Outcome.FAILED, Reason.CONTENT_TYPE), result.status)
    try:
        record = map_bundle(result.body)
    except UnreadableRecordError as error:
        stated = ending_of_codes(result.body)
        ending = (Outcome.MALFORMED, error.reason) if stated is None else stated
        return _ended(source_id, ending, result.status)
    return _answer_with(source_id, record, categories)


def _ended(source_id: str, ending: Ending, status: int) -> SourceAnswer:
    outcome, reason = ending
    return SourceAnswer(source_id, outcome, reason, http_status=status)


def _answer_with(
    source_id: str, record: MappedRecord, categories: frozenset[Category]
) -> SourceAnswer:
    missing = _missing_areas(record, categories)
    outcome, reason = ending_of_record(record, is_whole=not missing)
    return SourceAnswer(
        source_id,
        outcome,
        reason,
        # Empty records too: only their Patient proves that they are about the right person.
        bodies=(record.body,),
        kind=ServedKind.MAPPED,
        notices=tuple(dict.fromkeys((*record.notices, *missing))),
        originals=record.originals,
        listed=record.listed,
        http_status=HTTPStatus.OK,
    )


def _missing_areas(record: MappedRecord, categories: frozenset[Category]) -> list[Notice]:
    """Name the areas that were asked for and have neither a list nor a word why not."""
    off = {one.category for one in record.notices if one.kind is NoticeKind.AREA_SWITCHED_OFF}
    return [
        Notice(NoticeKind.UNREADABLE_PART, category)
        for area in areas_for(categories)
        if area.list_code not in record.lists and off.isdisjoint({area.categories[0], None})
        for category in area.categories
    ]


def ending_of_record(record: MappedRecord, *, is_whole: bool) -> Ending:
    """Decide what a record amounts to.

    `empty` is said only when every area asked for has its list, all are empty and the practice
    says nothing of holding back. A Patient with no area asked for is `data`: it is what was asked.
    """
    if record.unreadable:
        return Outcome.MALFORMED, Reason.PART_UNREADABLE
    if "Patient" not in record.resource_types:
        return Outcome.MALFORMED, Reason.UNPROVEN
    if record.resource_types - _ADMINISTRATIVE:
        return Outcome.DATA, Reason.NONE
    return _ending_without_items(record, is_whole=is_whole)


def _ending_without_items(record: MappedRecord, *, is_whole: bool) -> Ending:
    kinds = {notice.kind for notice in record.notices}
    if NoticeKind.CONFIDENTIAL_ITEMS in kinds:
        return Outcome.WITHHELD, Reason.NONE
    if NoticeKind.AREA_SWITCHED_OFF in kinds:
        return Outcome.WITHHELD, Reason.AREA_SWITCHED_OFF
    if not is_whole:
        return Outcome.MALFORMED, Reason.PART_UNREADABLE
    # A transfer or filing in progress: items may be missing, so "nothing there" would be too much.
    return (Outcome.EMPTY if record.lists and not kinds else Outcome.DATA), Reason.NONE
