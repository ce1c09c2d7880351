"""Who has used a person's record: told whole, in plain words, to those who may read the audit, and on record itself."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.simulators.faults import FaultKind
from gateway.audit.entries import entries_about
from gateway.patient.ids import PatientIds
from gateway.store.engine import Store
from tests.safety.emergencies import (
    ETREAT,
    NO_RELATIONSHIP,
    REASON,
    as_served,
    breaks,
    broken,
    everything,
)
from tests.safety.failing_parts import Failing, FailingSource, Fault
from tests.safety.siege import person_of, rows
from tests.stack import Stack

OFFICER, DOCTOR = "privacy-officer", "ed-consultant"
PEOPLE = "/privacy/patients"


def path_of(stack: Stack, name: str) -> str:
    return f"{PEOPLE}/{stack.patient(name)}/statement"


async def stated(stack: Stack, name: str, user: str = OFFICER) -> dict[str, Any]:
    answer = await stack.get(user, path_of(stack, name))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def acts(told: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Give who did what, the first first, and whether anything was shown."""
    return [
        (each["asked"]["name"], each["asked"]["act"], each["is_shown"])
        for each in reversed(told["accesses"])
    ]


async def test_a_statement_lists_what_was_shown_and_what_was_refused_and_itself(stack: Stack):
    view = await everything(stack, DOCTOR, "everything")
    await everything(stack, "planner", "everything")
    await everything(stack, DOCTOR, "retracted")

    told = await stated(stack, "everything")

    assert acts(told) == [
        ("Devi Raman", "view", True),
        ("Nadine Cole", "view", False),
        ("Uma Sethi", "statement", True),
    ]
    [own, refusal, reading] = told["accesses"]
    assert view.status == 200
    assert reading["shown"] == (await rows(stack, "disclosed"))[0]["shown"]
    assert refusal["asked"]["decision"] == "refused"
    assert refusal["in_words"]["saw"].startswith("Nothing. We said no.")
    assert own["in_words"]["what"] == "They read this list."


async def test_every_entry_about_the_person_is_numbered_in_one_access(stack: Stack):
    await everything(stack, DOCTOR, "everything")
    await everything(stack, DOCTOR, "everything")

    told = await stated(stack, "everything")

    numbered = [each["sequence"] for line in told["accesses"] for each in line["entries"]]
    patient, entries = stack.patient("everything"), await stack.audit()
    about = [number for number, each in enumerate(entries, 1) if each.get("patient") == patient]
    assert sorted(numbered) == about
    assert told["last_entry"] == about[-2]


async def test_an_emergency_is_told_with_its_reason_and_what_it_opened(stack: Stack):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    await everything(stack, DOCTOR, NO_RELATIONSHIP, **ETREAT)
    await breaks(stack, "receptionist", NO_RELATIONSHIP)

    told = await stated(stack, NO_RELATIONSHIP)

    [_own, attempt, reading, glass] = told["accesses"]
    assert (glass["asked"]["act"], glass["done"]) == ("break-glass", ["glass-broken"])
    assert f"In their own words: “{REASON}”" in glass["in_words"]["why"]
    assert reading["asked"]["purpose"] == "ETREAT"
    assert reading["shown"] != {}
    assert "We had no link between you and them on record." in reading["in_words"]["why"]
    assert (attempt["asked"]["decision"], attempt["is_shown"]) == ("refused", False)
    assert f"In their own words: “{REASON}”" in attempt["in_words"]["why"]


async def test_everybody_whom_a_search_by_name_showed_is_told_of_it(stack: Stack):
    person = person_of(stack, "everything")
    form = {"family": person.family_name, "birthdate": str(person.born_on)}
    answer = await stack.post(DOCTOR, "/fhir/Patient/_search", form)

    told = await stated(stack, "everything")

    assert answer.json()["total"] >= 1
    assert acts(told)[0] == ("Devi Raman", "find", True)
    assert told["accesses"][-1]["in_words"]["saw"] == "They saw your name and details."
    assert len(told["accesses"][-1]["entries"]) == 2


@pytest.mark.parametrize("user", [OFFICER, "caldicott"])
async def test_who_may_know_whose_it_is_is_told_who_it_is_about(stack: Stack, user: str):
    person = person_of(stack, "everything")

    told = await stated(stack, "everything", user)

    assert told["person"] == {
        "nhs_number": person.nhs_number.digits,
        "family_name": person.family_name,
        "given_names": list(person.given_names),
        "born_on": str(person.born_on),
        "whereabouts_are_restricted": False,
    }
    assert (await rows(stack, "disclosed"))[-1]["shown"] == {"audit-entries": 1, "demographics": 1}


async def test_an_auditor_reads_it_and_is_told_nobody(stack: Stack):
    await everything(stack, DOCTOR, "everything")

    answer = await stack.get("auditor", path_of(stack, "everything"))

    person = person_of(stack, "everything")
    assert (answer.status_code, answer.json()["person"]) == (200, None)
    assert person.nhs_number.digits not in answer.text
    assert person.family_name not in answer.text
    assert (await rows(stack, "disclosed"))[-1]["shown"] == {"audit-entries": 3}


@pytest.mark.parametrize("user", ["gp", DOCTOR, "receptionist", "planner", "policy-admin"])
async def test_nobody_else_reads_it_and_the_attempt_is_listed(stack: Stack, user: str):
    answer = await stack.get(user, path_of(stack, "everything"))

    assert answer.status_code == 403
    told = await stated(stack, "everything")
    [_own, attempt] = told["accesses"]
    assert (attempt["asked"]["act"], attempt["asked"]["decision"]) == ("statement", "refused")
    assert attempt["in_words"]["what"] == "They asked to read this list."


async def test_a_statement_holds_no_content_of_a_record(stack: Stack):
    await everything(stack, DOCTOR, "everything")

    answer = await stack.get(OFFICER, path_of(stack, "everything"))

    statements = stack.london.cohort.statements[person_of(stack, "everything").nhs_number]
    codes = {each.fact.coding.display for each in statements if each.fact.coding.display}
    assert codes
    assert [each for each in (*codes, "snomed", "resourceType") if each in answer.text] == []


async def test_what_is_no_patient_id_is_not_found_and_on_record(stack: Stack):
    answer = await stack.get(OFFICER, f"{PEOPLE}/nobody/statement")

    assert answer.status_code == 404
    [*_, asked], [*_, disclosed] = await rows(stack, "asked"), await rows(stack, "disclosed")
    assert (asked["act"], asked["decision"], asked["patient"]) == ("statement", "allowed", None)
    assert (disclosed["outcome"], disclosed["shown"]) == ("nothing", {})
    assert disclosed["sources"] == {"pds": ["empty", "none"]}


async def test_without_the_demographics_service_there_is_no_statement(stack: Stack):
    stack.london.faults["pds"].set(FaultKind.ERROR_500)

    answer = await stack.get(OFFICER, path_of(stack, "everything"))

    assert answer.status_code == 503
    [*_, disclosed] = await rows(stack, "disclosed")
    assert (disclosed["outcome"], disclosed["shown"]) == ("nothing", {})
    assert disclosed["sources"]["pds"][0] == "failed"


async def test_a_demographics_service_that_breaks_is_one_that_does_not_answer(stack: Stack):
    broken_pds = FailingSource(Fault(Failing.RAISES))
    statements = replace(stack.services.statements, demographics=broken_pds)  # type: ignore[arg-type]

    async with as_served(stack, replace(stack.services, statements=statements)) as without:
        answer = await without.get(OFFICER, path_of(stack, "everything"))

    assert answer.status_code == 503
    [*_, disclosed] = await rows(stack, "disclosed")
    assert disclosed["sources"]["pds"] == ["failed", "none"]


async def test_what_was_recorded_under_a_replaced_number_is_told_under_either(stack: Stack):
    person = person_of(stack, "superseded")
    old, new = (
        stack.services.ids.seal(each) for each in (*person.former_numbers, person.nhs_number)
    )
    for each in (old, new):
        await stack.get(DOCTOR, f"/fhir/Patient/{each}/$everything")

    answer = await stack.get(OFFICER, f"{PEOPLE}/{old}/statement")

    told = answer.json()
    assert [each["asked"]["act"] for each in told["accesses"]] == ["statement", "view", "view"]
    assert told["patient"] == old
    assert told["person"]["nhs_number"] == person.nhs_number.digits


async def test_what_was_recorded_under_an_older_key_is_told_too(stack: Stack):
    await everything(stack, DOCTOR, "everything")
    rotated = PatientIds([b"k" * 64, *stack.keys.all_of("patient-ids")])  # type: ignore[arg-type]
    statements = replace(stack.services.statements, ids=rotated)

    async with as_served(stack, replace(stack.services, ids=rotated, statements=statements)) as now:
        told = await stated(now, "everything")

    assert acts(told) == [("Devi Raman", "view", True), ("Uma Sethi", "statement", True)]
    assert told["patient"] == rotated.seal(stack.london.people["everything"])


async def test_a_statement_stands_in_the_next_one(stack: Stack):
    await stated(stack, "everything", "caldicott")

    told = await stated(stack, "everything")

    assert acts(told) == [("Tobias Ekholm", "statement", True), ("Uma Sethi", "statement", True)]
    assert [len(each["entries"]) for each in told["accesses"]] == [2, 2]


class BusyStore:
    """A store in which something happens just before a person's entries are read."""

    def __init__(self, store: Store, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._store, self._meanwhile = store, meanwhile

    async def read(self, question: Any, *args: Any) -> Any:
        if question is entries_about:
            await self._meanwhile()
        return await self._store.read(question, *args)


async def test_what_comes_after_a_statements_own_first_row_is_not_in_it(stack: Stack):
    store: Any = BusyStore(stack.services.store, lambda: everything(stack, DOCTOR, "everything"))
    statements = replace(stack.services.statements, store=store)

    async with as_served(stack, replace(stack.services, statements=statements)) as busy:
        told = await stated(busy, "everything")

    assert acts(told) == [("Uma Sethi", "statement", True)]
    assert len(await rows(stack, "disclosed")) == 2
