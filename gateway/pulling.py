"""Pull from every bulk source that the settings name, each on record before it is asked and when it is done.

Holds no rule: who may pull what, `gateway/access/feeding.py` decides anew for each source.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.bulk import open_bulk_source
from adapters.contract import Outcome
from adapters.source_clients import Surroundings as Wire
from adapters.source_clients import open_source_client
from adapters.transport import Unfetched
from fhir_profiles.vocabulary import Category
from gateway.access.feeding import FeedAccess, FeedPermit, FeedWanted
from gateway.access.permit import Refusal
from gateway.audit.acts import PullBegun, PullEnded
from gateway.audit.log import AuditLog
from gateway.bulk_sources import bulk_config_of
from gateway.planning import practices_of
from gateway.population.allow_list import load_allow_lists
from gateway.population.ground import Ground
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.ladders import Places
from gateway.population.linkage import Linkage
from gateway.population.pull import PullOrder, PullProgress, Stopped, pull
from gateway.population.pull_cleaning import StoreCleaning
from gateway.population.pull_files import AlreadyPullingError
from gateway.population.pull_manifest import PullManifest
from gateway.population.released_codes import load_code_lists
from gateway.settings import BulkSourceSettings, PopulationSettings

PULLED_CATEGORIES = frozenset({Category.DEMOGRAPHICS, Category.ENCOUNTERS, Category.PROBLEMS})
"""Judgement: of what the allow-lists keep, what the declared datasets are made of; an agreement must cover all of it."""

Watch = Callable[[str, PullProgress], None]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a source was not asked, by the closed word of the decision."""

    reason: str


Pulled = PullManifest | Stopped | Refused


@dataclass(frozen=True, slots=True)
class Pulling:
    """What all pulls of a deployment share; `run_by` stands for them on record."""

    planning: PopulationSettings
    access: FeedAccess
    log: AuditLog
    custody: KeyCustody
    linkage: Linkage
    places: Places = field(repr=False)
    wire: Wire
    run_by: str

    async def pull_from(self, source: BulkSourceSettings, watch: Watch) -> Pulled:
        """Bring what changed at one source since the last pull that finished; one that was cut off goes on.

        Raises AlreadyPullingError, SourceConfigError, CustodyError, OSError, UnavailableError.
        """
        permit, now = await self._permit(source), self.wire.now
        if not isinstance(permit, FeedPermit):
            ended = PullEnded(now(), self.run_by, source.id, Outcome.NOT_ASKED, None)
            await self.log.append(ended)
            return Refused(permit.reason.value)
        named = (source.id, permit.dataset, permit.project, permit.agreement)
        await self.log.append(PullBegun(now(), self.run_by, *named))
        try:
            found = await self._pulled(source, permit, watch)
        except AlreadyPullingError:
            # It goes on elsewhere.
            raise
        except Exception:
            # A full disk or a key that does not open ends a pull as well.
            await self.log.append(PullEnded(now(), self.run_by, source.id, Outcome.FAILED, None))
            raise
        outcome = found.outcome if isinstance(found, Stopped) else Outcome.DATA
        number = found.pull if isinstance(found, PullManifest) else None
        await self.log.append(PullEnded(now(), self.run_by, source.id, outcome, number))
        return found

    async def _permit(self, source: BulkSourceSettings) -> FeedPermit | Refusal:
        return await self.access.pull_permit(self._wanted(), source.organisation)

    async def _pulled(
        self, source: BulkSourceSettings, permit: FeedPermit, watch: Watch
    ) -> PullManifest | Stopped:
        client = open_source_client(bulk_config_of(source), self.wire)
        try:
            opened = await open_bulk_source(client, self.wire.monotonic)
            if isinstance(opened, Unfetched):
                return Stopped(opened.outcome, opened.reason, opened.http_status)
            with await self.custody.open(KeyName(Purpose.STORE)) as key:
                cleaning = StoreCleaning(self._ground(source, key.material), self.linkage)
                return await pull(permit, opened, cleaning, self._order(source, watch))
        finally:
            await client.aclose()

    def _wanted(self) -> FeedWanted:
        named = self.planning
        return FeedWanted(
            *(named.feed_dataset, named.feed_project, named.feed_recipient, named.feed_purpose),
            PULLED_CATEGORIES,
        )

    def _order(self, source: BulkSourceSettings, watch: Watch) -> PullOrder:
        planning = self.planning
        return PullOrder(
            planning.store_folder,
            planning.types,
            self.wire.now,
            lambda told: watch(source.id, told),
        )

    def _ground(self, source: BulkSourceSettings, store_key: bytes) -> Ground:
        return Ground(
            source=source.id,
            store_key=store_key,
            people={},
            places=self.places,
            register=practices_of(self.planning),
            allow_lists=load_allow_lists(),
            code_lists=load_code_lists(),
            base=source.base_url.rstrip("/"),
        )
