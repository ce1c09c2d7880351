"""`scr policy`: who may see what."""

import asyncio
import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from gateway.audit.log import AuditLog
from gateway.commands.speaking import (
    MISUNDERSTOOD,
    AsJson,
    ConfigPath,
    answer_json,
    fail,
    progress,
    settings_from,
)
from gateway.errors import UnavailableError
from gateway.policy.active import activate as activate_policy
from gateway.settings import Settings
from gateway.store.engine import open_store
from gateway.store.policies import active_policy, policy_body
from gateway.wiring import now
from rbac.decide import CompiledPolicy, compile_policy
from rbac.matrix import as_rows, render
from rbac.policy import as_json as rows_of
from rbac.policy import load_default, parse
from rbac.roles import Role
from rbac.types import Policy

app = typer.Typer(help="Who may see what.", no_args_is_help=True)

FromDatabase = Annotated[
    bool, typer.Option("--active", help="The policy that is active in the settings' database.")
]


@dataclass(frozen=True, slots=True)
class Shown:
    """A policy, and where it comes from."""

    origin: str
    policy: Policy


@app.callback()
def family() -> None:
    """Look at role policies, and activate the first."""


@app.command()
def show(
    *, active: FromDatabase = False, config: ConfigPath = None, as_json: AsJson = False
) -> None:
    """Show a policy: its version, and how many rules each role has; with --json every rule.

    Without --active it is the policy that the service starts with.

    Examples:

      scr policy show

      scr policy show --active --config .scr/scr.toml --json
    """
    shown = _wanted(config, active=active)
    if as_json:
        rules = json.loads(rows_of(shown.policy))
        answer_json({"version": shown.policy.version, "origin": shown.origin, "rules": rules})
        return
    typer.echo(f"{shown.origin} policy, version {shown.policy.version}")
    typer.echo(f"{len(shown.policy.rules)} rules")
    counts = Counter(
        (rule.role, rule.organisation_kind, rule.purpose) for rule in shown.policy.rules
    )
    for (role, organisation_kind, purpose), count in sorted(counts.items()):
        typer.echo(f"{role:<24}{organisation_kind:<22}{purpose:<12}{count:>4}")


@app.command()
def matrix(
    *,
    active: FromDatabase = False,
    config: ConfigPath = None,
    role: Annotated[Role | None, typer.Option(help="One role alone.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show who can see what: Markdown tables, or with --json one row for each cell that shows something.

    Examples:

      scr policy matrix --role paramedic

      scr policy matrix --json --role paramedic
    """
    shown = _wanted(config, active=active)
    compiled = _of_role(compile_policy(shown.policy), role)
    if as_json:
        answer_json([asdict(row) for row in as_rows(compiled)])
    else:
        typer.echo(render(compiled), nl=False)


@app.command()
def activate(*, config: ConfigPath = None) -> None:
    """Activate the policy that the service starts with; change nothing where one is active already.

    A later change of policy takes two people, and is not done here.

    Examples:

      scr policy activate --config scr.toml
    """
    asyncio.run(_activate_first(settings_from(config)))


def _wanted(config: Path | None, *, active: bool) -> Shown:
    if active:
        return asyncio.run(_read_active(settings_from(config)))
    if config is not None:
        fail("--config goes with --active: without it the default policy is shown.", MISUNDERSTOOD)
    return Shown("default", load_default())


def _of_role(compiled: CompiledPolicy, role: Role | None) -> CompiledPolicy:
    scopes = {
        scope: levels for scope, levels in compiled.levels.items() if role in {None, scope.role}
    }
    return replace(compiled, levels=scopes)


async def _read_active(settings: Settings) -> Shown:
    store = open_store(settings.database_url)
    try:
        row = await store.read(active_policy)
        body = None if row is None else await store.read(policy_body, row.version)
    finally:
        store.close()
    policy = parse(body) if body is not None else ()
    if not isinstance(policy, Policy):
        raise UnavailableError("No role policy is active: run `scr policy activate`.")
    return Shown("active", policy)


async def _activate_first(settings: Settings) -> None:
    store = open_store(settings.database_url)
    log = AuditLog(store, now)
    try:
        if await store.read(active_policy) is not None:
            progress("A policy is active already; nothing was changed.")
            return
        await activate_policy(load_default(), "scr policy activate", log, store, now)
        progress("The default policy is active.")
    finally:
        await log.aclose()
        store.close()
