"""Every resource is served as its source wrote it, value for value, or the loss is listed with a reason.

`SCR_PROVE_PEOPLE` sets the size of the cohort, and lets every role read it; without it three roles read a slice.
"""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.simulators.cohort import make_cohort
from adapters.simulators.demo_users import DEMO_USERS
from fhir_profiles.nhs_number import NhsNumber
from gateway.wiring import now
from tests.london import London, running_london
from tests.safety.fidelity import (
    SOURCES,
    Compared,
    Reader,
    compared,
    known_to,
    may_be_opened,
    reading,
    unaccounted,
)
from tests.safety.unsplice import Object, Views, differences, read
from tests.stack import Stack, make_key_file, prepare_database, running_stack

WHOLE = os.environ.get("SCR_PROVE_PEOPLE")  # noqa: TID251 - a switch of the test run
PEOPLE = int(WHOLE or "30")
CARING = [name for name, user in DEMO_USERS.items() if "TREAT" in user.purposes]
READERS = CARING if WHOLE else ["gp", "ed-consultant", "paramedic"]

AT_LEAST_OF_A_SOURCE = 0.8
"""Resources of the least talkative source that a reader is shown of a person, on average, are more than this."""

ORIGINALS_OF_A_PERSON = 10


@pytest.fixture(scope="module")
def familiar_london() -> Iterator[London]:
    """Give a London in which everybody is known to every organisation that cares."""
    organisations = frozenset(DEMO_USERS[name].organisation for name in CARING)
    cohort = make_cohort(seed=1, people=PEOPLE, reference_time=now())
    with running_london(known_to(cohort, organisations)) as running:
        yield running


@pytest.fixture(scope="module")
def familiar_template(familiar_london: London, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("familiar") / "template.db"
    asyncio.run(prepare_database(path, familiar_london, make_key_file(path.with_suffix(".keys"))))
    return path


@pytest.fixture
async def familiar(
    familiar_london: London, familiar_template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Stack]:
    async with running_stack(familiar_london, familiar_template, tmp_path, compiled) as running:
        yield running


async def test_every_resource_of_the_cohort_is_its_sources_own_value_for_value(
    familiar: Stack, record_property: Callable[[str, object], None]
):
    found, alike = await compared_by_readers(familiar)
    people = familiar.london.cohort.people
    record_property("readers", len(READERS))
    record_property("people", len(people))
    record_property("alike", dict(found.alike))
    record_property("lesser", dict(found.lesser))

    assert found.differing == Counter()
    assert len(people) == PEOPLE
    assert {number for number in people if not alike[number]} == closed_to_all(familiar.london)
    assert found.alike.keys() == SOURCES | {"pds"}
    assert min(found.alike.values()) > AT_LEAST_OF_A_SOURCE * len(READERS) * PEOPLE


async def compared_by_readers(stack: Stack) -> tuple[Compared, Counter[NhsNumber]]:
    """Let every reader ask for everybody; give what was compared, and of whom how much."""
    found, alike = Compared(), Counter[NhsNumber]()
    for user in READERS:
        async with reading(stack, user) as reader:
            for number in stack.london.cohort.people:
                one = await compared_of(reader, number)
                alike[number] += one.alike.total() - one.alike["pds"]
                found.add(one)
    return found, alike


async def compared_of(reader: Reader, number: NhsNumber) -> Compared:
    heard = await reader.heard_about(number)
    return Compared() if heard is None else compared(reader.ids, heard)


def closed_to_all(london: London) -> set[NhsNumber]:
    """Give those whom nobody may open without breaking the glass."""
    people = london.cohort.people.items()
    return {number for number, person in people if not may_be_opened(person)}


async def test_every_scalar_of_a_practices_original_is_in_the_result_or_listed_with_a_reason(
    familiar: Stack, record_property: Callable[[str, object], None]
):
    missing: Counter[str] = Counter()
    originals: Counter[NhsNumber] = Counter()

    async with reading(familiar, "gp") as reader:
        for number in familiar.london.cohort.people:
            heard = await reader.heard_about(number)
            for answer in () if heard is None else heard.mapped:
                missing += unaccounted(answer)
                originals[number] = len(answer.originals)

    record_property("people with originals", len(+originals))
    record_property("originals", originals.total())
    assert missing == Counter()
    assert set(+originals) == told_by_practice(familiar.london)
    assert originals.total() > ORIGINALS_OF_A_PERSON * PEOPLE


def told_by_practice(london: London) -> set[NhsNumber]:
    """Give those of whom a practice may speak: of the dead, GP Connect answers nothing."""
    return {
        number
        for number, person in london.cohort.people.items()
        if may_be_opened(person) and "gp" not in person.objects_to and person.died_at is None
    }


@pytest.mark.parametrize(
    ("source", "served"),
    [
        (b'{"a":1.50}', b'{"a":1.5}'),
        (b'{"a":1,"b":2}', b'{"b":2,"a":1}'),
        (b'{"a":"1"}', b'{"a":1}'),
        (b'{"a":{"reference":"Condition/x"}}', b'{"a":{"reference":"Condition/x"}}'),
        (b'{"a":[{"b":1}]}', b'{"a":[{"b":1,"c":2}]}'),
        (b'{"a":"x"}', b"{}"),
    ],
)
def test_the_checker_sees_every_kind_of_change(source: bytes, served: bytes):
    own, other = read(source), read(served)
    meta = read(b'{"meta":{"source":"urn:scr:source:gp"},"id":"1"}')

    found = list(differences(own, Object([*meta, *other]), "1", Views("gp", {})))

    assert found != []
