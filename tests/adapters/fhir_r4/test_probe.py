"""The contact probe reads four elements of encounters, and founds nothing on doubt."""

from datetime import UTC, datetime

import pytest

from adapters.ambulance import ambulance_adapter
from adapters.contract import Contact, Outcome
from adapters.hospital import hospital_adapter
from tests.adapters.fhir_r4.asking import ENCOUNTER, FAULTS, NUMBER, PATIENT, TOKEN, adapter_on
from tests.adapters.stub_source import bundle, deadline_for, routes


def encounter(status, start=None, end=None):
    return {**ENCOUNTER, "status": status, "period": {"start": start, "end": end}}


async def probe(encounters, surroundings, build=hospital_adapter):
    behave = routes({"/fhir/Encounter": bundle(*encounters)})
    async with adapter_on(behave, surroundings, build) as (adapter, stub):
        return await adapter.contacts(NUMBER), stub


async def test_the_probe_asks_for_four_elements_of_encounters_and_nothing_else(surroundings):
    _, stub = await probe([], surroundings)

    [asked] = stub.asked
    assert asked.path == "/fhir/Encounter"
    assert asked.query == {
        "patient.identifier": [TOKEN],
        "_elements": ["id,status,period,subject"],
        "_count": ["500"],
    }


async def test_contacts_are_told_in_utc(surroundings):
    found, _ = await probe(
        [
            encounter("finished", "2026-07-01T10:00:00+01:00", "2026-07-02"),
            encounter("in-progress", "2026-01-01T10:00:00"),
            encounter("unknown", "2026-07", "soon"),
        ],
        surroundings,
    )

    assert found.outcome is Outcome.DATA
    assert found.contacts == (
        Contact(
            "finished", datetime(2026, 7, 1, 9, tzinfo=UTC), datetime(2026, 7, 1, 23, tzinfo=UTC)
        ),
        Contact("in-progress", datetime(2026, 1, 1, 10, tzinfo=UTC), None),
        Contact("unknown", None, None),
    )


async def test_encounters_that_never_happened_found_nothing(surroundings):
    found, _ = await probe(
        [encounter("cancelled"), encounter("entered-in-error"), PATIENT], surroundings
    )

    assert (found.outcome, found.contacts) == (Outcome.EMPTY, ())


@pytest.mark.parametrize(
    ("build", "status"), [(ambulance_adapter, "in-progress"), (hospital_adapter, "planned")]
)
async def test_an_open_call_is_care_under_way_for_an_ambulance_only(surroundings, build, status):
    found, _ = await probe([encounter("planned", "2026-01-01")], surroundings, build)

    assert [contact.status for contact in found.contacts] == [status]


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_failed_probe_founds_nothing(surroundings, fault):
    behave, outcome, _ = FAULTS[fault]
    async with adapter_on(behave, surroundings, hospital_adapter, deadline_for(behave)) as (
        adapter,
        _,
    ):
        found = await adapter.contacts(NUMBER)

    assert (found.outcome, found.contacts) == (outcome, ())


async def test_a_contact_beside_a_gap_is_still_a_contact(surroundings):
    page = bundle(encounter("in-progress", "2026-01-01"), total=2)
    async with adapter_on(routes({"/fhir/Encounter": page}), surroundings) as (adapter, _):
        found = await adapter.contacts(NUMBER)

    assert (found.outcome, len(found.contacts)) == (Outcome.DATA, 1)


async def test_a_probe_with_an_odd_period_founds_nothing(surroundings):
    found, _ = await probe([{**ENCOUNTER, "period": "today"}], surroundings)

    assert (found.outcome, found.contacts) == (Outcome.MALFORMED, ())
