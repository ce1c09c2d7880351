"""Some or all sources do not answer (AV-01, AV-02, P10): an honest answer, or none."""

import socket
from dataclasses import replace

import pytest

from adapters.simulators.faults import FaultKind
from fhir_profiles.vocabulary import Category
from gateway.access.decision import Question
from gateway.audit.acts import AskedAct
from gateway.patient.disclosure import Inquiry
from gateway.patient.sections import Ground, SectionState, section_of, supplies_of
from rbac.types import Purpose
from tests.safety.siege import ASKED_ABOUT, DOCTOR, last_row_b, others_answered, rows
from tests.stack import Stack, running_stack

SOURCES = ("gp", "hospital", "ambulance")


def unreachable() -> str:
    """Give an address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return f"http://127.0.0.1:{gone.getsockname()[1]}"


@pytest.mark.parametrize("fault", [FaultKind.HANG, FaultKind.RESET, FaultKind.WRONG_PATIENT])
@pytest.mark.parametrize("source", SOURCES)
async def test_av_01_one_source_that_does_not_answer_leaves_the_others_whole(
    hurrying, source: str, fault: FaultKind
):
    async with hurrying(source) as stack:
        healthy = await stack.everything(DOCTOR, ASKED_ABOUT)
        stack.london.faults[source].set(fault)
        answer = await stack.everything(DOCTOR, ASKED_ABOUT)

    assert (answer.status, answer.is_complete) == (200, "false")
    assert answer.from_source(source) == []
    assert answer.outcomes[source] in {"timed-out", "failed", "refused"}
    assert others_answered(answer, source)
    for other in set(SOURCES) - {source}:
        assert {each["id"] for each in answer.from_source(other)} >= {
            each["id"] for each in healthy.from_source(other)
        }


@pytest.mark.parametrize("source", SOURCES)
async def test_av_01_a_source_that_is_killed_is_told_as_not_reached(
    london, template, tmp_path, compiled, source
):
    elsewhere = replace(london, addresses={**london.addresses, source: unreachable()})

    async with running_stack(elsewhere, template, tmp_path, compiled) as stack:
        answer = await stack.everything(DOCTOR, ASKED_ABOUT)
        row = await last_row_b(stack)

    assert (answer.status, answer.is_complete) == (200, "false")
    assert answer.outcomes[source] == "failed"
    assert row["sources"][source] == ["failed", "connection"]
    assert others_answered(answer, source)


@pytest.mark.parametrize("fault", [FaultKind.ERROR_500, FaultKind.WRONG_PATIENT])
@pytest.mark.parametrize("source", SOURCES)
async def test_av_01_no_section_pretends_to_be_whole_when_a_source_of_it_is_missing(
    stack: Stack, source: str, fault: FaultKind
):
    stack.london.faults[source].set(fault)
    opened = await _opened(stack)
    supplies = supplies_of(stack.services.sources.directory, opened.permit)
    ground = Ground(opened.receipt, supplies, opened.permit.levels)

    for category in supplies[source] & frozenset(Category):
        section = section_of(category, opened.items, ground)
        assert section.state in {SectionState.PARTIAL, SectionState.UNAVAILABLE}, category
        assert source in {line.source_id for line in section.missing} or not section.is_for_role


async def _opened(stack: Stack):
    principal = await stack.services.verifier.principal(await stack.token(DOCTOR))
    number = stack.london.people[ASKED_ABOUT]
    question = Question(principal, Purpose.TREAT, number, stack.patient(ASKED_ABOUT))
    async with stack.services.records.open(Inquiry(question, AskedAct.VIEW, "test")) as opened:
        opened.will_show(opened.view.items)
    return opened.view


@pytest.mark.parametrize("fault", [FaultKind.HANG, FaultKind.ERROR_500, FaultKind.WRONG_PATIENT])
async def test_av_02_with_no_source_at_all_there_is_no_record_rather_than_an_empty_one(
    impatient: Stack, fault: FaultKind
):
    for source in SOURCES:
        impatient.london.faults[source].set(fault)

    answer = await impatient.get(
        "gp", f"/fhir/Patient/{impatient.patient(ASKED_ABOUT)}/$everything"
    )

    assert answer.status_code == 503
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert "retry-after" in answer.headers
    [row] = await rows(impatient, "disclosed")
    assert row["outcome"] == "nothing"


@pytest.mark.parametrize("path", ["Patient/{}/$everything", "Patient/{}", "Condition?patient={}"])
async def test_av_02_no_way_of_asking_turns_no_answer_into_nothing_there(stack: Stack, path: str):
    for source in SOURCES:
        stack.london.faults[source].set(FaultKind.RESET)

    answer = await stack.get("gp", "/fhir/" + path.format(stack.patient(ASKED_ABOUT)))

    assert answer.status_code == 503


async def test_av_02_without_the_demographics_service_nothing_is_decided(stack: Stack):
    stack.london.faults["pds"].set(FaultKind.ERROR_500)

    answer = await stack.get(DOCTOR, f"/fhir/Patient/{stack.patient(ASKED_ABOUT)}/$everything")

    assert answer.status_code == 503
    assert await rows(stack, "disclosed") == []
    assert [row["reason"] for row in await rows(stack, "asked")] == ["check-failed"]


async def test_av_01_the_service_recovers_as_soon_as_the_source_does(stack: Stack):
    stack.london.faults["ambulance"].set(FaultKind.ERROR_500)
    await stack.everything(DOCTOR, ASKED_ABOUT)
    stack.london.clear_faults()

    answer = await stack.everything(DOCTOR, ASKED_ABOUT)

    assert (answer.outcomes["ambulance"], answer.is_complete) == ("data", "true")
