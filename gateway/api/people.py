"""Find people: by NHS number, or by name and birth date, with everything identifying in the body.

Decides nothing. FHIR R4 search on Patient, POST only; HL7 UK's Access draft, patient search.
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from adapters.contract import FindRequest
from fhir_profiles.bundles import Entry, Links, searchset
from fhir_profiles.capability import SearchParameter, SearchType
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from fhir_profiles.systems import NHS_NUMBER_ACCEPTED
from gateway.api.caller import caller_of, services_of
from gateway.api.problems import FHIR_JSON
from gateway.api.requests import form_of, only
from gateway.errors import BadRequestError
from gateway.patient.dates import span_of
from gateway.patient.find import Finder, Found
from gateway.patient.own_items import person_item

router = APIRouter(prefix="/fhir")

FOUND_BY = (
    SearchParameter("identifier", SearchType.TOKEN, "NHS number; POST only, so in no address."),
    SearchParameter("family", SearchType.STRING, "Family name, with birthdate; POST only."),
    SearchParameter("given", SearchType.STRING, "Given name; POST only."),
    SearchParameter("birthdate", SearchType.DATE, "Birth date, exact day; POST only."),
    SearchParameter("gender", SearchType.TOKEN, "FHIR administrative gender; POST only."),
    SearchParameter("address-postalcode", SearchType.STRING, "Postcode; POST only."),
)
"""What people are found by: read here, and declared."""

_NAMES = frozenset(each.name for each in FOUND_BY)
_WILDCARD = "*"
_GENDERS = frozenset({"male", "female", "other", "unknown"})


@router.get("/Patient", summary="Refused: people are searched for by POST")
async def refuse_get_search(request: Request) -> Response:
    await caller_of(request)
    raise BadRequestError("Search for people by POST /fhir/Patient/_search.", "not-supported")


@router.post("/Patient/_search", summary="Find people")
async def find_people(request: Request) -> Response:
    caller = await caller_of(request)
    fields = only(await form_of(request), _NAMES)
    services = services_of(request)
    finder = Finder(caller.principal, caller.purpose, caller.request_id)
    if "identifier" in fields:
        found = await services.people.by_number(finder, _number(fields))
    else:
        found = await services.people.by_demographics(finder, _find_request(fields))
    return _found_response(found, services.settings.base_url)


def _number(fields: Mapping[str, str]) -> NhsNumber:
    if len(fields) > 1:
        raise BadRequestError("Search by number alone, or by demographics alone.")
    system, bar, value = fields["identifier"].rpartition("|")
    if bar and system not in NHS_NUMBER_ACCEPTED:
        raise BadRequestError("Only NHS numbers are searched for.", "not-supported")
    try:
        return NhsNumber.parse(value)
    except InvalidNhsNumberError as fault:
        raise BadRequestError("This is not an NHS number.", "value") from fault


def _find_request(fields: Mapping[str, str]) -> FindRequest:
    family, born_on = (
        fields.get("family", "").strip(),
        fields.get("birthdate", "").removeprefix("eq"),
    )
    if not family or span_of(born_on) is None or len(born_on) != 10:
        raise BadRequestError(
            "Give an NHS number, or a family name and a full birth date.", "required"
        )
    if any(not each.strip() or _WILDCARD in each for each in fields.values()):
        # The demographics service reads it as "anything"; a FHIR string has no such thing.
        raise BadRequestError("A name or postcode must be whole: no empty values, no wildcards.")
    gender = fields.get("gender")
    if gender is not None and gender not in _GENDERS:
        raise BadRequestError("gender must be a FHIR administrative gender.")
    return FindRequest(
        family, born_on, fields.get("given"), gender, fields.get("address-postalcode")
    )


def _found_response(found: tuple[Found, ...], base_url: str) -> Response:
    entries = [
        Entry(
            f"{base_url}/fhir/Patient/{each.patient_id}",
            person_item(each.person, each.patient_id).render(),
        )
        for each in found
    ]
    links = Links(f"{base_url}/fhir/Patient/_search")
    return Response(searchset(entries, links, total=len(found)), media_type=FHIR_JSON)
