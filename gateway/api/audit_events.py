"""Serve the audit as FHIR AuditEvents to those who may read it: about one person, or one entry by its number.

Decides nothing and writes nothing: the audit has no route that changes it. FHIR R4 search on AuditEvent; IHE ITI-81
(Retrieve ATNA Audit Event) in so far as its parameters hold nothing that identifies a person.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from fhir_profiles.bundles import Entry, Links, searchset
from fhir_profiles.capability import SearchParameter, SearchType
from gateway.api.audit_pages import AuditPages
from gateway.api.caller import Caller, caller_of, services_of
from gateway.api.problems import FHIR_JSON
from gateway.api.requests import Parameters, form_of, only, query_of, take_patient
from gateway.audit.balp import audit_event
from gateway.audit.balp_agents import Address
from gateway.audit.searching import NOBODYS_NUMBER, AuditPage, AuditPlace, AuditSearch
from gateway.audit.told import Told
from gateway.errors import BadRequestError
from gateway.patient.audit_reading import Wanted
from gateway.patient.dates import DateCriterion, Prefix, parse_criterion
from gateway.patient.find import Finder
from gateway.patient.search import COUNT_AT_MOST, count_of
from gateway.wiring import Services

router = APIRouter(prefix="/fhir/AuditEvent")

FOUND_BY = (
    SearchParameter("patient", SearchType.REFERENCE, "Required: the opaque id of one person."),
    SearchParameter("date", SearchType.DATE, "When it was recorded; may stand twice."),
    SearchParameter("agent", SearchType.REFERENCE, "Practitioner/ and the id of a user."),
)
"""What the audit is searched by: read here, and declared."""

_CURSOR = "_cursor"
_OTHERS = frozenset({"agent", "_count"})
_USER = "Practitioner/"
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


@router.get("", summary="What was done about one person, the latest first")
async def search_audit(request: Request) -> Response:
    caller = await caller_of(request)
    return await _search(request, caller, query_of(request))


@router.post("/_search", summary="The same, with the parameters in the body")
async def post_search(request: Request) -> Response:
    caller = await caller_of(request)
    return await _search(request, caller, await form_of(request))


@router.get("/{entry}", summary="One entry of the audit")
async def read_event(request: Request, entry: str) -> Response:
    caller = await caller_of(request)
    only(query_of(request), frozenset())
    services = services_of(request)
    # Whoever may not read the audit learns nothing from what is no number of an entry either.
    number = int(entry) if _NUMBER.fullmatch(entry) else NOBODYS_NUMBER
    found = await services.audit.reading.one(_finder(caller), number)
    return Response(_written(found, services), media_type=FHIR_JSON)


async def _search(request: Request, caller: Caller, parameters: Parameters) -> Response:
    services = services_of(request)
    texts = [value for name, value in parameters if name == _CURSOR]
    query = tuple(pair for pair in parameters if pair[0] != _CURSOR)
    patient, rest = take_patient(query, services.ids)
    criteria = _criteria(frozenset(services.ids.every_id(patient.number)), rest)
    pages = AuditPages(urlencode(query), caller.principal.user_id, services.records.hash_key)
    wanted = Wanted(patient.id, criteria.search, _place(pages, texts), criteria.count)
    page = await services.audit.reading.page(_finder(caller), wanted)
    return Response(_bundle(page, pages, services, texts), media_type=FHIR_JSON)


def _place(pages: AuditPages, texts: list[str]) -> AuditPlace | None:
    if len(texts) > 1:
        raise BadRequestError("A page has one cursor.")
    return pages.place(texts[0]) if texts else None


def _finder(caller: Caller) -> Finder:
    return Finder(caller.principal, caller.purpose, caller.request_id)


@dataclass(frozen=True, slots=True)
class _Criteria:
    search: AuditSearch
    count: int


def _criteria(patients: frozenset[str], rest: Parameters) -> _Criteria:
    since, until = _limits(_date(value) for name, value in rest if name == "date")
    fields = only([pair for pair in rest if pair[0] != "date"], _OTHERS)
    user = fields.get("agent")
    if user is not None and not user.startswith(_USER):
        raise BadRequestError(f"agent is {_USER} and the id of a user.")
    return _Criteria(
        AuditSearch(patients, None if user is None else user.removeprefix(_USER), since, until),
        count_of(fields["_count"]) if "_count" in fields else COUNT_AT_MOST,
    )


def _date(text: str) -> DateCriterion:
    criterion = parse_criterion(text)
    if criterion is None:
        raise BadRequestError(
            "A date must be a FHIR date, with eq, ge, le, gt or lt before it at most."
        )
    return criterion


def _limits(criteria: Iterable[DateCriterion]) -> tuple[datetime | None, datetime | None]:
    """Give the first instant that all criteria allow, and the first after those that they do."""
    since: list[datetime] = []
    until: list[datetime] = []
    for each in criteria:
        match each.prefix:
            case Prefix.EQUAL:
                since.append(each.span.low)
                until.append(each.span.high)
            case Prefix.GREATER_OR_EQUAL:
                since.append(each.span.low)
            case Prefix.GREATER:
                since.append(each.span.high)
            case Prefix.LESS_OR_EQUAL:
                until.append(each.span.high)
            case Prefix.LESS:
                until.append(each.span.low)
            case prefix:
                assert_never(prefix)
    return max(since, default=None), min(until, default=None)


def _bundle(page: AuditPage, pages: AuditPages, services: Services, texts: list[str]) -> bytes:
    base = f"{services.settings.base_url}/fhir/AuditEvent"
    entries = [
        Entry(f"{base}/{each.entry.sequence}", (_written(each, services),)) for each in page.told
    ]
    following = None if page.following is None else pages.cursor(page.following)
    links = Links(
        _link(base, pages, *texts), None if following is None else _link(base, pages, following)
    )
    return searchset(entries, links, total=page.total)


def _link(base: str, pages: AuditPages, *cursors: str) -> str:
    return "&".join((f"{base}?{pages.query}", *(urlencode({_CURSOR: each}) for each in cursors)))


def _written(told: Told, services: Services) -> bytes:
    return orjson.dumps(audit_event(told, Address(services.settings.base_url)))
