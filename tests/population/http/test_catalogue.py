"""The catalogue tells everybody who is known what each dataset is for, what its columns mean, and by which rules it leaves."""

import httpx2
import pytest

from gateway.population.datasets import load_datasets
from tests.population.http.world import ANALYST, RELEASES

DATASETS = load_datasets()
CATALOGUE = "/population/datasets"


async def test_every_declared_dataset_is_in_the_catalogue(planning):
    told = (await planning.stack.get(ANALYST, CATALOGUE)).json()["datasets"]

    assert [each["name"] for each in told] == sorted(DATASETS)
    assert all(each["purpose"] and each["legal_basis"] and each["recipients"] for each in told)


@pytest.mark.parametrize("name", sorted(DATASETS))
async def test_a_dataset_tells_its_dictionary_its_rules_and_how_long_it_is_kept(planning, name):
    told = (await planning.stack.get("gp", f"{CATALOGUE}/{name}")).json()

    declared = DATASETS[name]
    assert [each["name"] for each in told["dictionary"]] == [each.name for each in declared.columns]
    assert all(each["why_safe"] and each["allowed"] for each in told["dictionary"])
    assert told["rules"]["disclosure"]["fewest_people_alike"] == declared.profile.fewest_people
    assert told["rules"]["opt_outs"]["why"]
    assert told["rules"]["labels"]["why"]
    assert told["retention"] == {"days": declared.retention_days}
    assert "encounters" in told["needs"]["categories"]


async def test_what_is_not_declared_is_not_there(planning):
    assert (await planning.stack.get(ANALYST, f"{CATALOGUE}/no-such")).status_code == 404


@pytest.mark.parametrize("path", [CATALOGUE, f"{CATALOGUE}/violence", RELEASES])
async def test_without_a_planning_side_there_is_nothing_here(without_planning, path):
    answers = [await without_planning.get(ANALYST, each) for each in (path, "/nothing")]

    assert answers[0].status_code == 404
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("path", [CATALOGUE, f"{CATALOGUE}/violence", RELEASES])
async def test_az_21_without_a_token_nobody_is_told_anything(planning, path):
    transport = planning.stack.client._transport
    async with httpx2.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
        assert (await client.get(path)).status_code == 401
