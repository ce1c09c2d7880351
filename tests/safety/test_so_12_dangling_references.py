"""A reference to something that should stand inside the resource, and does not (SO-12)."""

from typing import Any

import pytest

from tests.safety.hostile_source import Json, encounter, patient_like, refer
from tests.safety.siege import ASKED_ABOUT, Siege
from tests.web.visitor import Visitor

OWN = refer("Patient/p1")
NOWHERE = {"reference": "#nope", "display": "Ward nine"}
ITEMS: dict[str, Json] = {
    "Encounter": {"serviceProvider": NOWHERE, "participant": [{"individual": NOWHERE}]},
    "Condition": {"code": {"text": "own"}, "encounter": NOWHERE, "asserter": NOWHERE},
    "Observation": {"code": {"text": "own"}, "hasMember": [NOWHERE], "contained": []},
}
READERS = ["ed-consultant", "nurse", "discharge-officer", "gp", "paramedic", "social-worker"]


def holding(kind: str) -> Json:
    if kind == "Encounter":
        return {**encounter("e1", OWN, "own"), **ITEMS[kind]}
    return {"resourceType": kind, "id": "e1", "subject": OWN, **ITEMS[kind]}


def references_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [each for inner in value.values() for each in references_in(inner)]
    return (
        [each for inner in value for each in references_in(inner)]
        if isinstance(value, list)
        else []
    )


@pytest.mark.parametrize("kind", ITEMS)
async def test_so_12_it_is_told_as_it_came_and_costs_nothing_else(siege: Siege, kind: str):
    answer = await siege.asked(patient_like(siege.person), holding(kind))

    assert (answer.status, answer.outcomes["hospital"]) == (200, "data")
    [item] = answer.of(kind, "hospital")
    assert "#nope" in references_in(item)


@pytest.mark.parametrize("user", READERS)
async def test_so_12_no_reader_loses_the_record_over_it(siege: Siege, user: str):
    siege.hostile.holds(patient_like(siege.person), *map(holding, ITEMS))

    answer = await siege.stack.everything(user, ASKED_ABOUT)

    assert (answer.status, answer.outcomes["gp"]) == (200, "data")


async def test_so_12_the_page_names_what_it_can(siege: Siege):
    siege.hostile.holds(patient_like(siege.person), *map(holding, ITEMS))
    visitor = Visitor(siege.stack)
    await visitor.sign_in()

    answer = await siege.stack.client.get(f"/patient/{siege.stack.patient(ASKED_ABOUT)}")

    assert (answer.status_code, "Ward nine" in answer.text) == (200, True)
