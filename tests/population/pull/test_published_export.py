"""Of a published export, whose people have no NHS number, nothing of anybody comes to rest."""

import json
from collections import Counter

from adapters.simulators.bulk.shelf import published_shelf
from gateway.population.pull import PullOrder, pull
from gateway.population.pulled import current_rows
from tests.population.pull.cleaning import Permitted
from tests.population.pull.served import served
from tests.population.pull.test_store_cleaning import cleaning
from tests.published.samples import SAMPLES, needs_samples

STUB = {"resourceType", "id", "meta"}
"""What stands for a row that is nobody's: that it is barred, under the store's own name for it."""

TYPES = ("Patient", "Encounter", "Condition", "Location", "Organization")


@needs_samples
async def test_of_people_without_a_number_nothing_is_kept_but_where_they_were_seen(tmp_path):
    with served(published_shelf(SAMPLES)) as world:
        world.clock.pass_(minutes=10)
        order = PullOrder(tmp_path, TYPES, world.clock, lambda _: None)
        async with world.source() as source:
            await pull(Permitted(), source, cleaning(), order)

    [folder] = [each for each in tmp_path.iterdir() if each.is_dir()]
    rows = [json.loads(row) for each in TYPES for row in current_rows(folder, each)]
    told = Counter(each["resourceType"] for each in rows if each.keys() != STUB)
    assert told == Counter(Location=44, Organization=43)
    assert not any(each["resourceType"] == "Patient" for each in rows)
