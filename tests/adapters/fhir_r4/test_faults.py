"""A fault of a source is its outcome, and never an empty record."""

import asyncio

import pytest

from adapters.contract import NoticeKind, Outcome, Reason
from fhir_profiles.vocabulary import Category
from tests.adapters.fhir_r4.asking import (
    ENCOUNTER,
    FAULTS,
    NOTHING,
    PATIENT,
    SEARCHED,
    adapter_on,
    ask,
    declares,
    request,
)
from tests.adapters.stub_source import answer, bundle, deadline_for, hangs, routes


@pytest.mark.parametrize("fault", FAULTS)
async def test_so_08_so_12_a_fault_is_its_outcome_and_never_empty(surroundings, fault):
    behave, outcome, reason = FAULTS[fault]
    table = {"/fhir/metadata": declares("Encounter", "AllergyIntolerance")}
    result, _ = await ask(table, surroundings, otherwise=behave, deadline=deadline_for(behave))

    assert (result.outcome, result.reason, result.bodies) == (outcome, reason, ())


@pytest.mark.parametrize("fault", FAULTS)
async def test_one_failed_search_makes_the_answer_failed_and_keeps_the_rest(surroundings, fault):
    behave, outcome, reason = FAULTS[fault]
    table = {**SEARCHED, "/fhir/AllergyIntolerance": behave}
    # The rest has to come meanwhile.
    result, _ = await ask(table, surroundings, deadline=deadline_for(behave, of_silence=2.0))

    assert (result.outcome, result.reason, len(result.bodies)) == (outcome, reason, 2)
    [notice] = result.notices
    assert (notice.kind, notice.category) == (NoticeKind.UNREADABLE_PART, Category.ALLERGIES)


async def test_of_several_faults_the_same_one_names_the_answer_every_time(surroundings):
    table = {
        "/fhir/Patient": answer(b"{"),
        "/fhir/Encounter": answer(b"", 403),
        "/fhir/AllergyIntolerance": answer(b"", 500),
    }
    result, _ = await ask(table, surroundings)

    assert (result.outcome, result.http_status) == (Outcome.FAILED, 500)
    assert len(result.notices) == 3


@pytest.mark.parametrize("resource", [{"id": 5}, "text", {"resourceType": ["Encounter"]}])
@pytest.mark.parametrize("remark", [{}, {"resourceType": "OperationOutcome"}])
async def test_an_entry_of_the_wrong_shape_leaves_its_neighbours_readable(
    surroundings, resource, remark
):
    odd = bundle(ENCOUNTER, remark)
    odd["entry"].append({"resource": resource})
    result, _ = await ask({**SEARCHED, "/fhir/Encounter": odd}, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)
    assert len(result.bodies) == 3


@pytest.mark.parametrize("has_another", [True, False])
async def test_a_patient_whose_id_cannot_be_read_is_kept_and_its_record_is_missing(
    surroundings, has_another
):
    nameless = {**PATIENT, "id": 5}
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(nameless, *[PATIENT] * has_another),
        "/fhir/Patient/p1/$everything": bundle(PATIENT),
    }
    result, stub = await ask(table, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.UNREADABLE)
    assert (len(result.bodies), len(stub.asked)) == (1 + has_another, 2 + has_another)


async def test_patients_that_are_none_are_kept_for_the_caller_to_judge(surroundings):
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(ENCOUNTER),
    }
    result, stub = await ask(table, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)
    assert (len(result.bodies), len(stub.asked)) == (1, 2)


async def test_an_open_breaker_is_failed_and_never_empty(surroundings):
    async with adapter_on(routes({}, NOTHING), surroundings) as (adapter, stub):
        for _ in range(5):
            adapter.report_wrong_patient()
        result = await adapter.ask(request())

    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.BREAKER_OPEN)
    assert stub.connections == 0


async def test_av_12_a_caller_who_leaves_stops_every_search(surroundings):
    async with adapter_on(routes({}, hangs), surroundings) as (adapter, stub):
        task = asyncio.create_task(adapter.ask(request()))
        await stub.was_asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(stub.hung_up.wait(), 10)
