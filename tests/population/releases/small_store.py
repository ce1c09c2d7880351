"""A small store of the planning side: twenty people whom one hospital told of."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from gateway.population.declaration import Declaration
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
PULLED_AT = datetime(2026, 3, 1, tzinfo=UTC)


def fill(store: Path, people=PEOPLE, pull: int = 1) -> None:
    """Have a pull leave people at rest."""
    folder = store / "hospital"
    rows = b"".join(
        json.dumps({"resourceType": "Patient", "id": each}).encode() + b"\n" for each in people
    )
    partition = write_partition(
        pull_folder(folder, pull), Partition("00000-00000-Patient.ndjson", "Patient"), rows
    )
    told = ("hospital", "small", "violence", "LDSA-1", ("Patient",), ("Patient",))
    times = (None, PULLED_AT, False, PULLED_AT)
    write_manifest(folder, PullManifest(pull, *told, *times, (partition,)))


def order_of(store: Path, left_out: frozenset[str] = frozenset()) -> ReleaseOrder:
    """Order a release of everybody in a store but these."""
    said = (PURPOSE, "law", "CSP1", "LDSA-1", date(2026, 12, 31), "a room that is locked")
    return ReleaseOrder(
        *(Declaration("a" * 32, "small", *said), DATASET, "violence", b"p" * 32, store),
        *(sources_now(store, {"hospital": SourceKind.HOSPITAL}), Places({}, {}, {}), left_out),
        *(LedgerInMemory(), b"l" * 32, date(2026, 3, 2)),
    )
