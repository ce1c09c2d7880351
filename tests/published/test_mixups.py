"""SO-01, SO-02: a practice sends published records of two people mixed up; nothing of the other is shown.

`SCR_PROVE_COUNT` sets how many splices of each kind are made, `SCR_PROVE_SEED` repeats a run.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from adapters.contract import Outcome
from adapters.gp_connect import answer_of
from adapters.simulators.people import DEMO_PRACTICE
from adapters.simulators.published.people import World
from adapters.transport import Fetched
from fhir_profiles.vocabulary import Category
from gateway.patient.verify import Verified, verify
from gateway.patient.work import WorkMemory
from tests.adapters.stub_source import answer as says
from tests.adapters.stub_source import stub_source
from tests.london import London
from tests.published.samples import needs_samples
from tests.published.splices import (
    NOBODYS,
    SPLICES,
    Record,
    may_be_told_apart,
    person_of,
    record_of,
    spliced,
)
from tests.published.table import small_first
from tests.safety.published_lists import COUNT, SEED
from tests.stack import running_stack

pytestmark = needs_samples
FHIR = "application/fhir+json"


@pytest.fixture(scope="module")
def records(published: World) -> list[Record]:
    """Give the records of the people with the smallest files, in the order of the table."""
    rows = [row for row in small_first(published.rows.values()) if row.gp is not None]
    found = (record_of(published, row) for row in rows[:24])
    return [each for each in found if each is not None][:10]


def pairs_of(records: list[Record], random: Random) -> list[tuple[Record, Record]]:
    pairs = [(own, other) for own in records for other in records if may_be_told_apart(own, other)]
    random.shuffle(pairs)
    return pairs


def told_of(world: World, own: Record, body: bytes) -> Verified:
    answer = answer_of("gp", Fetched(200, FHIR, body), frozenset(Category))
    read = WorkMemory(lambda: 0.0).read(answer)
    return verify(read, person_of(world, own.row), own.row.number)


def bodies_of(verified: Verified) -> set[bytes]:
    return {each.body for each in verified.proven if each.type not in NOBODYS}


@pytest.mark.parametrize("kind", SPLICES)
def test_so_02_nothing_of_the_other_published_person_is_proven(
    published: World, records: list[Record], kind: str
):
    random = Random(SEED)
    ends: Counter[Outcome] = Counter()
    pairs = pairs_of(records, random)
    for number in range(COUNT or 12):
        own, other = pairs[number % len(pairs)]
        alone = bodies_of(told_of(published, own, orjson.dumps(own.bundle)))

        verified = told_of(published, own, spliced(kind, random, own, other))

        ends[verified.outcome] += 1
        told = f"{own.row.gp}, {other.row.gp}, seed {SEED}"
        strange = [each for each in bodies_of(verified) - alone if not is_own(each, own)]
        assert strange == [], told
        assert not any(other.row.number.digits.encode() in each for each in bodies_of(verified))

    assert Outcome.DATA not in ends


def is_own(body: bytes, own: Record) -> bool:
    """Say whether a resource that differs from its copy in the own record is about the person all the same.

    A reference in it may have lost its target, or its id be another: the local ids of the two differ.
    """
    resource = orjson.loads(body)
    subject = resource.get("subject", resource.get("patient", {})).get("reference", "")
    return bool(subject == f"Patient/{own.patient['id']}")


def test_the_records_are_of_people_who_can_be_told_apart(published: World, records: list[Record]):
    assert len(records) >= 6
    assert len(pairs_of(records, Random(1))) >= 20
    for own in records:
        assert bodies_of(told_of(published, own, orjson.dumps(own.bundle)))


@pytest.mark.parametrize("kind", ["whole", "both", "one-item"])
async def test_so_02_a_reader_is_shown_nothing_of_the_other_published_person(
    published: World,
    records: list[Record],
    london: London,
    template: Path,
    tmp_path: Path,
    compiled: Mapping[str, Any],
    kind: str,
):
    random = Random(SEED)
    own, other = pairs_of(records, random)[0]
    body = spliced(kind, random, own, other)
    async with stub_source(says(body)) as stub:
        endpoint = {"practice": DEMO_PRACTICE, "base_url": stub.url, "asid": "200000000001"}
        async with running_stack(
            london, template, tmp_path, compiled, gp_endpoint=[endpoint]
        ) as stack:
            answer = await stack.everything("gp", own.row.number.digits)

    assert stub.asked != []
    assert answer.outcomes["gp"] == ("malformed" if kind == "one-item" else "refused")
    assert other.row.number.digits.encode() not in answer.response.content
    shown = {each["resourceType"] for each in answer.from_source("gp")}
    assert (shown == set()) is (kind != "one-item")
