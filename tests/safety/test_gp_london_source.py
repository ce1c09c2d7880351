"""London's FHIR service in place of GP Connect: what it gives, and what becomes of it when it fails."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest

from adapters.simulators.faults import CONSULTED, FaultKind
from tests.safety.siege import (
    ASKED_ABOUT,
    DOCTOR,
    failures_counted,
    last_row_b,
    others_answered,
    person_of,
    safety_events,
)
from tests.safety.test_av_sources_down import unreachable
from tests.stack import Stack, running_stack, settings_for

SERVICE = "gp-london"
Maker = Callable[..., AbstractAsyncContextManager[Stack]]

ENDINGS = {
    FaultKind.HANG: {"timed-out"},
    FaultKind.DRIP: {"timed-out"},
    FaultKind.UNAUTHORISED_401: {"refused"},
    FaultKind.OPERATION_OUTCOME_200: {"malformed"},
    FaultKind.MALFORMED_JSON: {"malformed"},
}
LARGE = {FaultKind.TOO_LARGE, FaultKind.GZIP_BOMB, FaultKind.ENDLESS}


@pytest.fixture
def londoners(london, template, tmp_path, compiled) -> Maker:
    """Give a maker of stacks whose GP records come from London's service."""

    @asynccontextmanager
    async def make(deadline: float = 1.5, **moved: str) -> AsyncIterator[Stack]:
        place = replace(london, addresses={**london.addresses, **moved})
        usual = settings_for(place, template, template.with_suffix(".keys"))
        sources = [each.model_dump(exclude_none=True) for each in usual.source]
        [gp] = [each for each in sources if each["id"] == "gp"]
        gp |= {"kind": SERVICE, "base_url": f"{place.addresses[SERVICE]}/api/STU3"}
        gp["deadline_seconds"] = deadline
        async with running_stack(place, template, tmp_path, compiled, source=sources) as stack:
            yield stack

    return make


async def test_a_view_holds_what_the_service_gave_in_r4(londoners: Maker):
    async with londoners() as stack:
        answer = await stack.everything(DOCTOR, ASKED_ABOUT)

    assert (answer.status, answer.is_complete, answer.outcomes["gp"]) == (200, "true", "data")
    given = {each["resourceType"] for each in answer.from_source("gp")}
    assert given >= {"AllergyIntolerance", "Condition", "Encounter", "MedicationStatement"}
    # Only R4 says a clinical status as a concept.
    assert all("coding" in each["clinicalStatus"] for each in answer.of("Condition", "gp"))
    # A number is written under one system only, whatever the source calls it.
    assert b"hl7.org.uk/Id/nhs-number" not in answer.response.content


async def test_a_person_whom_the_service_does_not_give_is_refused_and_never_empty(
    londoners: Maker,
):
    async with londoners() as stack:
        answer = await stack.everything(DOCTOR, "deceased")

    assert (answer.outcomes["gp"], answer.is_complete) == ("refused", "false")


async def test_a_record_of_empty_lists_is_empty(londoners: Maker):
    async with londoners() as stack:
        answer = await stack.everything("gp", "no-records")

    assert answer.outcomes["gp"] == "empty"
    assert {each["resourceType"] for each in answer.from_source("gp")} <= {
        "List",
        "Organization",
        "Patient",
        "Practitioner",
    }


@pytest.mark.parametrize("fault", sorted(set(FaultKind) - CONSULTED - LARGE))
async def test_so_08_to_10_a_service_that_fails_leaves_the_other_sources_whole(
    londoners: Maker, fault: FaultKind
):
    hurry = 0.2 if fault in {FaultKind.HANG, FaultKind.DRIP} else 1.5
    async with londoners(hurry) as stack:
        stack.london.faults[SERVICE].set(fault)
        answer = await stack.everything(DOCTOR, ASKED_ABOUT)

    assert (answer.status, answer.is_complete) == (200, "false")
    assert answer.outcomes["gp"] in ENDINGS.get(fault, {"failed"})
    assert answer.from_source("gp") == []
    assert others_answered(answer, "gp")


async def test_av_01_a_service_that_is_killed_is_told_as_not_reached(londoners: Maker):
    async with londoners(**{SERVICE: unreachable()}) as stack:
        answer = await stack.everything(DOCTOR, ASKED_ABOUT)
        row = await last_row_b(stack)

    assert (answer.outcomes["gp"], answer.is_complete) == ("failed", "false")
    assert row["sources"]["gp"] == ["failed", "connection"]


async def test_so_01_a_record_of_somebody_else_is_rejected_whole(londoners: Maker):
    async with londoners() as stack:
        stack.london.faults[SERVICE].set(FaultKind.WRONG_PATIENT)
        answer = await stack.everything(DOCTOR, ASKED_ABOUT)

        assert (answer.outcomes["gp"], answer.from_source("gp")) == ("refused", [])
        assert (await last_row_b(stack))["sources"]["gp"] == ["wrong-patient", "foreign-subject"]
        assert [each.source for each in await safety_events(stack)] == ["gp"]
        assert failures_counted(stack, "gp") == 1
    own = person_of(stack, ASKED_ABOUT).nhs_number
    others = {number.digits for number in stack.london.cohort.people} - {own.digits}
    assert not [digits for digits in others if digits.encode() in answer.response.content]


async def test_a_number_of_no_stated_verification_is_taken_as_name_and_birth_date_agree(
    londoners: Maker,
):
    async with londoners() as stack:
        answer = await stack.everything("gp", ASKED_ABOUT)

    [patient] = answer.of("Patient", "gp")
    assert "extension" not in patient["identifier"][0]
    assert answer.outcomes["gp"] == "data"
