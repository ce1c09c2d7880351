"""Make an approved release and publish it: one job at a time, which stops when it is cancelled and goes on when killed.

The lease saves work; what guards is the release's generation: whoever began last may publish, and nobody before them.
docs/decisions/0036 says in which order files and database change.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from gateway.audit.acts import ReleaseBegun, ReleaseEnded, ReleasePublished
from gateway.errors import ConflictError
from gateway.population.gate import Refusal
from gateway.population.opt_outs import Refused
from gateway.population.release_order import ReleaseManifest
from gateway.population.releases.beating import Beat, StoppedError, lease_of
from gateway.population.releases.desk import ReleaseDesk, must_have_been, possible
from gateway.population.releases.folders import make_tree_durable
from gateway.population.releases.leaving_out import Excluded
from gateway.population.releases.making_ground import MakingGround
from gateway.population.releases.plan import read_plan
from gateway.population.releases.states import Move, begun, ended, published
from gateway.population.releases.telling import reasons_for_planners
from gateway.population.releases.verifying import faults_of_release, hash_of_manifest
from gateway.store.leases import take_lease
from gateway.store.releases import Release, change_release
from gateway.store.sessions import Writing

_TRIES = 3
"""How often a release is made anew because whom it leaves out changed meanwhile; a list changes once a day."""

_LISTS: dict[Refused, str] = {
    Refused.NO_LIST: "There is no national opt-out list that may be used now: it expired, or never came.",
    Refused.EXPIRED_LIST: "The national opt-out list has expired.",
}


@dataclass(frozen=True, slots=True)
class Made:
    """The files of a release, whole and aside."""

    folder: Path
    manifest: ReleaseManifest


@dataclass(frozen=True, slots=True)
class ReleaseJobs:
    """The jobs of a deployment."""

    desk: ReleaseDesk
    ground: MakingGround
    now: Callable[[], datetime]

    async def run(self, release_id: UUID, holder: str) -> Release:
        """Make a release and publish it, and give what became of it: published, refused, or cancelled meanwhile.

        Whoever runs it is given every reason of a refusal; with the release stay those that planners may read.

        Raises NotFoundError, ConflictError when it is not to be made or another job makes it, CustodyError, OSError,
        UnavailableError: it is then to be run again.
        """
        before = await self.desk.release(release_id)
        now = self.now()
        epoch = self.ground.current_epoch(before)
        after = possible(begun(before, epoch, self.ground.plan(now).written(), holder, now))
        if not await take_lease(self.desk.store, lease_of(before, holder, now), now):
            raise ConflictError("Another job makes this release, or did until just now.")
        release = await self._begin(before, after, holder, now)
        try:
            return await self._outcome(release, holder)
        except StoppedError:
            return await self._stopped(release_id)
        except Exception:
            # Whoever gives it up removes the files from under their maker, which may then fail in any way.
            if (await self.desk.release(release_id)).generation == release.generation:
                raise
            return await self._stopped(release_id)

    async def _stopped(self, release_id: UUID) -> Release:
        await asyncio.to_thread(self.desk.folders.clear_making, release_id)
        return await self.desk.release(release_id)

    async def _begin(self, before: Release, after: Release, holder: str, now: datetime) -> Release:
        event = ReleaseBegun(now, holder, after.id, after.generation, after.epoch or 0)
        async with self.desk.log.recorded(event) as session:
            must_have_been(await session.do(change_release, before, after))
        # Whoever was killed between moving the files and committing left them there: nobody was given them.
        await asyncio.to_thread(self.desk.folders.take_out, after.request.project, after.id)
        return after

    async def _outcome(self, release: Release, holder: str) -> Release:
        against = await self.ground.permits.why_not(release)
        if against is not None:
            return await self._refuse(release, Refusal((against,)), holder)
        for time in range(_TRIES):
            left_out = await self._left_out(release)
            made = (
                left_out
                if isinstance(left_out, Refusal)
                else await self._made(release, holder, left_out, time)
            )
            if isinstance(made, Refusal):
                return await self._refuse(release, made, holder)
            # Who opted out, or was flagged by a pull, while it was made is in none of its files.
            if await self._left_out(release) == left_out:
                return await self._publish(release, made, holder)
        raise ConflictError("Whom this release leaves out changes too often: run it again later.")

    async def _left_out(self, release: Release) -> Excluded | Refusal:
        rule = self.ground.datasets[release.request.dataset].opt_out_rule
        plan = read_plan(release.plan or b"")
        found = await self.ground.leaving_out.left_out(rule, plan, self.now())
        return Refusal((_LISTS[found],)) if isinstance(found, Refused) else found

    async def _made(
        self, release: Release, holder: str, left_out: Excluded, time: int
    ) -> Made | Refusal:
        """Make the files aside, and see that they are those of their manifest before anybody else does."""
        order = await self.ground.order(release, left_out, time)
        folder = await asyncio.to_thread(self.desk.folders.begin, release.id, release.generation)
        beat = Beat(self.desk.store, release, holder, self.now, asyncio.get_running_loop())
        made = await asyncio.to_thread(self.ground.make, order, folder, beat)
        if isinstance(made, Refusal):
            return made
        faults = await asyncio.to_thread(_finished, folder)
        return Refusal(faults) if faults else Made(folder, made)

    async def _refuse(self, release: Release, refusal: Refusal, holder: str) -> Release:
        now = self.now()
        told = reasons_for_planners(refusal)
        after = possible(ended(release, Move.REFUSE, told, holder, now))
        event = ReleaseEnded(now, holder, release.id, after.state, refusal.reasons)
        async with self.desk.log.recorded(event) as session:
            must_have_been(await session.do(change_release, release, after))
        await asyncio.to_thread(self.desk.folders.clear_making, release.id)
        return replace(after, why=refusal.reasons)

    async def _publish(self, release: Release, made: Made, holder: str) -> Release:
        """Move the files into their place within the transaction that says so: nobody else writes meanwhile."""
        now, digest = self.now(), await asyncio.to_thread(hash_of_manifest, made.folder)
        after = possible(published(release, digest, made.manifest.destroy_by, holder, now))
        assert after.expires_at is not None  # it is published
        event = ReleasePublished(now, holder, release.id, digest, after.expires_at)
        async with self.desk.log.recorded(event) as session:
            must_have_been(await session.do(change_release, release, after))
            await session.do(_put_in_place, self.desk, made, after)
        return after


def _put_in_place(_writing: Writing, desk: ReleaseDesk, made: Made, release: Release) -> None:
    desk.folders.publish(made.folder, release.request.project, release.id)


def _finished(folder: Path) -> tuple[str, ...]:
    make_tree_durable(folder)
    return tuple(faults_of_release(folder))
