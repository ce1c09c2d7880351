"""Make every release once before, of people who are nobody, and look for them in its files.

They go the whole way: de-identified by the lists of today, put in a store, read, shaped, gated, written. Their identifiers stand in
every element but those few that a row is made of. A trace of one in any file refuses the release itself.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from gateway.population.allow_list import load_allow_lists
from gateway.population.canaries import Identifier, make_canary, traces_of
from gateway.population.canary_files import readable
from gateway.population.contents.months import Months
from gateway.population.contents.nobody import PRACTICE, TRUST, Nobody
from gateway.population.deidentify import Deidentifier
from gateway.population.gate import Refusal
from gateway.population.given import Given
from gateway.population.ground import Ground
from gateway.population.ladders import LONDON
from gateway.population.ledger import LedgerInMemory
from gateway.population.people import traced
from gateway.population.pull_manifest import (
    Partition,
    PullManifest,
    pull_folder,
    write_manifest,
    write_partition,
)
from gateway.population.release_order import ReleaseOrder, SourceKind, StoreSource
from gateway.population.released_codes import load_code_lists

_PEOPLE = 24
"""More than twice as many as any dataset wants alike, for some are kept back by chance."""
_TYPES = ("Patient", "Encounter", "Observation")
_PULL = 1
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

Make = Callable[[ReleaseOrder, Path], object]


def rehearse(order: ReleaseOrder, months: Months, work: Path, make: Make) -> Refusal | None:
    """Make the release of nobody in a folder that is there for it; refuse if it fails, or tells of them.

    `make` writes the files of an order into a folder, or gives a Refusal.
    """
    cast = _Cast.of(order, months)
    (files := work / "files").mkdir()
    made = make(cast.order_in(work / "store", order), files)
    if isinstance(made, Refusal):
        return Refusal(tuple(f"with people who are nobody: {each}" for each in made.reasons))
    parts = (readable(path.read_bytes()) for path in sorted(files.iterdir()))
    content = b"\n".join(part for each in parts for part in each)
    found = {trace for each in cast.people for trace in traces_of(each.canary, content)}
    told = sorted({f"a canary's {trace.identifier} is in a file" for trace in found})
    return Refusal(tuple(told)) if told else None


@dataclass(frozen=True, slots=True)
class _Cast:
    """The people who are nobody of one order; the same order has the same."""

    secret: bytes
    people: tuple[Nobody, ...]

    @classmethod
    def of(cls, order: ReleaseOrder, months: Months) -> "_Cast":
        """Make them up."""
        secret = hmac.digest(order.project_key, b"rehearsal", "sha256")
        random = Random(secret)  # noqa: S311 - nobody is hidden by it
        lsoa = min(order.places.borough_of, default=LONDON)
        return cls(
            secret, tuple(Nobody(make_canary(random), months, lsoa) for _each in range(_PEOPLE))
        )

    def order_in(self, store: Path, order: ReleaseOrder) -> ReleaseOrder:
        """Put them at rest, and give the order of the same release, of them."""
        for kind in SourceKind:
            self._put(store / kind, kind, order)
        sources = tuple(StoreSource(kind.value, kind, _PULL) for kind in SourceKind)
        order = replace(order, left_out=frozenset(), gone=frozenset(), given=Given())
        return replace(order, store=store, sources=sources, ledger=LedgerInMemory())

    def _put(self, folder: Path, kind: SourceKind, order: ReleaseOrder) -> None:
        raw = self._raw(kind)
        people = traced(raw["Patient"], self.secret).people.by_id
        clean = Deidentifier(replace(self._ground(kind, order), people=people))
        within = pull_folder(folder, _PULL)
        parts = tuple(
            write_partition(within, Partition(f"{each}.ndjson", each), clean(raw[each]).ndjson)
            for each in _TYPES
        )
        write_manifest(folder, _manifest(kind, parts))

    def _raw(self, kind: SourceKind) -> Mapping[str, bytes]:
        lists = {each.resource_type: each for each in load_allow_lists()}
        return {
            each: b"\n".join(
                record for nobody in self.people for record in nobody.records(kind, lists[each])
            )
            for each in _TYPES
        }

    def _ground(self, kind: SourceKind, order: ReleaseOrder) -> Ground:
        told = (each.canary.identifiers[Identifier.POSTCODE] for each in self.people)
        places = replace(
            order.places, lsoa_of={each.replace(" ", ""): self.people[0].lsoa for each in told}
        )
        register = dict.fromkeys((PRACTICE, TRUST), "An organisation of no register")
        lists = load_code_lists()
        return Ground(kind, self.secret, {}, places, register, load_allow_lists(), lists)


def _manifest(kind: SourceKind, parts: tuple[Partition, ...]) -> PullManifest:
    return PullManifest(
        pull=_PULL,
        source=kind.value,
        dataset="rehearsal",
        project="rehearsal",
        agreement="rehearsal",
        types=_TYPES,
        whole=_TYPES,
        since=None,
        covers_until=None,
        is_partial=False,
        finished_at=_LONG_AGO,
        partitions=parts,
    )
