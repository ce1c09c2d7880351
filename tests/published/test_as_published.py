"""GP records asked for with the number that they carry: those that carry none that can be anybody's are refused."""

import json
from collections import Counter
from dataclasses import replace

from adapters.contract import Outcome, Reason
from adapters.gp_connect import answer_of
from adapters.simulators.published.people import World
from adapters.transport import Fetched
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from fhir_profiles.systems import NHS_NUMBER
from fhir_profiles.vocabulary import Category
from tests.published.account import Read, read_answer
from tests.published.samples import SAMPLES, needs_samples
from tests.stack import Stack

pytestmark = needs_samples
EXAMPLE_NUMBER = "1234567890"
REFUSED = {
    "example number": 11,
    "placeholder": 2,
    "check digit": 3,
    "one digit ten times": 1,
    "no Patient": 1,
}


def number_in(record: bytes) -> str | None:
    """Give the number that a record's Patient carries, whatever it is."""
    resources = (entry["resource"] for entry in json.loads(record)["entry"])
    patient = next((each for each in resources if each["resourceType"] == "Patient"), None)
    identifiers = [] if patient is None else patient["identifier"]
    return next((each["value"] for each in identifiers if each["system"] == NHS_NUMBER), None)


def number_in_lists(record: bytes) -> NhsNumber:
    resources = (entry["resource"] for entry in json.loads(record)["entry"])
    subjects = (each["subject"] for each in resources if each["resourceType"] == "List")
    return next(NhsNumber(one["identifier"]["value"]) for one in subjects if "identifier" in one)


def why_refused(number: str | None) -> str | None:
    """Name why nobody can be asked for by what a record carries; None when somebody can."""
    if number is None:
        return "no Patient"
    try:
        NhsNumber(number)
    except InvalidNhsNumberError:
        return _fault_of(number)
    return None


def _fault_of(number: str) -> str:
    if not number.isdigit():
        return "placeholder"
    if number == EXAMPLE_NUMBER:
        return "example number"
    return "one digit ten times" if len(set(number)) == 1 else "check digit"


def records(published: World) -> list[tuple[NhsNumber, bytes]]:
    return [(row.number, SAMPLES.read(row.gp)) for row in published.rows.values() if row.gp]


def read_as(published: World, row: NhsNumber, asked: NhsNumber, record: bytes) -> Read:
    """Take an untouched record for the answer about one person."""
    fetched = Fetched(200, "application/fhir+json", record)
    answer = answer_of("gp", fetched, frozenset(Category))
    return read_answer(answer, replace(published.cohort.people[row], nhs_number=asked))


async def test_seventeen_and_one_are_refused_each_for_its_reason(published: World):
    reasons = Counter(why_refused(number_in(record)) for _number, record in records(published))

    assert reasons == {**REFUSED, None: 37 - sum(REFUSED.values())}


async def test_the_service_finds_nobody_by_a_number_that_is_none(published: World, stack: Stack):
    for _number, record in records(published):
        carried = number_in(record)
        if carried is not None and why_refused(carried) is not None:
            form = {"identifier": f"{NHS_NUMBER}|{carried}"}
            answer = await stack.post("gp", "/fhir/Patient/_search", form)

            assert answer.status_code == 400


def test_a_record_with_another_number_than_was_asked_for_is_rejected_whole(published: World):
    for number, record in records(published):
        if number_in(record) is not None:
            found = read_as(published, number, number, record)

            assert (found.outcome, found.reason) == (Outcome.WRONG_PATIENT, Reason.FOREIGN_SUBJECT)
            assert found.shown == ()


def test_a_record_without_a_patient_proves_nothing(published: World):
    for number, record in records(published):
        if number_in(record) is None:
            # Its lists name the person by number, which without a Patient proves nothing.
            found = read_as(published, number, number_in_lists(record), record)

            assert (found.outcome, found.reason) == (Outcome.MALFORMED, Reason.UNPROVEN)
            assert found.shown == ()


def test_all_others_pass_as_published(published: World):
    for number, record in records(published):
        carried = number_in(record)
        if carried is not None and why_refused(carried) is None:
            found = read_as(published, number, NhsNumber(carried), record)

            assert found.outcome in {Outcome.DATA, Outcome.MALFORMED}
            assert len(found.shown) > 3
