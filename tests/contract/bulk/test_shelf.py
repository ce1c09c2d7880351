"""A bulk source holds the planning population, or a published export."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.simulators.bulk.shelf import Window, planning_shelf, published_shelf
from adapters.simulators.planning.population import Population
from adapters.simulators.planning.resources import Line
from adapters.simulators.published.samples import NoSamplesError, Samples
from adapters.simulators.truth import SourceKind
from tests.contract.bulk.asking import World, exported, let_in, lines
from tests.published.samples import SAMPLES, needs_samples

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("source", SourceKind)
def test_the_population_is_held_by_type(source):
    shelf = planning_shelf(Population(people=40), source)

    assert set(shelf.types) <= {"Condition", "Encounter", "Observation", "Patient"}
    assert len(shelf.lines["Patient"]) > 0


def test_a_time_begins_after_its_beginning_and_ends_with_its_end():
    window = Window(NOW, NOW + timedelta(days=1))

    assert [window.has(NOW + timedelta(days=day)) for day in (0, 1, 2)] == [False, True, False]
    assert window.holds(Line("Patient", "1", None, b"{}"))


@needs_samples
async def test_a_published_export_is_exported_as_it_was():
    world = World(shelf=published_shelf(SAMPLES))
    async with world.client() as client:
        await let_in(client, world)
        found = await lines(client, (await exported(client, world)).json()["output"])

    types = [each["resourceType"] for each in found]
    assert types.count("Patient") == 13
    assert {"Encounter", "Condition", "Location", "Organization"} <= set(types)


def test_without_published_files_there_is_no_shelf(tmp_path):
    with pytest.raises(NoSamplesError):
        published_shelf(Samples(tmp_path))
