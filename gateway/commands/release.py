"""`scr release`: what planners are given, from the request to its end.

People's acts need their access token (`release_acting.py`); what follows from them is done by whoever runs the service.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from adapters.source_config import SourceConfigError
from gateway.audit.log import AuditLog
from gateway.commands.recording import with_store
from gateway.commands.release_acting import ReleaseId, approve, cancel, recall, request
from gateway.commands.speaking import (
    MISUNDERSTOOD,
    AsJson,
    ConfigPath,
    answer_json,
    could_not_be_read,
    fail,
    progress,
    settings_from,
)
from gateway.planning import Process
from gateway.population.counts.keeping import KeptTable
from gateway.population.gate import Refusal
from gateway.population.keys.provider import CustodyError
from gateway.population.measures import load_measures
from gateway.population.releases.sweeping import Swept, sweep
from gateway.population.releases.telling import line_of, told_release, told_status
from gateway.population.releases.verifying import faults_of_release, hash_of_manifest
from gateway.releasing import Releasing, open_releasing
from gateway.settings import Settings, process_environment
from gateway.store.engine import Store
from gateway.store.releases import Release
from gateway.store.words import ReleaseState
from gateway.wiring import new_id, now

T = TypeVar("T")

app = typer.Typer(help="What planners are given.", no_args_is_help=True)


@app.callback()
def family() -> None:
    """Ask for releases, approve, make, check and end them."""


for each in (request, approve, cancel, recall):
    app.command()(each)


@app.command()
def run(release: ReleaseId, *, config: ConfigPath = None) -> None:
    """Make an approved release and publish it; run again after it was cut off, and it goes on.

    Ends with 1 when the release was refused: the reasons are told, and stay with it.

    Examples:

      scr release run 6f1c9f0e-6a4b-4c58-9d0e-0c5b4b0e8f11 --config scr.toml
    """

    async def act(releasing: Releasing) -> Release:
        return await releasing.jobs().run(release, _this_process())

    found = _done(config, act)
    if found.state is not ReleaseState.PUBLISHED:
        fail(f"Not published: {found.state}. {' '.join(found.why)}")
    progress(f"Published until {found.expires_at}; manifest SHA-256 {found.manifest_sha256}.")


@app.command()
def status(release: ReleaseId, *, config: ConfigPath = None) -> None:
    """Tell all of one release: who stands for it, how far it is, why it ended, who fetched what.

    Examples:

      scr release status 6f1c9f0e-6a4b-4c58-9d0e-0c5b4b0e8f11
    """

    async def act(releasing: Releasing) -> dict[str, object]:
        desk = releasing.desk
        found, step = await desk.release(release), await desk.progress(release)
        return told_status(found, step, await desk.uses(release))

    answer_json(_done(config, act))


@app.command(name="list")
def show(*, config: ConfigPath = None, as_json: AsJson = False) -> None:
    """List every release that was ever asked for; what has ended stays as its tombstone.

    Examples:

      scr release list --json
    """
    found = _done(config, lambda releasing: releasing.desk.all_releases())
    if as_json:
        answer_json([told_release(each) for each in found])
        return
    for each in found:
        typer.echo(line_of(each))


@app.command()
def counts(*, config: ConfigPath = None) -> None:
    """Make the tables that planners' counts are answered from. To be run after each pull.

    Ends with 1 when any was refused: the reasons are told, and what was made before stands until it is over.

    Examples:

      scr release counts --config scr.toml
    """

    async def act(releasing: Releasing) -> Mapping[str, KeptTable | Refusal]:
        measures = load_measures(releasing.permits.datasets)
        return await releasing.counting().make_all(measures)

    made = _done(config, act)
    for name, found in made.items():
        why = " ".join(found.reasons) if isinstance(found, Refusal) else ""
        progress(f"{name}: {f'refused: {why}' if why else 'made'}.")
    if any(isinstance(each, Refusal) for each in made.values()):
        fail("Not every measure can be told.")


@app.command(name="sweep")
def sweep_all(*, config: ConfigPath = None) -> None:
    """End what is over, and what was made with a destroyed key; remove its files. To be run every day.

    Examples:

      scr release sweep --config scr.toml
    """

    async def act(releasing: Releasing) -> Swept:
        keyring = releasing.custody.keyring()
        return await sweep(releasing.desk, keyring, "scr release sweep", now())

    found = _done(config, act)
    progress(f"Expired: {len(found.expired)}; with destroyed keys: {len(found.destroyed)}.")
    if found.unknown:
        fail(f"Of no known release, and left there: {', '.join(map(_hex, found.unknown))}.")


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="A release's folder, here or at its recipient's.")],
    *,
    manifest: Annotated[
        str | None, typer.Option(help="SHA-256 of its manifest, as `run` and `status` tell it.")
    ] = None,
) -> None:
    """See that every file of a release is as it was published; ends with 1 if anything is not.

    Examples:

      scr release verify releases/safer-streets/6f1c9f0e6a4b4c589d0e0c5b4b0e8f11 --manifest 9f86d081…
    """
    try:
        faults = tuple(faults_of_release(folder, manifest))
        digest = None if faults else hash_of_manifest(folder)
    except OSError as fault:
        fail(could_not_be_read(fault), MISUNDERSTOOD)
    for each in faults:
        typer.echo(each)
    if faults:
        fail("This is not the release that was published.")
    if manifest is None:
        progress(f"All files are as the manifest says. Compare its SHA-256: {digest}.")
    else:
        progress("Every byte is as it was published.")


def _done(config: Path | None, act: Callable[[Releasing], Awaitable[T]]) -> T:
    try:
        return asyncio.run(_opened(settings_from(config), act))
    except (CustodyError, SourceConfigError) as fault:
        fail(str(fault))


async def _opened(settings: Settings, act: Callable[[Releasing], Awaitable[T]]) -> T:
    process = Process(process_environment(), now, new_id)
    return await with_store(
        settings, lambda store, log: _within(settings, store, log, process, act)
    )


async def _within(
    settings: Settings,
    store: Store,
    log: AuditLog,
    process: Process,
    act: Callable[[Releasing], Awaitable[T]],
) -> T:
    async with open_releasing(settings, store, log, process) as releasing:
        return await act(releasing)


def _this_process() -> str:
    return f"{socket.gethostname()} {os.getpid()}"


def _hex(release: UUID) -> str:
    return release.hex
