"""`scr optout`: ask who may be used for planning, as people chose nationally, and keep who objected here."""

import asyncio
import sys
from typing import Annotated

import typer

from adapters.source_config import SourceConfigError
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from gateway.audit.log import AuditLog
from gateway.commands.recording import with_store
from gateway.commands.speaking import MISUNDERSTOOD, ConfigPath, fail, progress, settings_from
from gateway.objecting import Objecting, ObjectionKeeping
from gateway.opting_out import OptOutChecking
from gateway.planning import Process
from gateway.population.keys.provider import CustodyError
from gateway.population.opt_out_check import Unanswered
from gateway.population.opt_outs import CheckList
from gateway.population.pull_files import AlreadyPullingError
from gateway.population.pulled import AlteredPartitionError
from gateway.settings import Settings, process_environment
from gateway.store.engine import Store
from gateway.vault.sealing import UnopenedEntryError
from gateway.wiring import new_id, now

_RUN_BY = "scr optout check"

app = typer.Typer(help="Who may be used for planning.", no_args_is_help=True)


@app.callback()
def family() -> None:
    """Keep to what people chose about the use of their records beyond their own care."""


@app.command()
def check(*, config: ConfigPath = None) -> None:
    """Ask the National Data Opt-out check about everybody in the store, and keep its list. To be run after each pull.

    Waits for the answer, as long as the settings say. Ends with 1 when no list came: the one before it stands until it is over.

    Examples:

      scr optout check --config scr.toml
    """
    settings = settings_from(config)
    progress("Asked of the national check; its answer may take an hour.")
    try:
        found = asyncio.run(_renewed(settings))
    except (AlteredPartitionError, CustodyError, SourceConfigError, UnopenedEntryError) as fault:
        fail(str(fault))
    if isinstance(found, Unanswered):
        fail(f"No list came: {found}. Run it again; the list before it stands until it is over.")
    progress(f"Kept: a list that may be used until {found.expires_at:%Y-%m-%d %H:%M} UTC.")


@app.command("object")
def object_(
    *,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="They object no more: they may be used again.")
    ] = False,
    anew: Annotated[
        bool,
        typer.Option(
            "--anew",
            help="Everybody who objected: begins the file, or another after the store's key was rotated.",
        ),
    ] = False,
    config: ConfigPath = None,
) -> None:
    """Keep who objected here to the use of their records for planning: NHS numbers from standard input, one a line.

    The file has the store's names of them and no number. One line that is no NHS number, and nothing is changed.

    Examples:

      scr optout object --config scr.toml < numbers

      scr optout object --withdraw --config scr.toml < numbers

      scr optout object --anew --config scr.toml < everybody-who-objected
    """
    if withdraw and anew:
        fail("Either --withdraw or --anew.", MISUNDERSTOOD)
    objecting = Objecting.ANEW if anew else Objecting.WITHDRAW if withdraw else Objecting.ADD
    people, settings = _numbers(sys.stdin.read()), settings_from(config)
    count = _kept(settings, people, objecting)
    progress(f"Kept: {count} people object here. It holds for every release that is made from now.")


def _kept(settings: Settings, people: frozenset[NhsNumber], objecting: Objecting) -> int:
    try:
        return asyncio.run(_objected(settings, people, objecting))
    except FileNotFoundError:
        fail(
            "There is no file of objections, and there may have been one."
            " Begin it with --anew, with everybody who objected."
        )
    except AlreadyPullingError:
        fail("Another process changes who objected: try again.")
    except (CustodyError, SourceConfigError) as fault:
        fail(str(fault))


def _numbers(text: str) -> frozenset[NhsNumber]:
    lines = enumerate(text.splitlines(), start=1)
    found = frozenset(_number(place, line) for place, line in lines if line.strip())
    return found or fail("No NHS number was given.", MISUNDERSTOOD)


def _number(place: int, line: str) -> NhsNumber:
    try:
        return NhsNumber.parse(line.strip())
    except InvalidNhsNumberError:
        fail(f"Line {place} is no NHS number of 10 digits: nothing was changed.", MISUNDERSTOOD)


async def _objected(settings: Settings, people: frozenset[NhsNumber], objecting: Objecting) -> int:
    async def act(_store: Store, log: AuditLog) -> int:
        process = Process(process_environment(), now, new_id)
        return await ObjectionKeeping(settings, log, process).keep(people, objecting)

    return await with_store(settings, act)


async def _renewed(settings: Settings) -> CheckList | Unanswered:
    async def act(_store: Store, log: AuditLog) -> CheckList | Unanswered:
        process = Process(process_environment(), now, new_id)
        return await OptOutChecking(settings, log, process, _RUN_BY).renew()

    return await with_store(settings, act)
