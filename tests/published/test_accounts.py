"""Every resource of every published file is in the view or listed with one of six reasons, no more than agreed.

The largest hospital records and most single examples run with SCR_PUBLISHED=all.
"""

from collections.abc import Iterator

import pytest

from adapters.simulators.published.people import World
from tests.london import London
from tests.published.account import Account, Why
from tests.published.examples import Example, examples, running_examples
from tests.published.samples import IS_WHOLE, needs_samples
from tests.published.table import (
    GP_TABLE,
    R4_TABLE,
    grown,
    of_ambulance,
    of_example,
    of_gp,
    of_hospital,
    read_tables,
    small_first,
)

pytestmark = needs_samples
AGREED = read_tables(GP_TABLE, R4_TABLE)
HOSPITAL_RECORDS = None if IS_WHOLE else 12
EVERY = 1 if IS_WHOLE else 8


def assert_agreed(found: Account) -> None:
    assert found.is_balanced, found
    assert grown(found, AGREED[found.file]) == {}, found.file


async def test_every_gp_record_is_accounted_for_and_loses_no_scalar(
    published: World, london: London
):
    for row in published.rows.values():
        if row.gp is not None:
            found = await of_gp(london, published, row)

            assert_agreed(found)
            assert (found.scalars_lost, found.differing, found.ours) == (0, 0, 0)


async def test_hospital_records_are_accounted_for(published: World, london: London):
    for row in small_first(published.rows.values())[:HOSPITAL_RECORDS]:
        found = await of_hospital(london, published, row)

        assert_agreed(found)
        assert found.differing == 0


async def test_ambulance_messages_are_accounted_for(published: World, london: London):
    for row in published.rows.values():
        if row.ambulance is not None:
            found = await of_ambulance(london, published, row)

            assert_agreed(found)
            assert found.differing == 0


@pytest.fixture(scope="module")
def served() -> list[Example]:
    return examples()[::EVERY]


@pytest.fixture(scope="module")
def examples_london(served: list[Example]) -> Iterator[London]:
    with running_examples(served) as running:
        yield running


async def test_single_examples_are_accounted_for(served: list[Example], examples_london: London):
    for place, example in enumerate(served):
        found = await of_example(examples_london, example, place)

        assert_agreed(found)
        assert found.differing == 0


def test_the_agreed_tables_balance_lose_nothing_and_name_six_reasons():
    assert len(Why) == 6
    assert all(each.is_balanced for each in AGREED.values())
    assert sum(each.scalars_lost + each.ours + each.differing for each in AGREED.values()) == 0
