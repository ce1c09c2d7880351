"""The whole service shows people of published records, joined from three sources over real HTTP."""

import pytest

from adapters.simulators.published.people import World
from adapters.simulators.published.table import Row
from fhir_profiles.systems import NHS_NUMBER
from tests.published.samples import IS_WHOLE, needs_samples
from tests.published.table import small_first
from tests.stack import Bundle, Stack

pytestmark = needs_samples
SOURCES = ("gp", "hospital", "ambulance")


def seen(published: World) -> list[Row]:
    """Give those with all three sources: all in a whole run, else those with the smallest records."""
    whole = [row for row in small_first(published.rows.values()) if len(row.files) == 3]
    return whole if IS_WHOLE else whole[:6]


@pytest.mark.parametrize("user", ["gp", "ed-consultant"])
async def test_people_with_three_sources_are_seen_with_three_sources(
    published: World, stack: Stack, user: str
):
    for row in seen(published):
        record: Bundle = await stack.everything(user, row.number.digits)

        assert record.status == 200
        assert all(record.from_source(source) for source in SOURCES), row
        assert set(record.outcomes.values()) <= {"data", "malformed"}


async def test_a_published_person_is_found_by_the_test_number(published: World, stack: Stack):
    row = seen(published)[0]

    answer = await stack.post(
        "gp", "/fhir/Patient/_search", {"identifier": f"{NHS_NUMBER}|{row.number.digits}"}
    )

    (patient,) = Bundle(answer).of("Patient")
    assert patient["name"][0]["family"] == published.cohort.people[row.number].family_name
