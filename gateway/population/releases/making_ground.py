"""Hold all that releases are made of, besides what each asks for, and who makes their files.

Makes nothing. Whoever opens the service brings it together; `make` is `gateway/population/making.py`'s.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from gateway.population.datasets import Dataset
from gateway.population.declaration import Declaration
from gateway.population.gate import Refusal
from gateway.population.given import Given
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.ladders import Places
from gateway.population.ledger import Attempt, ReleaseLedger
from gateway.population.release_order import ReleaseManifest, ReleaseOrder, SourceKind
from gateway.population.releases.leaving_out import Excluded, LeavingOut
from gateway.population.releases.permits import ReleasePermits
from gateway.population.releases.plan import ReleasePlan, plan_now, read_plan
from gateway.population.releases.requests import declaration_of
from gateway.store.releases import Release

_COUNTS = b"counts|v1"
"""A key of its own for what people are called while they are counted; they are called so to nobody."""

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
    given: Callable[[], Awaitable[Given]]
    custody: KeyCustody
    leaving_out: LeavingOut
    permits: ReleasePermits
    make: Make

    def plan(self, now: datetime) -> ReleasePlan:
        """Fix what a release that is begun now is made of."""
        return plan_now(self.store, self.kinds, now.date())

    def current_epoch(self, release: Release) -> int:
        """Say which epoch of the project's key is current.

        Raises CustodyError; KeyDestroyedError when it was destroyed, so that nothing is begun that cannot be made.
        """
        entry = self.custody.keyring().entry_of(key_of(release))
        entry.wrapped()
        return entry.epoch

    async def order(self, release: Release, left_out: Excluded, time: int = 0) -> ReleaseOrder:
        """Order what was asked for, as it was planned when it was first begun, for which time in this generation.

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
                left_out=left_out.people,
                gone=left_out.gone,
                ledger=self.ledger,
                ledger_key=hmac.digest(store_key.material, _LEDGER, "sha256"),
                today=plan.ordered_on,
                given=await self.given(),
                attempt=Attempt(release.generation, time),
                venues=self.venues,
            )

    async def order_of_counts(
        self, declaration: Declaration, plan: ReleasePlan, left_out: Excluded
    ) -> ReleaseOrder:
        """Order what counts are answered from: of nobody's project, for no pseudonym leaves with a count.

        Raises CustodyError.
        """
        with await self.custody.open(KeyName(Purpose.STORE)) as store_key:
            ledger_key = hmac.digest(store_key.material, _LEDGER, "sha256")
        return ReleaseOrder(
            declaration=declaration,
            dataset=self.datasets[declaration.dataset],
            project="",
            project_key=hmac.digest(ledger_key, _COUNTS, "sha256"),
            store=self.store,
            sources=plan.sources,
            places=self.places,
            left_out=left_out.people,
            gone=left_out.gone,
            ledger=self.ledger,
            ledger_key=ledger_key,
            today=plan.ordered_on,
            given=await self.given(),
            venues=self.venues,
        )


def key_of(release: Release) -> KeyName:
    """Name the key that a release is made with: its project's, for its recipient."""
    return KeyName(Purpose.PROJECT, release.request.project, release.request.recipient)
