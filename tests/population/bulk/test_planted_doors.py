"""Doors that are left open on purpose: what finds nothing at the real ones finds something there (DE-06)."""

import msgspec
import pytest

from gateway.api import bulk_clients
from gateway.api.bulk_clients import OwnReleases
from gateway.population.releases.exports import Exports
from tests.population.bulk.world import ANOTHER, CLIENT, OTHER_CLIENT


@pytest.fixture
def of_whichever_project(monkeypatch):
    monkeypatch.setattr(OwnReleases, "_is_own", lambda _own, _release: True)


@pytest.fixture
def of_whoever_asks(monkeypatch):
    find = Exports.find

    def found(exports, export_id, now):
        export = find(exports, export_id, now)
        return export and msgspec.structs.replace(export, client=OTHER_CLIENT, project=ANOTHER)

    monkeypatch.setattr(Exports, "find", found)


async def as_another(world) -> tuple[int, int]:
    """Ask for a release and an export of a project with another project's machine: both statuses."""
    release = await world.published()
    path = await world.begun(holder=world.hold(client=CLIENT))
    other = world.hold(client=OTHER_CLIENT)
    begun = await world.begin(f"?release={release.id}", other)
    return begun.status_code, (await world.ask("GET", path, other)).status_code


async def test_de_06_the_real_doors_are_closed(world):
    assert await as_another(world) == (404, 404)


@pytest.mark.usefixtures("of_whichever_project")
async def test_de_06_a_door_that_looks_at_no_project_is_found(world):
    assert await as_another(world) == (202, 404)


@pytest.mark.usefixtures("of_whoever_asks")
async def test_de_06_an_export_that_anybody_may_ask_about_is_still_of_its_project(world):
    release = await world.published()
    other = world.hold(client=OTHER_CLIENT)
    export = (await world.begun()).rpartition("/")[2]

    assert (await world.ask("GET", f"/fhir/$export/{export}", other)).status_code == 404
    assert await world.jobs.desk.uses(release.id) == ()


@pytest.mark.usefixtures("of_whichever_project", "of_whoever_asks")
async def test_de_06_a_door_that_looks_at_neither_is_found(world):
    release = await world.published()
    other = world.hold(client=OTHER_CLIENT)
    export = (await world.begun(f"?release={release.id}", other)).rpartition("/")[2]

    assert (await world.ask("GET", f"/fhir/$export/{export}", other)).status_code == 200


async def test_de_06_a_door_that_reads_no_scope_is_found(world, monkeypatch):
    await world.published()
    monkeypatch.setattr(bulk_clients, "covers_every_type", lambda _scope: True)

    assert (await world.begin(holder=world.hold(scope="openid"))).status_code == 202
