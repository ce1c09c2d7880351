"""`scr db`: the service's database."""

import asyncio
from typing import Annotated

import typer

from gateway.audit.log import AuditLog
from gateway.commands.speaking import ConfigPath, progress, settings_from
from gateway.demo.invention import NAMED, PEOPLE, SEED, Invention, beginning_of_hour
from gateway.demo.preparation import import_registry
from gateway.settings import Settings
from gateway.store import migrate
from gateway.store.engine import open_store
from gateway.wiring import now

app = typer.Typer(help="The service's database.", no_args_is_help=True)


@app.callback()
def family() -> None:
    """Look after the service's database."""


@app.command()
def upgrade(*, config: ConfigPath = None) -> None:
    """Bring the database to the tables of this version; everything or nothing.

    With `database_role` in the settings, that role of PostgreSQL is then given what the service needs, as its own; with
    `vault_database_role`, that role is given the linkage vault's table and nothing else.

    Examples:

      scr db upgrade --config scr.toml
    """
    settings = settings_from(config)
    migrate.upgrade(settings.database_url)
    if settings.database_role is not None:
        migrate.grant(settings.database_url, settings.database_role)
    if settings.vault_database_role is not None:
        migrate.grant_vault(settings.database_url, settings.vault_database_role)
    progress("The database is of this version.")


@app.command()
def invent(
    *,
    config: ConfigPath = None,
    cohort_seed: Annotated[int, typer.Option(help="Which people to invent.")] = SEED,
    patients: Annotated[int, typer.Option(min=NAMED, help="How many people to invent.")] = PEOPLE,
) -> None:
    """Take an invented cohort's relationships and objections into a demo's registry.

    In place of what an earlier run took in. Refused unless the settings say `profile = "demo"`.

    Examples:

      scr db invent --config scr.toml --cohort-seed 1 --patients 200
    """
    invention = Invention(cohort_seed, patients, beginning_of_hour(now()))
    count = asyncio.run(_import(settings_from(config), invention))
    progress(f"Took in {count} invented relationships.")


async def _import(settings: Settings, invention: Invention) -> int:
    store = open_store(settings.database_url)
    log = AuditLog(store, now)
    try:
        return await import_registry(settings, invention, log)
    finally:
        await log.aclose()
        store.close()
