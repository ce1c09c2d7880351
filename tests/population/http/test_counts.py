"""Counts over HTTP: of declared measures alone, to whom an agreement names, kept back below eight, each answer on record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.population.counts.keeping import KeptTable
from gateway.store.agreement_feeds import Feed
from gateway.wiring import now
from tests.population.counts.counting import BY_AREA, MEASURES, counting_in
from tests.population.http.world import ANALYST, PLANNER, RESEARCHER
from tests.population.making.neighbours import HERE, THERE, neighbours
from tests.population.making.stores import places

COUNTS, DECLARED = "/population/counts", "/population/measures"
FEW = [*neighbours(40), *neighbours(5, start=40, lsoa=THERE)]
ASKED = {
    "measure": BY_AREA.name,
    "project": "costs",
    "purpose_of_use": "PUBHLTH",
    "where": {"kind": ["gp"]},
    "by": ["msoa"],
}
OF_ASSAULTS = {
    "measure": "assaults-by-weekday-and-hour",
    "project": "streets",
    "purpose_of_use": "PUBHLTH",
}


@pytest.fixture
async def counting(tmp_path_factory):
    """A job that makes tables, of forty people in one area and five in another."""
    counting = await counting_in(tmp_path_factory.mktemp("counting"))
    counting.pulled(FEW)
    return counting


@pytest.fixture
async def counted(planning, counting):
    """A gateway beside which the job has made one table."""
    await tables(planning, counting, BY_AREA)
    return planning


async def tables(world, counting, *measures):
    """Have the job make tables, and the gateway find them as if it were now."""
    for measure in measures:
        made = await counting.made(measure)
        assert isinstance(made, KeptTable), made
        told = replace(made, made_at=now(), until=now() + timedelta(days=1))
        world.stack.services.planning.counts.kept.keep(measure, told)


async def asks(world, user=PLANNER, asked=ASKED, **changes):
    return await world.stack.send(user, COUNTS, {**asked, **changes})


async def test_decision_09_a_planner_is_told_a_cell_of_five_as_a_star(counted):
    answer = await asks(counted)

    area = places().msoa_of
    told = {each["of"]["msoa"]: each["count"] for each in answer.json()["counts"]}
    assert (told[area[HERE]], told[area[THERE]]) == (40, "*")
    assert answer.json()["period"] == "2025-11/2026-10"
    assert answer.headers["cache-control"] == "no-store"


async def test_each_answer_is_on_record_before_it_leaves_with_how_much_it_tells(counted):
    answer = await asks(counted)

    [asked] = [row for row in await counted.told("asked") if row["act"] == "review"]
    [shown] = await counted.told("disclosed")
    assert asked["decision_id"] == shown["decision_id"]
    assert asked["details"]["measure"] == BY_AREA.name
    assert shown["shown"] == {"counts": len(answer.json()["counts"])}
    assert shown["patient"] is None


async def test_decision_08_a_planner_is_told_nothing_of_a_person(counted):
    patient = counted.stack.patient("everything")

    assert (await counted.stack.get(PLANNER, f"/fhir/Patient/{patient}")).status_code == 403
    assert (await asks(counted, purpose_of_use="TREAT")).status_code == 400


async def test_decision_10_a_violence_analyst_is_told_nothing_of_linked_activity(counted, counting):
    await tables(counted, counting, MEASURES[OF_ASSAULTS["measure"]])

    answer = await asks(counted, ANALYST)

    assert answer.status_code == 403
    assert await counted.refusals() == [("csp_violence_analyst", "not-for-role")]
    assert (await asks(counted, ANALYST, OF_ASSAULTS)).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(30, 200), (-1, 403)])
async def test_decision_20_a_researcher_is_told_until_their_ethics_approval_ends(
    counted, days, status
):
    ends_at = now() + timedelta(days=days)
    await counted.agrees("study", Feed("linked-activity", "falls", "UNI1", "26/LO/1", ends_at))

    answer = await asks(counted, RESEARCHER, project="falls", purpose_of_use="HRESCH")

    assert answer.status_code == status
    assert ("researcher", "ethics-ended") in await counted.refusals() or status == 200


@pytest.mark.parametrize(
    ("user", "changes", "status"),
    [
        (PLANNER, {"project": "another"}, 403),
        (PLANNER, {"purpose_of_use": "HRESCH"}, 403),
        ("gp", {}, 403),
        ("caldicott", {}, 403),
        (PLANNER, {"measure": "names-by-address"}, 404),
        (PLANNER, {"measure": "cost-by-practice"}, 404),
        (PLANNER, {"by": ["lsoa"]}, 400),
        (PLANNER, {"where": {"person_id": ["a" * 26]}}, 400),
        (PLANNER, {"where": {"msoa": ["E02000001"]}}, 400),
        (PLANNER, {"project": 1}, 400),
        (PLANNER, {"sql": "SELECT 1"}, 400),
    ],
)
async def test_what_is_not_declared_or_not_agreed_is_not_counted(counted, user, changes, status):
    answer = await asks(counted, user, **changes)

    assert answer.status_code == status
    assert "counts" not in answer.json()
    assert await counted.told("disclosed") == []


async def test_the_measures_are_told_to_whoever_is_known(counted):
    answer = await counted.stack.get(PLANNER, DECLARED)

    told = {each["name"]: each for each in answer.json()["measures"]}
    assert told.keys() == MEASURES.keys()
    assert told[BY_AREA.name]["dimensions"] == ["kind", "msoa"]


async def test_counts_that_were_not_made_are_not_there_yet(planning):
    answer = await asks(planning)

    assert answer.status_code == 503
    assert await planning.told("disclosed") == []


async def test_a_deployment_without_a_planning_side_counts_nothing(without_planning):
    asked = await without_planning.send(PLANNER, COUNTS, ASKED)

    assert (asked.status_code, (await without_planning.get(PLANNER, DECLARED)).status_code) == (
        404,
        404,
    )
