"""`scr policy`: show a policy, as rules and as the matrix of who can see what."""

import asyncio
import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.policy_files import read_active
from gateway.commands.speaking import (
    MISUNDERSTOOD,
    AsJson,
    ConfigPath,
    answer_json,
    fail,
    settings_from,
)
from rbac.decide import CompiledPolicy, compile_policy
from rbac.matrix import as_rows, render
from rbac.policy import as_json as rows_of
from rbac.policy import load_default
from rbac.roles import Role
from rbac.types import Policy

FromDatabase = Annotated[
    bool, typer.Option("--active", help="The policy that is active in the settings' database.")
]


@dataclass(frozen=True, slots=True)
class Shown:
    """A policy, and where it comes from."""

    origin: str
    policy: Policy


def show(
    *, active: FromDatabase = False, config: ConfigPath = None, as_json: AsJson = False
) -> None:
    """Show a policy: its version, and how many rules each role has; with --json every rule.

    Without --active it is the policy that the service starts with.

    Examples:

      scr policy show

      scr policy show --active --config .scr/scr.toml --json
    """
    shown = wanted(config, active=active)
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
    shown = wanted(config, active=active)
    compiled = _of_role(compile_policy(shown.policy), role)
    if as_json:
        answer_json([asdict(row) for row in as_rows(compiled)])
    else:
        typer.echo(render(compiled), nl=False)


def wanted(config: Path | None, *, active: bool) -> Shown:
    """Give the policy that a command's options name, or end the command where they do not fit together."""
    if active:
        return Shown("active", asyncio.run(read_active(settings_from(config))))
    if config is not None:
        fail("--config goes with --active: without it the default policy is shown.", MISUNDERSTOOD)
    return Shown("default", load_default())


def _of_role(compiled: CompiledPolicy, role: Role | None) -> CompiledPolicy:
    scopes = {
        scope: levels for scope, levels in compiled.levels.items() if role in {None, scope.role}
    }
    return replace(compiled, levels=scopes)
