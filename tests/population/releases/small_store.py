"""A small store of the planning side: twenty people whom one hospital told of."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

from fhir_profiles.systems import V3_CONFIDENTIALITY
from gateway.population.declaration import Declaration
from gateway.population.given import Given
from gateway.population.ladders import Places
from gateway.population.ledger import LedgerInMemory
from gateway.population.pseudonyms import spell
from gateway.population.pull_manifest import (
    Partition,
    PullManifest,
    pull_folder,
    write_manifest,
    write_partition,
)
from gateway.population.release_order import ReleaseOrder, SourceKind, sources_now
from tests.population.releases.small_making import DATASET, PURPOSE

PEOPLE = tuple(spell(bytes([number]) * 16) for number in range(1, 21))


async def unmarked() -> str:
    """Give the mark of the key that named the people of the stores of tests: none."""
    return ""


PULLED_AT = datetime(2026, 3, 1, tzinfo=UTC)


RESTRICTED = {"meta": {"security": [{"system": V3_CONFIDENTIALITY, "code": "R"}]}}
DIED = {"deceasedDateTime": "2026-02"}


def fill(
    store: Path,
    people=PEOPLE,
    pull: int = 1,
    said=MappingProxyType({}),
    key_mark="",
    source="hospital",
) -> None:
    """Have a pull leave people at rest, and what is said of some of them."""
    folder = store / source
    rows = b"".join(
        json.dumps({"resourceType": "Patient", "id": each, **said.get(each, {})}).encode() + b"\n"
        for each in people
    )
    partition = write_partition(
        pull_folder(folder, pull), Partition("00000-00000-Patient.ndjson", "Patient"), rows
    )
    told = (source, "small", "violence", "LDSA-1", ("Patient",), ("Patient",))
    times = (None, PULLED_AT, False, PULLED_AT)
    write_manifest(folder, PullManifest(pull, *told, *times, (partition,), key_mark=key_mark))


def order_of(store: Path, left_out: frozenset[str] = frozenset()) -> ReleaseOrder:
    """Order a release of everybody in a store but these."""
    said = (PURPOSE, "law", "CSP1", "LDSA-1", date(2026, 12, 31), "a room that is locked")
    return ReleaseOrder(
        *(Declaration("a" * 32, "small", *said), DATASET, "violence", b"p" * 32, store),
        *(sources_now(store, {"hospital": SourceKind.HOSPITAL}), Places({}, {}, {}), left_out),
        *(LedgerInMemory(), b"l" * 32, date(2026, 3, 2), Given()),
    )
