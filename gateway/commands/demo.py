"""`scr demo`: run the whole service here with invented people, or check that it works."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from gateway.commands.speaking import FAILED, AsJson, answer_json, fail, progress, reason_of
from gateway.demo.check import JobResult, results
from gateway.demo.deployment import Folder
from gateway.demo.filling import pulled
from gateway.demo.invention import NAMED, PEOPLE, SEED, Invention, beginning_of_hour
from gateway.demo.running import Demo, Wanted, demo_running
from gateway.demo.sources import SourcesNotStartedError
from gateway.demo.welcome import BANNER, welcome
from gateway.serving import run
from gateway.wiring import now

Port = Annotated[
    int, typer.Option(min=0, max=65530, help="Port of the gateway; the sources take the next.")
]
Patients = Annotated[int, typer.Option(min=NAMED, help="How many people to invent.")]
Seed = Annotated[int, typer.Option(help="Which people to invent.")]
FolderPath = Annotated[Path, typer.Option("--dir", help="Where the demo keeps its files.")]
Check = Annotated[
    bool, typer.Option("--check", help="Do the readers' main jobs, tell what each saw, end.")
]


def demo(
    *,
    port: Port = 8000,
    patients: Patients = PEOPLE,
    seed: Seed = SEED,
    folder: FolderPath = Path(".scr"),
    check: Check = False,
    as_json: AsJson = False,
) -> None:
    """Run the whole service on this machine with invented people, until Ctrl-C.

    Starts simulated sources, an identity provider and the gateway on loopback; prints links, users, the
    password and a request to paste. With --check: the same on free ports, the readers' main jobs over HTTP,
    and 0 if all went as they should, else 1.

    Examples:

      scr demo --port 9000 --patients 50 --dir demo

      scr demo --check --json
    """
    invention = Invention(seed, patients, beginning_of_hour(now()))
    try:
        if check:
            _check(invention, as_json=as_json)
        else:
            run(_run(Wanted(Folder(folder), port, invention)))
    except KeyboardInterrupt:
        progress("Stopped.")
    except SourcesNotStartedError as fault:
        fail(f"The demo cannot run: {fault}")
    except OSError as fault:
        # A file has a name; what has none is the port.
        remedy = "Give --dir another folder." if fault.filename else "Give --port another."
        fail(f"The demo cannot run: {reason_of(fault)}. {remedy}")


async def _run(wanted: Wanted) -> None:
    progress("Inventing people and starting their sources …")
    async with demo_running(wanted) as (running, serving):
        typer.echo(welcome(running))
        filling = asyncio.create_task(_store_filled(running))
        await serving
        filling.cancel()
        await asyncio.wait({filling})


async def _store_filled(running: Demo) -> None:
    """Fill the planning store aside from the demo, and say so: a planner has then something to ask for."""
    if await pulled(running.folder):
        progress("The planning store is filled, and asked who may be used: releases can be made.")
    else:
        progress(
            "The planning store was not filled, or nobody said who may be used:"
            " run `scr pull` and `scr optout check` with these settings to see why."
        )


def _check(invention: Invention, *, as_json: bool) -> None:
    progress(BANNER)
    with TemporaryDirectory(prefix="scr-demo-") as folder:
        done = run(_checked(Wanted(Folder(Path(folder)), 0, invention)))
    if as_json:
        answer_json([asdict(each) for each in done])
    else:
        _tell(done)
    if not all(each.is_done for each in done):
        raise typer.Exit(FAILED)


async def _checked(wanted: Wanted) -> list[JobResult]:
    async with demo_running(wanted) as (running, _serving):
        return await asyncio.to_thread(lambda: list(_told(running)))


def _told(running: Demo) -> Iterator[JobResult]:
    for result in results(running):
        progress(f"… {result.reader}: {result.job}")
        yield result


def _tell(done: list[JobResult]) -> None:
    for each in done:
        mark = "ok    " if each.is_done else "FAILED"
        typer.echo(f"{mark}  {each.reader}: {each.job}: {each.saw}")
    failed = sum(not each.is_done for each in done)
    typer.echo(f"{len(done) - failed} jobs as expected, {failed} not.")
