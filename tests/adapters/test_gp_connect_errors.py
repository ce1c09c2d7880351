"""The specification's table of errors: what the practice or Spine says in, our outcome out."""

import json

import pytest

from adapters.contract import Outcome, Reason
from adapters.gp_errors import ENDING_OF_CODE, ending_of, ending_of_codes
from tests.adapters.gp_practice import outcome

NOT_FOUND = (Outcome.REFUSED, Reason.NOT_FOUND)
NOT_ALLOWED = (Outcome.REFUSED, Reason.UNAUTHORISED)
OUR_FAULT = (Outcome.FAILED, Reason.ADAPTER_FAULT)
SOURCE_DOWN = (Outcome.FAILED, Reason.HTTP_STATUS)


@pytest.mark.parametrize(
    ("status", "code", "ending"),
    [
        (400, "INVALID_NHS_NUMBER", OUR_FAULT),
        (400, "INVALID_IDENTIFIER_SYSTEM", OUR_FAULT),
        (400, "BAD_REQUEST", OUR_FAULT),
        (400, "INVALID_PATIENT_DEMOGRAPHICS", (Outcome.REFUSED, Reason.NUMBER_NOT_VERIFIED)),
        (403, "NO_PATIENT_CONSENT", (Outcome.WITHHELD, Reason.NO_CONSENT)),
        (403, "NO_ORGANISATION_CONSENT", (Outcome.REFUSED, Reason.AREA_SWITCHED_OFF)),
        (403, "ACCESS_DENIED", NOT_ALLOWED),
        (403, "ASID_CHECK_FAILED", NOT_ALLOWED),
        (404, "PATIENT_NOT_FOUND", NOT_FOUND),
        (404, "NO_RECORD_FOUND", NOT_FOUND),
        (404, "PRACTITIONER_NOT_FOUND", NOT_FOUND),
        (409, "DUPLICATE_REJECTED", OUR_FAULT),
        (422, "INVALID_RESOURCE", OUR_FAULT),
        (422, "INVALID_PARAMETER", OUR_FAULT),
        (500, "INTERNAL_SERVER_ERROR", SOURCE_DOWN),
        (501, "NOT_IMPLEMENTED", SOURCE_DOWN),
        (400, "400", OUR_FAULT),
        (403, "403", NOT_ALLOWED),
        (502, "502", (Outcome.FAILED, Reason.CONNECTION)),
        (404, "NEW_CODE", SOURCE_DOWN),
    ],
)
def test_an_error_ends_as_the_table_says(status, code, ending):
    assert ending_of(status, json.dumps(outcome(code)).encode()) == ending


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        (401, NOT_ALLOWED),
        (404, SOURCE_DOWN),
        (415, OUR_FAULT),
        (503, SOURCE_DOWN),
        (204, SOURCE_DOWN),
    ],
)
def test_an_error_without_outcome_ends_by_its_status(status, ending):
    assert ending_of(status, b"<html>") == ending


def test_the_causes_of_a_record_not_found_cannot_be_told_apart():
    endings = {ENDING_OF_CODE[code] for code in ("PATIENT_NOT_FOUND", "PATIENT_SENSITIVE")}

    assert endings == {NOT_FOUND}


def test_the_code_counts_and_not_its_system():
    stated = outcome("NO_PATIENT_CONSENT", "https://fhir.nhs.uk/ValueSet/anything")

    assert ending_of_codes(json.dumps(stated).encode())[0] is Outcome.WITHHELD


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"resourceType":"Patient"}', b'{"resourceType":"OperationOutcome","issue":5}'],
)
def test_what_is_no_outcome_names_no_ending(body):
    assert ending_of_codes(body) is None


def test_no_error_is_ever_empty_or_data():
    assert {ending for ending, _ in ENDING_OF_CODE.values()} <= {
        Outcome.REFUSED,
        Outcome.WITHHELD,
        Outcome.FAILED,
    }
