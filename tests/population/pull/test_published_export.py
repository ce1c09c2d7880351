"""Of a published export, whose people have no NHS number, nothing of anybody comes to rest."""

from collections import Counter

from adapters.simulators.bulk.shelf import published_shelf
from gateway.population.pull import PullOrder, pull
from tests.population.pull.cleaning import Permitted
from tests.population.pull.served import served
from tests.population.pull.test_store_cleaning import cleaning
from tests.published.samples import SAMPLES, needs_samples

TYPES = ("Patient", "Encounter", "Condition", "Location", "Organization")


@needs_samples
async def test_of_people_without_a_number_nothing_is_kept_but_where_they_were_seen(tmp_path):
    with served(published_shelf(SAMPLES)) as world:
        world.clock.pass_(minutes=10)
        order = PullOrder(tmp_path, TYPES, world.clock, lambda _: None)
        async with world.source() as source:
            manifest = await pull(Permitted(), source, cleaning(), order)

    rows = Counter()
    for each in manifest.partitions:
        rows[each.resource_type] += each.rows
    assert +rows == Counter(Location=44, Organization=43)
