"""Ask for releases, agree to them, end them, and give out their files: each act on record before its effect.

Decides nothing about who may do what: whoever calls has asked, and names the person. What may follow what is in
`gateway/population/releases/states.py`.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from uuid import UUID

from gateway.audit.acts import (
    ReleaseApproved,
    ReleaseEnded,
    ReleaseFetched,
    ReleaseRequested,
)
from gateway.audit.free_text import without_identifiers
from gateway.audit.log import AuditLog
from gateway.errors import (
    BadRequestError,
    ConflictError,
    GoneError,
    NotFoundError,
    RefusedError,
    UnavailableError,
)
from gateway.population.datasets import Dataset
from gateway.population.releases.folders import MANIFEST, ReleaseFolders
from gateway.population.releases.opening import OpenedFile, open_unaltered
from gateway.population.releases.requests import (
    Wanted,
    digest_of,
    faults_of_wanted,
    request_of,
)
from gateway.population.releases.states import (
    AGREED,
    ENDED,
    Move,
    NotPossible,
    approved,
    ended,
    is_there,
    is_twin,
)
from gateway.population.releases.verifying import AlteredReleaseError
from gateway.store.engine import Store
from gateway.store.releases import (
    Release,
    ReleaseProgress,
    ReleaseUse,
    add_release,
    change_release,
    note_release_use,
    release_of,
    release_progress,
    release_uses,
    releases,
)
from gateway.store.words import ReleaseState


@dataclass(frozen=True, slots=True)
class ReleaseDesk:
    """Everything that people do with releases; making them is `ReleaseJobs`' work."""

    store: Store
    log: AuditLog
    folders: ReleaseFolders
    datasets: Mapping[str, Dataset]
    new_id: Callable[[], UUID]

    async def request(self, wanted: Wanted, by: str, now: datetime) -> Release:
        """Ask for a release.

        Raises BadRequestError listing every fault, UnavailableError.
        """
        if not by.strip():
            raise BadRequestError(NotPossible.NOBODY.capitalize())
        self.must_be_whole(wanted, now)
        release = Release(request_of(wanted, self.new_id(), by, now))
        asked = release.request
        event = ReleaseRequested(
            *(now, by, asked.id, asked.project, asked.recipient, asked.dataset),
            *(asked.agreement, asked.digest),
        )
        async with self.log.recorded(event) as session:
            await session.do(add_release, release)
        return release

    def must_be_whole(self, wanted: Wanted, now: datetime) -> None:
        """Refuse what cannot be asked for, whoever asks.

        Raises BadRequestError listing every fault.
        """
        faults = tuple(faults_of_wanted(wanted, frozenset(self.datasets), now))
        if faults:
            raise BadRequestError(" ".join(faults))

    async def approve(self, release_id: UUID, by: str, now: datetime) -> Release:
        """Agree to exactly what somebody else asked for.

        Raises NotFoundError, RefusedError to whoever asked for it, ConflictError, UnavailableError.
        """
        before = await self.release(release_id)
        if digest_of(before.request) != before.request.digest:
            _refuse(NotPossible.NOT_AS_ASKED)
        after = possible(approved(before, by, now))
        event = ReleaseApproved(now, by, release_id, before.request.digest)
        async with self.log.recorded(event) as session:
            must_have_been(await session.do(change_release, before, after))
            # In the act's own transaction, for two of them may be agreed to at once.
            self._refuse_twin(after, await session.do(releases, AGREED), now)
        return after

    async def cancel(self, release_id: UUID, by: str, now: datetime, why: str) -> Release:
        """Give a release up that is not published; a job that makes it stops.

        Raises NotFoundError, ConflictError, UnavailableError.
        """
        after = await self._end(release_id, Move.CANCEL, by, now, why)
        await asyncio.to_thread(self.folders.clear_making, release_id)
        return after

    async def recall(self, release_id: UUID, by: str, now: datetime, why: str) -> Release:
        """Take a published release back: nobody is given it any more, and its files are removed.

        Raises NotFoundError, ConflictError, UnavailableError.
        """
        after = await self._end(release_id, Move.RECALL, by, now, why)
        await asyncio.to_thread(self.folders.take_out, after.request.project, release_id)
        return after

    async def release(self, release_id: UUID) -> Release:
        """Give one release, whatever has become of it.

        Raises NotFoundError, UnavailableError.
        """
        found = await self.store.read(release_of, release_id)
        if found is None:
            raise NotFoundError("There is no such release.")
        return found

    async def all_releases(
        self, states: frozenset[ReleaseState] = frozenset(ReleaseState)
    ) -> tuple[Release, ...]:
        """List every release that was ever asked for, or is in one of some states, latest first.

        What has ended is there as its tombstone.
        """
        return await self.store.read(releases, states)

    async def published(self, now: datetime, project: str | None = None) -> tuple[Release, ...]:
        """List what may be fetched now: published, not over, and whole in its place."""
        found = await self.store.read(releases, frozenset({ReleaseState.PUBLISHED}))
        listed = [
            each
            for each in found
            if is_there(each, now) and project in (None, each.request.project)
        ]
        return await asyncio.to_thread(self._in_place, listed)

    async def progress(self, release_id: UUID) -> ReleaseProgress | None:
        """Say how far the making of a release is."""
        return await self.store.read(release_progress, release_id)

    async def uses(self, release_id: UUID) -> tuple[ReleaseUse, ...]:
        """List who fetched which file when, oldest first."""
        return await self.store.read(release_uses, release_id)

    async def fetch(
        self, release_id: UUID, file: str, by: str, project: str, now: datetime
    ) -> OpenedFile:
        """Open a file for somebody of the release's own project, and note that they fetch it before they have a byte.

        Raises NotFoundError, also for another project's release and before it is published; GoneError for one that has
        ended; ConflictError when it ended meanwhile; UnavailableError, also when a file is not as it was published.
        """
        found = await self.release(release_id)
        if found.request.project != project:
            raise NotFoundError("There is no such release.")
        if not is_there(found, now):
            raise _not_there(found)
        opened = await asyncio.to_thread(self._opened, found, file)
        try:
            await self._note_use(found, file, by, now)
        except BaseException:
            opened.content.close()
            raise
        return opened

    def folder_of(self, release: Release) -> Path:
        """Give where the files of a release are while it is published."""
        return self.folders.place_of(release.request.project, release.id)

    def _refuse_twin(self, release: Release, others: tuple[Release, ...], now: datetime) -> None:
        dataset = self.datasets.get(release.request.dataset)
        follows_people = dataset is None or dataset.follows_people
        if follows_people and any(is_twin(release, each, now) for each in others):
            _refuse(NotPossible.TWIN)

    def _in_place(self, found: list[Release]) -> tuple[Release, ...]:
        return tuple(each for each in found if (self.folder_of(each) / MANIFEST).is_file())

    def _opened(self, release: Release, file: str) -> OpenedFile:
        try:
            opened = open_unaltered(self.folder_of(release), release.manifest_sha256 or "", file)
        except (AlteredReleaseError, OSError) as fault:
            raise UnavailableError("This release is not what was published.") from fault
        if opened is None:
            raise NotFoundError("This release has no such file.")
        return opened

    async def _note_use(self, release: Release, file: str, by: str, now: datetime) -> None:
        use = ReleaseUse(self.new_id(), release.id, file, by, now)
        async with self.log.recorded(ReleaseFetched(now, by, release.id, file)) as session:
            # It may have been recalled since it was looked at.
            must_have_been(await session.do(release_of, release.id) == release)
            await session.do(note_release_use, use)

    async def _end(self, release_id: UUID, move: Move, by: str, now: datetime, why: str) -> Release:
        before = await self.release(release_id)
        after = possible(ended(before, move, (without_identifiers(why),), by, now))
        event = ReleaseEnded(now, by, release_id, after.state, after.why)
        async with self.log.recorded(event) as session:
            must_have_been(await session.do(change_release, before, after))
        return after


def _not_there(release: Release) -> NotFoundError | GoneError:
    if release.state in ENDED or release.state is ReleaseState.PUBLISHED:
        return GoneError("This release is not there any more.")
    return NotFoundError("This release is not published yet.")


def must_have_been(was_so: bool) -> None:  # noqa: FBT001 - the store's own answer
    """Undo a recorded act whose release was changed meanwhile.

    Raises ConflictError.
    """
    if not was_so:
        raise ConflictError("Somebody has changed this release meanwhile: look again.")


def possible(after: Release | NotPossible) -> Release:
    """Give what a release has become.

    Raises RefusedError where a second person is needed, ConflictError for whatever else cannot be done.
    """
    if isinstance(after, NotPossible):
        _refuse(after)
    return after


def _refuse(why: NotPossible) -> NoReturn:
    told = f"This cannot be done with the release: {why}."
    if why is NotPossible.SAME_PERSON:
        raise RefusedError("second-person-needed", told)
    raise ConflictError(told)
