"""`scr pull`: bring what changed at the bulk sources into the de-identified store."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from adapters.source_clients import Surroundings as Wire
from adapters.source_config import SourceConfigError
from gateway.audit.log import AuditLog
from gateway.commands.recording import with_store
from gateway.commands.speaking import MISUNDERSTOOD, ConfigPath, fail, progress, settings_from
from gateway.planning import Process, feed_access, keyring_of, places_of, planning_of
from gateway.planning_keys import open_custody
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.provider import CustodyError
from gateway.population.linkage import Linkage, NobodyFoundAgain
from gateway.population.pull import PullProgress, Stopped
from gateway.population.pull_files import AlreadyPullingError
from gateway.population.pull_manifest import PullManifest
from gateway.pulling import Pulled, Pulling, Refused, Watch
from gateway.settings import BulkSourceSettings, Settings, process_environment
from gateway.store.engine import Store, open_store
from gateway.vault.vault import LinkageVault
from gateway.wiring import monotonic, new_id, now

_RUN_BY = "scr pull"


def pull(
    source: Annotated[
        list[str] | None, typer.Option(help="Only this source; give it again for more.")
    ] = None,
    *,
    config: ConfigPath = None,
) -> None:
    """Pull from every bulk source, or some; what was cut off goes on where it was.

    Nothing raw is ever at rest. Ends with 1 when any source did not finish: the others have.

    Examples:

      scr pull --config scr.toml

      scr pull --source hospital
    """
    settings = settings_from(config)
    sources = _chosen(settings, source or [])
    try:
        found = asyncio.run(_all_pulled(settings, sources))
    except (CustodyError, SourceConfigError) as fault:
        fail(str(fault))
    except KeyError as fault:
        fail(f"A file of areas, postcodes or practices lacks the column or area {fault}.")
    told = [_told(each.id, what) for each, what in zip(sources, found, strict=True)]
    for each in told:
        progress(each)
    if not all(isinstance(each, PullManifest) for each in found):
        fail("Not every source was pulled: run it again.")


async def _all_pulled(
    settings: Settings, sources: tuple[BulkSourceSettings, ...]
) -> list[Pulled | AlreadyPullingError]:
    async def act(store: Store, log: AuditLog) -> list[Pulled | AlreadyPullingError]:
        return await _pulled_with(settings, sources, store, log)

    return await with_store(settings, act)


async def _pulled_with(
    settings: Settings, sources: tuple[BulkSourceSettings, ...], store: Store, log: AuditLog
) -> list[Pulled | AlreadyPullingError]:
    planning, process = planning_of(settings), Process(process_environment(), now, new_id)
    async with open_custody(keyring_of(planning), process.environment, now) as custody:
        with _linkage(settings, custody, log) as linkage:
            pulling = Pulling(
                planning=planning,
                access=await feed_access(settings, store, process),
                log=log,
                custody=custody,
                linkage=linkage,
                places=places_of(planning),
                wire=Wire(now, new_id, monotonic),
                run_by=_RUN_BY,
            )
            # One after another: each may fill the memory that there is.
            return [await _one(pulling, each) for each in sources]


@contextmanager
def _linkage(settings: Settings, custody: KeyCustody, log: AuditLog) -> Iterator[Linkage]:
    """Open the linkage vault, where there is one: without it an opt-out finds nobody, and nobody is released."""
    if settings.vault_database_url is None:
        progress("There is no linkage vault: nobody who is pulled can be asked about.")
        yield NobodyFoundAgain()
        return
    vault = open_store(settings.vault_database_url)
    try:
        yield LinkageVault(vault, custody, log, now, _RUN_BY)
    finally:
        vault.close()


async def _one(pulling: Pulling, source: BulkSourceSettings) -> Pulled | AlreadyPullingError:
    with _bar(source.id) as watch:
        try:
            return await pulling.pull_from(source, watch)
        except AlreadyPullingError as held:
            return held


def _chosen(settings: Settings, named: list[str]) -> tuple[BulkSourceSettings, ...]:
    known = {each.id: each for each in settings.bulk_source}
    planning_of(settings)
    if unknown := sorted(set(named) - known.keys()):
        fail(f"The settings have no bulk source {', '.join(unknown)}.", MISUNDERSTOOD)
    if not known:
        fail("The settings have no [[bulk_source]]: there is nothing to pull from.", MISUNDERSTOOD)
    return tuple(each for each in settings.bulk_source if not named or each.id in named)


@contextmanager
def _bar(source: str) -> Iterator[Watch]:
    """Show how many parts are at rest; on what is no terminal, nothing moves."""
    # Typer's own: it comes with the command line, and writes where progress goes.
    shown: Any = typer.progressbar(length=1, label=source, file=sys.stderr)
    with shown as bar:

        def watch(_source: str, told: PullProgress) -> None:
            bar.label = f"{source}: {told.told}" if told.told else source
            bar.length = max(1, told.parts)
            bar.update(told.written - bar.pos)

        yield watch


def _told(source: str, found: Pulled | AlreadyPullingError) -> str:
    match found:
        case PullManifest():
            partial = (
                "; it could not give everything, and is asked again" if found.is_partial else ""
            )
            return f"{source}: pull {found.pull} is at rest{partial}."
        case Stopped():
            status = "" if found.http_status is None else f", HTTP {found.http_status}"
            return f"{source}: stopped, {found.outcome}: {found.reason}{status}."
        case Refused():
            return f"{source}: not asked: {found.reason}."
        case AlreadyPullingError():
            return f"{source}: another process pulls from it."
