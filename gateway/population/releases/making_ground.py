"""Hold all that releases are made of, besides what each asks for, and who makes their files.

Makes nothing. Whoever opens the service brings it together; `make` is `gateway/population/making.py`'s.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from gateway.population.datasets import Dataset
from gateway.population.gate import Refusal
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.ladders import Places
from gateway.population.ledger import ReleaseLedger
from gateway.population.release_order import ReleaseManifest, ReleaseOrder, SourceKind
from gateway.population.releases.leaving_out import LeavingOut
from gateway.population.releases.permits import ReleasePermits
from gateway.population.releases.plan import ReleasePlan, plan_now, read_plan
from gateway.population.releases.requests import declaration_of
from gateway.store.releases import Release

_LEDGER = b"release-ledger|v1"
"""A key of its own for whom published cells counted: the store's own key names people in the store."""

Watch: TypeAlias = Callable[[str, int, int], None]
"""Is told of each step, how much of it is done and of how much; may raise to stop the work."""

Make: TypeAlias = Callable[[ReleaseOrder, Path, Watch], ReleaseManifest | Refusal]


@dataclass(frozen=True, slots=True)
class MakingGround:
    """The datasets, the store and its sources, the areas, the ledger, the keys, who is left out, and what is permitted."""

    datasets: Mapping[str, Dataset]
    store: Path
    kinds: Mapping[str, SourceKind]
    places: Places = field(repr=False)
    venues: Mapping[str, str] = field(repr=False)
    ledger: ReleaseLedger = field(repr=False)
    custody: KeyCustody
    leaving_out: LeavingOut
    permits: ReleasePermits
    make: Make

    def plan(self, now: datetime) -> ReleasePlan:
        """Fix what a release that is begun now is made of."""
        return plan_now(self.store, self.kinds, now.date())

    def current_epoch(self, release: Release) -> int:
        """Say which epoch of the project's key is current.

        Raises CustodyError.
        """
        return self.custody.keyring().entry_of(key_of(release)).epoch

    async def order(self, release: Release, left_out: frozenset[str]) -> ReleaseOrder:
        """Order what was asked for, as it was planned when it was first begun.

        Raises CustodyError; KeyDestroyedError when the key of its epoch is no more.
        """
        plan = read_plan(release.plan or b"")
        with (
            await self.custody.open(key_of(release), release.epoch) as project_key,
            await self.custody.open(KeyName(Purpose.STORE)) as store_key,
        ):
            return ReleaseOrder(
                declaration=declaration_of(release.request),
                dataset=self.datasets[release.request.dataset],
                project=release.request.project,
                project_key=project_key.material,
                store=self.store,
                sources=plan.sources,
                places=self.places,
                left_out=left_out,
                ledger=self.ledger,
                ledger_key=hmac.digest(store_key.material, _LEDGER, "sha256"),
                today=plan.ordered_on,
                venues=self.venues,
            )


def key_of(release: Release) -> KeyName:
    """Name the key that a release is made with: its project's, for its recipient."""
    return KeyName(Purpose.PROJECT, release.request.project, release.request.recipient)
