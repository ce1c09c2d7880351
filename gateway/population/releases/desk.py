"""Ask for releases, agree to them, end them, and give out their files: each act on record before its effect.

Decides nothing about who may do what: whoever calls has asked, and names the person. What may follow what is in
`gateway/population/releases/states.py`.
"""

import asyncio
from collections.abc import Callable
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
from gateway.population.releases.folders import MANIFEST, ReleaseFolders
from gateway.population.releases.requests import (
    Wanted,
    digest_of,
    faults_of_wanted,
    request_of,
)
from gateway.population.releases.states import Move, NotPossible, approved, ended, is_there
from gateway.population.releases.verifying import (
    AlteredReleaseError,
    is_as_listed,
    is_regular,
    manifest_of,
)
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
    datasets: frozenset[str]
    new_id: Callable[[], UUID]

    async def request(self, wanted: Wanted, by: str, now: datetime) -> Release:
        """Ask for a release.

        Raises BadRequestError listing every fault, UnavailableError.
        """
        faults = tuple(faults_of_wanted(wanted, self.datasets, now))
        if faults or not by.strip():
            raise BadRequestError(" ".join(faults or (NotPossible.NOBODY.capitalize(),)))
        release = Release(request_of(wanted, self.new_id(), by, now))
        asked = release.request
        event = ReleaseRequested(
            *(now, by, asked.id, asked.project, asked.recipient, asked.dataset),
            *(asked.agreement, asked.digest),
        )
        async with self.log.recorded(event) as session:
            await session.do(add_release, release)
        return release

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
        return after

    async def cancel(self, release_id: UUID, by: str, now: datetime, why: str) -> Release:
        """Give a release up that is not published; a job that makes it stops.

        Raises NotFoundError, ConflictError, UnavailableError.
        """
        after = await self._end(release_id, Move.CANCEL, by, now, why)
        self.folders.clear_making(release_id)
        return after

    async def recall(self, release_id: UUID, by: str, now: datetime, why: str) -> Release:
        """Take a published release back: nobody is given it any more, and its files are removed.

        Raises NotFoundError, ConflictError, UnavailableError.
        """
        after = await self._end(release_id, Move.RECALL, by, now, why)
        self.folders.take_out(after.request.project, release_id)
        return after

    async def release(self, release_id: UUID) -> Release:
        """Give one release, whatever has become of it.

        Raises NotFoundError, UnavailableError.
        """
        found = await self.store.read(release_of, release_id)
        if found is None:
            raise NotFoundError("There is no such release.")
        return found

    async def all_releases(self) -> tuple[Release, ...]:
        """List every release that was ever asked for, latest first; what has ended is there as its tombstone."""
        return await self.store.read(releases)

    async def published(self, now: datetime, project: str | None = None) -> tuple[Release, ...]:
        """List what may be fetched now: published, not over, and whole in its place."""
        found = await self.store.read(releases, frozenset({ReleaseState.PUBLISHED}))
        return tuple(
            each
            for each in found
            if is_there(each, now)
            and project in (None, each.request.project)
            and (self.folder_of(each) / MANIFEST).is_file()
        )

    async def progress(self, release_id: UUID) -> ReleaseProgress | None:
        """Say how far the making of a release is."""
        return await self.store.read(release_progress, release_id)

    async def uses(self, release_id: UUID) -> tuple[ReleaseUse, ...]:
        """List who fetched which file when, oldest first."""
        return await self.store.read(release_uses, release_id)

    async def fetch(
        self, release_id: UUID, file: str, by: str, project: str, now: datetime
    ) -> Path:
        """Note that somebody of the release's own project fetches a file, and then give where it is.

        Raises NotFoundError, also for another project's release; GoneError for one that has ended; UnavailableError,
        also when a file is not as it was published.
        """
        found = await self.release(release_id)
        if found.request.project != project:
            raise NotFoundError("There is no such release.")
        if not is_there(found, now):
            raise GoneError("This release is not there any more, or not yet.")
        path = await asyncio.to_thread(self._unaltered, found, file)
        await self._note_use(found, file, by, now)
        return path

    def folder_of(self, release: Release) -> Path:
        """Give where the files of a release are while it is published."""
        return self.folders.place_of(release.request.project, release.id)

    def _unaltered(self, release: Release, file: str) -> Path:
        folder = self.folder_of(release)
        try:
            listed = {
                each.name: each for each in manifest_of(folder, release.manifest_sha256 or "").files
            }
            path = folder / file
            if file == MANIFEST:
                return path
            if file not in listed:
                raise NotFoundError("This release has no such file.")
            if is_regular(path) and is_as_listed(path, listed[file]):
                return path
        except (AlteredReleaseError, OSError) as fault:
            raise UnavailableError(
                "The files of this release are not what was published."
            ) from fault
        raise UnavailableError("This file is not what was published.")

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
