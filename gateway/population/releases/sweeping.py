"""End what is over: releases whose time or agreement has ended, those whose key was destroyed, exports; finish removals.

To be done every day, and whenever a key was destroyed. Whatever a process left that was killed while it removed files is
removed here; a folder of no known release is told and left alone, for it may be another database's.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from gateway.audit.acts import ReleaseEnded
from gateway.population.keys.certificate import Certificate, certificate_of
from gateway.population.keys.keyring import KeyEntry, Keyring
from gateway.population.releases.desk import ReleaseDesk, must_have_been, possible
from gateway.population.releases.exports import Exports
from gateway.population.releases.folders import ReleaseFolders
from gateway.population.releases.making_ground import key_of
from gateway.population.releases.states import MAY_FOLLOW, Move, destroyed, ended, is_due
from gateway.store.releases import Release, change_release, releases
from gateway.store.words import ReleaseState

_WORKING = frozenset({ReleaseState.RUNNING})


@dataclass(frozen=True, slots=True)
class Swept:
    """What was ended, and what is there of no release that is known."""

    expired: tuple[UUID, ...]
    destroyed: tuple[UUID, ...]
    unknown: tuple[UUID, ...]


async def sweep(desk: ReleaseDesk, keyring: Keyring, by: str, now: datetime) -> Swept:
    """End every release that is over, and remove what is left of those that have ended.

    Raises ConflictError, OSError, UnavailableError: what was ended until then stays so; sweep again.
    """
    expired = [
        await _expire(desk, each, by, now)
        for each in await _in(desk, Move.EXPIRE)
        if is_due(each, now)
    ]
    gone = [
        await _destroy(desk, each, certificate, by, now)
        for each in await _in(desk, Move.DESTROY)
        if (certificate := certificate_for(each, keyring)) is not None
    ]
    unknown = await _remove_leftovers(desk)
    await asyncio.to_thread(Exports(desk.folders.root).sweep, now)
    return Swept(tuple(expired), tuple(gone), unknown)


def certificate_for(release: Release, keyring: Keyring) -> Certificate | None:
    """Give the certificate of the key that a release was made with; None while it lives."""
    for entry in keyring.epochs_of(key_of(release)):
        if entry.epoch == release.epoch and _is_over(entry):
            return certificate_of(entry)
    return None


def _is_over(entry: KeyEntry) -> bool:
    return entry.destroyed_at is not None and entry.ending is not None


async def _in(desk: ReleaseDesk, move: Move) -> tuple[Release, ...]:
    return await desk.store.read(releases, MAY_FOLLOW[move][0])


async def _expire(desk: ReleaseDesk, release: Release, by: str, now: datetime) -> UUID:
    why = ("Its time, or its agreement, has ended.",)
    return await _end(desk, release, possible(ended(release, Move.EXPIRE, why, by, now)), by, now)


async def _destroy(
    desk: ReleaseDesk, release: Release, certificate: Certificate, by: str, now: datetime
) -> UUID:
    written = msgspec.json.encode(certificate)
    return await _end(desk, release, possible(destroyed(release, written, by, now)), by, now)


async def _end(desk: ReleaseDesk, before: Release, after: Release, by: str, now: datetime) -> UUID:
    event = ReleaseEnded(now, by, after.id, after.state, after.why)
    async with desk.log.recorded(event) as session:
        must_have_been(await session.do(change_release, before, after))
    await asyncio.to_thread(desk.folders.take_out, after.request.project, after.id)
    return after.id


async def _remove_leftovers(desk: ReleaseDesk) -> tuple[UUID, ...]:
    known = {each.id: each.state for each in await desk.all_releases()}
    return await asyncio.to_thread(_only_known_ones_left, desk.folders, known)


def _only_known_ones_left(
    folders: ReleaseFolders, known: Mapping[UUID, ReleaseState]
) -> tuple[UUID, ...]:
    folders.finish_leaving()
    for release in folders.being_made():
        if release in known and known[release] not in _WORKING:
            folders.clear_making(release)
    there = tuple(folders.whole())
    for project, release in there:
        if release in known and known[release] not in _WORKING | {ReleaseState.PUBLISHED}:
            folders.take_out(project, release)
    return tuple(release for _project, release in there if release not in known)
