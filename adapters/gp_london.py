"""Ask London's FHIR service for a patient's GP record, and give it in R4.

One address for all practices: the service finds the provider. It knows no areas, so all is asked for and what
the role may not see is narrowed away, unless demographics are all it may see. A provider that fails behind the
service is not told to callers: 404 is therefore `refused` and never `empty`, and why is not guessed at. Follows
London's `$getstructuredrecord` (FHIR STU3); the media type of its answers is not published, so JSON of either
name is taken.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

import msgspec

from adapters.contract import Outcome, Reason, ServedKind, SourceAnswer, SourceRequest
from adapters.gp_connect import ending_of_record
from adapters.gp_errors import Ending
from adapters.source_client import SourceClient
from adapters.stu3_to_r4 import MappedRecord, UnreadableRecordError, map_bundle
from adapters.transport import Call, Fetched, Unfetched
from fhir_profiles.systems import NHS_NUMBER
from fhir_profiles.vocabulary import Category

_OPERATION = "Patient/$getstructuredrecord"
_MEDIA_TYPES = frozenset({"application/fhir+json", "application/json+fhir", "application/json"})
_HEADERS: Mapping[str, str] = MappingProxyType(
    {"Accept": "application/fhir+json", "Content-Type": "application/fhir+json"}
)
_ONLY_DEMOGRAPHICS = {
    "name": "demographicsOnly",
    "part": [{"name": "includeDemographicsOnly", "valueBoolean": True}],
}
_SOURCE_DOWN: Ending = (Outcome.FAILED, Reason.HTTP_STATUS)
# The bodies of errors are not published: the status alone speaks.
_ENDING_OF_STATUS: Mapping[int, Ending] = MappingProxyType(
    {
        HTTPStatus.UNAUTHORIZED: (Outcome.REFUSED, Reason.UNAUTHORISED),
        HTTPStatus.FORBIDDEN: (Outcome.REFUSED, Reason.UNAUTHORISED),
        HTTPStatus.NOT_FOUND: (Outcome.REFUSED, Reason.NOT_FOUND),
    }
)


class GpLondonAdapter:
    """London's FHIR service."""

    def __init__(self, client: SourceClient) -> None:
        self.source_id = client.config.id
        self._client = client

    async def ask(self, request: SourceRequest) -> SourceAnswer:
        """Ask for the record in one call; every failure is an outcome, only cancellation is raised."""
        url = self._client.endpoint.url_of(_OPERATION)
        async with self._client.asking() as asking:
            result = await asking.call(Call(url, "POST", _HEADERS, parameters_of(request)))
        return answer_of(self.source_id, result, request.categories)

    def report_wrong_patient(self) -> None:
        """Count an answer about somebody else as a failure of the source."""
        self._client.report_wrong_patient()


def parameters_of(request: SourceRequest) -> bytes:
    """Write the Parameters resource as JSON."""
    identifier = {"system": NHS_NUMBER, "value": request.nhs_number.digits}
    asked: list[object] = [{"name": "patientNHSNumber", "valueIdentifier": identifier}]
    if not _is_clinical(request.categories):
        asked.append(_ONLY_DEMOGRAPHICS)
    return msgspec.json.encode({"resourceType": "Parameters", "parameter": asked})


def _is_clinical(categories: frozenset[Category]) -> bool:
    return bool(categories - {Category.DEMOGRAPHICS})


def answer_of(
    source_id: str, result: Fetched | Unfetched, categories: frozenset[Category]
) -> SourceAnswer:
    """Decide the answer from what came over the wire; pure."""
    if isinstance(result, Unfetched):
        return SourceAnswer(
            source_id, result.outcome, result.reason, http_status=result.http_status
        )
    if result.status != HTTPStatus.OK:
        ending = _ENDING_OF_STATUS.get(result.status, _SOURCE_DOWN)
        return _without_record(source_id, ending, result.status)
    if result.content_type not in _MEDIA_TYPES:
        return _without_record(source_id, (Outcome.FAILED, Reason.CONTENT_TYPE), result.status)
    try:
        record = map_bundle(result.body)
    except UnreadableRecordError as error:
        return _without_record(source_id, (Outcome.MALFORMED, error.reason), result.status)
    return _with_record(source_id, record, categories)


def _without_record(source_id: str, ending: Ending, status: int) -> SourceAnswer:
    outcome, reason = ending
    return SourceAnswer(source_id, outcome, reason, http_status=status)


def _with_record(
    source_id: str, record: MappedRecord, categories: frozenset[Category]
) -> SourceAnswer:
    # Which lists a record has is not published; but one with neither list nor item may lack its provider.
    is_whole = bool(record.lists) or not _is_clinical(categories)
    outcome, reason = ending_of_record(record, is_whole=is_whole)
    return SourceAnswer(
        source_id,
        outcome,
        reason,
        bodies=(record.body,),
        kind=ServedKind.MAPPED,
        notices=record.notices,
        originals=record.originals,
        listed=record.listed,
        http_status=HTTPStatus.OK,
    )
