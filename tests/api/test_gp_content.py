"""What a GP record says of itself reaches the reader: warnings, areas that are off, ended allergies, consultations."""

from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.simulators import ambulance, gp, hospital, pds
from adapters.simulators.cohort import make_cohort, showcase
from adapters.simulators.faults import Faults
from adapters.simulators.gp_rules import Area, GpRules, ListWarning
from adapters.simulators.truth import FactKind, SourceKind
from gateway.wiring import now
from tests.london import SOURCES, London, running
from tests.stack import Bundle, Stack, make_key_file, prepare_database, running_stack

WARNED, OFF = "everything", "no-records"
CONSULTATION = "325851000000107"


@pytest.fixture(scope="module")
def warned_london() -> Iterator[London]:
    cohort = make_cohort(seed=1, people=30, reference_time=now())
    people = dict(showcase(cohort))
    rules = GpRules(
        warnings={people[WARNED]: frozenset(ListWarning)},
        switched_off={people[OFF]: frozenset({Area.ALLERGIES, Area.PROBLEMS})},
    )
    faults = {name: Faults() for name in SOURCES}
    apps = {
        "pds": pds.create_app(cohort, faults["pds"]),
        "gp": gp.create_app(cohort, faults["gp"], now=now, rules=rules),
        "hospital": hospital.create_app(cohort, faults["hospital"]),
        "ambulance": ambulance.create_app(cohort, faults["ambulance"]),
    }
    with running(apps, cohort, people, faults) as found:
        yield found


@pytest.fixture
async def warned(
    warned_london: London, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Stack]:
    template = tmp_path / "template.db"
    await prepare_database(template, warned_london, make_key_file(template.with_suffix(".keys")))
    async with running_stack(warned_london, template, tmp_path, compiled) as stack:
        yield stack


async def test_every_warning_on_a_list_is_in_the_receipt(warned: Stack):
    bundle = await warned.everything("gp", WARNED)

    said = " ".join(bundle.remarks_on("gp"))
    assert "holds back items" in said
    assert "transfer to the source is not complete: all areas" in said
    assert "not yet filed: allergies" in said
    assert bundle.outcomes["gp"] == "data"
    assert bundle.is_complete == "false"


async def test_an_area_that_is_off_is_named_with_all_that_it_could_hold(warned: Stack):
    bundle = await warned.everything("gp", OFF)

    assert {
        f"Switched off at the source: {area}."
        for area in ("allergies", "problems", "end-of-life", "social-care")
    } <= set(bundle.remarks_on("gp"))
    assert bundle.is_complete == "false"


def ended(stack: Stack):
    """Give a person of the practice with an allergy that has ended, and its code."""
    for number, said in stack.london.cohort.statements.items():
        person = stack.london.cohort.people[number]
        for one in said:
            is_allergy = one.source is SourceKind.GP and one.fact.kind is FactKind.ALLERGY
            if is_allergy and one.detail["is_ended"] == "true" and person.practice == "F84004":
                return number, one.coding.code
    pytest.fail("Nobody has an allergy that has ended.")


async def test_an_ended_allergy_arrives_as_resolved(stack: Stack):
    number, code = ended(stack)
    path = f"/fhir/AllergyIntolerance?patient={stack.services.ids.seal(number)}&code={code}"

    found = Bundle(await stack.get("gp", path)).of("AllergyIntolerance", "gp")

    assert found
    for each in found:
        assert [one["code"] for one in each["clinicalStatus"]["coding"]] == ["resolved"]


async def test_a_consultation_keeps_its_shape_with_every_reference_whole(stack: Stack):
    bundle = await stack.everything("gp", "everything")

    here = {f"{each['resourceType']}/{each['id']}" for each in bundle.resources}
    lists = bundle.of("List", "gp")
    shapes = [each for each in lists if each["code"]["coding"][0]["code"] == CONSULTATION]
    assert shapes
    assert {each["encounter"]["reference"] for each in shapes} <= here
    assert {entry["item"]["reference"] for each in lists for entry in each.get("entry", ())} <= here


async def test_a_warning_hides_nothing_by_its_own_words(warned: Stack, stack: Stack):
    usual = await stack.everything("gp", WARNED)

    found = await warned.everything("gp", WARNED)

    assert len(found.from_source("gp")) == len(usual.from_source("gp"))
