"""`scr check` of the planning side: whether its keys open, its areas can be read, its folders written, its sources answer.

Asks nothing about anybody and makes nothing: of a source it asks for its description, of a keyring whether the store's key opens.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

from adapters.bulk import open_bulk_source
from adapters.bulk_export import BulkExport
from adapters.source_clients import Surroundings, open_source_client
from adapters.transport import Unfetched
from gateway.bulk_sources import bulk_config_of
from gateway.errors import UnavailableError
from gateway.opting_out import open_mailbox
from gateway.planning import Process, keyring_of, places_of, practices_of, venues_of
from gateway.planning_keys import open_custody
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.marks import current_mark
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.keys.provider import CustodyError
from gateway.population.objections import objected_in
from gateway.population.opt_out_list import kept_list
from gateway.population.said_at_rest import must_be_named_by
from gateway.settings import (
    BulkSourceSettings,
    OptOutCheckSettings,
    PopulationSettings,
    Settings,
    process_environment,
)
from gateway.store.migrate import is_current
from gateway.wiring import monotonic, new_id, now

Look = Callable[[], Awaitable[str]]


def planning_looks(settings: Settings) -> Iterator[tuple[str, Look]]:
    """Give what is to be looked at of the planning side; nothing where there is none."""
    planning = settings.population
    if planning is None:
        return
    yield "planning keys", partial(_keys, planning)
    yield "planning folders", partial(_folders, planning)
    yield "planning areas", partial(_areas, planning)
    yield "opt-out list", partial(_opt_outs, planning)
    if settings.opt_out_check is not None:
        yield "opt-out check", partial(_check, settings.opt_out_check)
    yield "objections", partial(_objections, planning)
    yield "linkage vault", partial(_vault, settings)
    for source in settings.bulk_source:
        yield f"bulk source {source.id}", partial(_bulk_source, source)


async def _keys(planning: PopulationSettings) -> str:
    try:
        async with open_custody(keyring_of(planning), process_environment(), now) as custody:
            told = await _told_of_keys(custody)
            key_mark = await current_mark(custody)
    except CustodyError as fault:
        raise UnavailableError(str(fault)) from fault

    await asyncio.to_thread(must_be_named_by, planning.store_folder, key_mark)
    return told


async def _told_of_keys(custody: KeyCustody) -> str:
    with await custody.open(KeyName(Purpose.STORE)):
        living = {each.name for each in custody.keyring().keys if each.destroyed_at is None}
    projects = sum(each.purpose is Purpose.PROJECT for each in living)
    return f"the store's key opens; projects with a key: {projects}"


async def _folders(planning: PopulationSettings) -> str:
    files = (planning.ledger_file, planning.opt_out_list, planning.keyring)
    places = {
        planning.store_folder,
        planning.release_folder,
        *(each.parent for each in files),
    }
    closed = [str(each) for each in sorted(places) if not _can_be_written(each)]
    if closed:
        raise UnavailableError(f"cannot be written by this user: {', '.join(closed)}")
    return "can be written"


def _can_be_written(folder: Path) -> bool:
    """Say whether files can be made in a folder, or it can be made where it is to be."""
    standing = next(
        each for each in (folder.absolute(), *folder.absolute().parents) if each.exists()
    )
    return standing.is_dir() and os.access(standing, os.W_OK | os.X_OK)


async def _areas(planning: PopulationSettings) -> str:
    try:
        places = await asyncio.to_thread(places_of, planning)
        venues = await asyncio.to_thread(venues_of, planning)
        practices = await asyncio.to_thread(practices_of, planning)
    except KeyError as fault:
        raise UnavailableError(f"a file lacks the column or area {fault}") from fault
    return f"{len(places.borough_of)} areas, {len(venues)} venues, {len(practices)} practices"


async def _opt_outs(planning: PopulationSettings) -> str:
    found = await asyncio.to_thread(kept_list, planning.opt_out_list, now())
    if found is None:
        raise UnavailableError(
            "there is none that may be used now and that its owner alone may read: every release is refused"
        )
    return f"may be used until {found.expires_at:%Y-%m-%d %H:%M}"


async def _check(asked_of: OptOutCheckSettings) -> str:
    process = Process(process_environment(), now, new_id)
    async with open_mailbox(asked_of, process) as mailbox:
        waiting = await mailbox.waiting()
    if isinstance(waiting, Unfetched):
        raise UnavailableError(f"our mailbox: {waiting.outcome}: {waiting.reason}")
    return "our mailbox answers"


async def _objections(planning: PopulationSettings) -> str:
    if planning.objections_file is None:
        return "there is no file of them"
    try:
        async with open_custody(keyring_of(planning), process_environment(), now) as custody:
            key_mark = await current_mark(custody)
    except CustodyError as fault:
        raise UnavailableError(str(fault)) from fault
    found = await asyncio.to_thread(objected_in, planning.objections_file, key_mark)
    return f"{len(found)} people"


async def _vault(settings: Settings) -> str:
    if settings.vault_database_url is None:
        return "there is none: nobody who is pulled can be asked about"
    if not await asyncio.to_thread(is_current, settings.vault_database_url):
        raise UnavailableError("not of this version: run `scr db upgrade`")
    return "of this version"


async def _bulk_source(source: BulkSourceSettings) -> str:
    client = open_source_client(bulk_config_of(source), Surroundings(now, new_id, monotonic))
    try:
        opened = await open_bulk_source(client, monotonic)
    finally:
        await client.aclose()
    if isinstance(opened, Unfetched):
        raise UnavailableError(f"{opened.outcome}: {opened.reason}")
    if isinstance(opened, BulkExport):
        return "offers an export"
    if not opened.held:
        raise UnavailableError("it does not say that it holds anything")
    return "is searched page by page"
