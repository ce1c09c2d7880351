"""Ask the Personal Demographics Service who a person is.

Follows a superseded number to its replacement and never trusts a person in part; who may be told what
is the gateway's. Follows the PDS FHIR API (R4): read, search, its error codes.
"""

from dataclasses import dataclass, replace
from http import HTTPStatus

import msgspec

from adapters.contract import Demographics, FindRequest, Reason, Trace, TraceOutcome
from adapters.fhir_pages import fault_of
from adapters.paging import safe_segment
from adapters.pds_patient import UnreadablePersonError, read_person
from adapters.source_client import Asking, SourceClient
from adapters.transport import Fetched, Unfetched
from fhir_profiles.nhs_number import NhsNumber

# A number replaced more than three times in a row is a fault, not a history.
_MOST_HOPS = 3
# PDS allows 50; a list longer than this asks for a better question, not for scrolling.
_MOST_RESULTS = 20
_NEVER_ALLOCATED = frozenset({"RESOURCE_NOT_FOUND", "INVALIDATED_RESOURCE"})
_TOO_MANY = "TOO_MANY_MATCHES"
_HEADERS = {"Accept": "application/fhir+json"}
_NOT_FOUND = Trace(TraceOutcome.NOT_FOUND)


class _Coding(msgspec.Struct):
    code: str = ""


class _Details(msgspec.Struct):
    coding: list[_Coding] = []


class _Issue(msgspec.Struct):
    details: _Details = msgspec.field(default_factory=_Details)


class _OperationOutcome(msgspec.Struct, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    issue: list[_Issue] = []


class _Search(msgspec.Struct):
    score: float = 0.0


class _Entry(msgspec.Struct):
    resource: msgspec.Raw
    search: _Search = msgspec.field(default_factory=_Search)


class _Bundle(msgspec.Struct, rename={"resource_type": "resourceType"}):
    resource_type: str
    type: str
    total: int
    entry: list[_Entry] = []


class PdsAdapter:
    """PDS as the source of who a person is."""

    def __init__(self, client: SourceClient) -> None:
        self.source_id = client.config.id
        self._client = client

    async def read(self, nhs_number: NhsNumber) -> Trace:
        """Read one person, following a superseded number to its replacement."""
        async with self._client.asking() as asking:
            return await _Tracing(self._client, asking).follow(nhs_number)

    async def find(self, request: FindRequest) -> Trace:
        """Search by demographics: people best first, or `too-many`."""
        url = self._client.endpoint.url_of("Patient", _search_query(request))
        async with self._client.asking() as asking:
            result = await asking.get(url, _HEADERS)
        return _people_of(result)

    async def aclose(self) -> None:
        """Close PDS's connections."""
        await self._client.aclose()


@dataclass(frozen=True, slots=True)
class _Tracing:
    """The reads that lead from one number to the person who holds it now."""

    client: SourceClient
    asking: Asking

    async def follow(self, asked: NhsNumber) -> Trace:
        """Read until an answer stands for itself."""
        chain = [asked]
        while len(chain) <= _MOST_HOPS + 1:
            found = await self._read_once(chain[-1])
            if isinstance(found, Trace):
                return found if len(chain) == 1 else _replacement_lost(found)
            if found.nhs_number == chain[-1]:
                return await self._confirmed(found, chain)
            if found.nhs_number in chain:
                break
            chain.append(found.nhs_number)
        return _unavailable(Reason.PAGING_LOOP)

    async def _confirmed(self, person: Demographics, chain: list[NhsNumber]) -> Trace:
        if len(chain) == 1:
            return Trace(TraceOutcome.FOUND, (person,), (1.0,))
        # A swapped answer looks just like a superseded number; PDS must say it twice to be believed.
        again = await self._read_once(chain[0])
        if isinstance(again, Trace) or again.nhs_number != chain[1]:
            return _unavailable(Reason.FOREIGN_SUBJECT)
        known = replace(person, superseded=tuple(chain[:-1]))
        return Trace(TraceOutcome.FOUND, (known,), (1.0,))

    async def _read_once(self, nhs_number: NhsNumber) -> Demographics | Trace:
        url = self.client.endpoint.url_of(f"Patient/{safe_segment(nhs_number.digits)}")
        result = await self.asking.get(url, _HEADERS)
        if isinstance(result, Unfetched):
            return _unavailable(result.reason)
        if result.status == HTTPStatus.NOT_FOUND and _issue_codes(result) & _NEVER_ALLOCATED:
            return _NOT_FOUND
        fault = fault_of(result)
        return _unavailable(fault.reason) if fault else _person_or_fault(result)


def _person_or_fault(fetched: Fetched) -> Demographics | Trace:
    try:
        return read_person(fetched.body)
    except UnreadablePersonError:
        return _unavailable(Reason.UNREADABLE)


def _replacement_lost(found: Trace) -> Trace:
    is_lost = found.outcome is TraceOutcome.NOT_FOUND
    return _unavailable(Reason.NOT_FOUND) if is_lost else found


def _people_of(result: Fetched | Unfetched) -> Trace:
    if isinstance(result, Unfetched):
        return _unavailable(result.reason)
    fault = fault_of(result)
    if fault is not None:
        return _unavailable(fault.reason)
    if _TOO_MANY in _issue_codes(result):
        return Trace(TraceOutcome.TOO_MANY)
    try:
        bundle = msgspec.json.decode(result.body, type=_Bundle)
        return _listed(bundle)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, UnreadablePersonError):
        return _unavailable(Reason.UNREADABLE)


def _listed(bundle: _Bundle) -> Trace:
    is_searchset = bundle.resource_type == "Bundle" and bundle.type == "searchset"
    if not is_searchset or (bundle.total > 0 and not bundle.entry):
        return _unavailable(Reason.NOT_A_BUNDLE)
    if not bundle.entry:
        return _NOT_FOUND
    best_first = sorted(bundle.entry, key=lambda entry: -entry.search.score)
    people = tuple(read_person(bytes(entry.resource)) for entry in best_first)
    return Trace(TraceOutcome.FOUND, people, tuple(entry.search.score for entry in best_first))


def _issue_codes(fetched: Fetched) -> frozenset[str]:
    try:
        outcome = msgspec.json.decode(fetched.body, type=_OperationOutcome)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return frozenset()
    if outcome.resource_type != "OperationOutcome":
        return frozenset()
    return frozenset(coding.code for issue in outcome.issue for coding in issue.details.coding)


def _unavailable(reason: Reason) -> Trace:
    return Trace(TraceOutcome.UNAVAILABLE, reason=reason)


def _search_query(request: FindRequest) -> list[tuple[str, str]]:
    query = [("family", request.family_name), ("birthdate", f"eq{request.born_on}")]
    optional = (
        ("given", request.given_name),
        ("gender", request.gender),
        ("address-postalcode", request.postcode),
    )
    query.extend((name, value) for name, value in optional if value is not None)
    return [*query, ("_max-results", str(_MOST_RESULTS))]
