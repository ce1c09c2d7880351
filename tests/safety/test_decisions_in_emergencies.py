"""The decision tests of docs/decisions/0009, section 4, that are about emergencies: 4, 6, 16 and 17, over HTTP."""

import pytest

from gateway.access.registry import patient_key
from gateway.audit.acts import RelationshipsImported
from gateway.keys import KeyPurpose
from gateway.store.objections import EVERY_SOURCE, Objection, record_objection
from gateway.store.words import ObjectionExceptions
from gateway.wiring import now
from tests.safety.emergencies import BTG, ETREAT, alerts, breaks, broken, everything
from tests.safety.siege import rows
from tests.safety.test_decisions_over_http import ART, refused, tells
from tests.safety.test_role_matrix_over_http import GONORRHOEA, HIV
from tests.stack import Stack


@pytest.mark.parametrize("step", ["ETREAT", "BTG"])
async def test_decision_4_a_privacy_officer_is_told_of_the_receptionists_attempt(
    stack: Stack, step: str
):
    answer = await breaks(stack, "receptionist", "everything", step=step)
    await refused(stack, "receptionist", "everything", **{"Purpose-Of-Use": step})

    assert answer.status_code == 403
    told = [(each.kind, each.purpose, each.refusal) for each in await alerts(stack)]
    assert told == [("unauthorised-attempt", step, "purpose-not-allowed")] * 2
    assert {each.patient for each in await alerts(stack)} == {stack.patient("everything")}


async def test_decision_6_an_emergency_must_be_opened_first(stack: Stack):
    for purpose in (ETREAT, BTG):
        reason = await refused(stack, "paramedic", "sexual-health", **purpose)
        assert reason == "break-glass-required"


async def test_decision_6_the_first_step_leaves_labelled_items_closed(stack: Stack):
    await broken(stack, "paramedic", "sexual-health")

    answer = await everything(stack, "paramedic", "sexual-health", **ETREAT)

    assert answer.status == 200
    assert not tells(answer, (*HIV, *GONORRHOEA, *ART))


async def test_decision_6_the_second_step_opens_them_to_a_paramedic_and_is_told(stack: Stack):
    await broken(stack, "paramedic", "sexual-health")
    await broken(stack, "paramedic", "sexual-health", step="BTG", reason="Bleeding, needle injury")

    answer = await everything(stack, "paramedic", "sexual-health", **BTG)

    assert answer.status == 200
    assert tells(answer, HIV)
    assert tells(answer, ART)
    told = sorted((each.kind, str(each.purpose)) for each in await alerts(stack))
    assert told == [("break-glass", "BTG"), ("break-glass", "ETREAT")]


async def test_decision_16_an_objection_with_an_exception_is_opened_by_an_emergency(stack: Stack):
    await broken(stack, "nurse", "objects-to-all")

    answer = await everything(stack, "nurse", "objects-to-all", **ETREAT)

    sources = (await rows(stack, "disclosed"))[-1]["sources"]
    assert (answer.status, answer.outcomes["hospital"]) == (200, "data")
    # The practice's own system goes on withholding for itself, and says so.
    assert ["withheld", "objection"] not in sources.values()


async def test_decision_16_an_emergency_opens_an_objection_to_one_source(stack: Stack):
    await broken(stack, "nurse", "objects-to-gp")

    answer = await everything(stack, "nurse", "objects-to-gp", **ETREAT)

    sources = (await rows(stack, "disclosed"))[-1]["sources"]
    assert answer.status == 200
    assert ["withheld", "objection"] not in sources.values()


async def test_decision_17_an_objection_without_exceptions_stands_in_an_emergency(stack: Stack):
    reason = await refused(stack, "nurse", "objects-no-exceptions", **ETREAT)
    answer = await breaks(stack, "nurse", "objects-no-exceptions")

    assert (reason, answer.status_code) == ("break-glass-required", 403)
    assert "object" not in answer.text.lower()
    [alert] = await alerts(stack)
    assert (alert.kind, alert.refusal) == ("unauthorised-attempt", "sharing-restricted")


async def test_decision_17_an_objection_made_meanwhile_closes_an_open_emergency(stack: Stack):
    await broken(stack, "nurse", "everything")
    key = patient_key(stack.keys.current(KeyPurpose.REGISTRY), stack.london.people["everything"])
    objection = Objection(key, EVERY_SOURCE, ObjectionExceptions.NONE, now())
    event = RelationshipsImported(now(), "test", "objection", 1)
    async with stack.services.log.recorded(event) as session:
        await session.do(record_objection, objection)

    assert await refused(stack, "nurse", "everything", **ETREAT) == "sharing-restricted"
