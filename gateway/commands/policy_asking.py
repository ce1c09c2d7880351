"""`scr policy`: compare policies, test them, and say why a decision is what it is.

Changes nothing, and reads nothing about any person.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from fhir_profiles.vocabulary import Category, Label
from gateway.commands.policy_acting import explain_decision
from gateway.commands.policy_files import read_file
from gateway.commands.policy_showing import FromDatabase, wanted
from gateway.commands.speaking import MISUNDERSTOOD, AsJson, ConfigPath, answer_json, fail
from gateway.policy.telling import told_difference, told_explanation, told_item, told_unmet
from gateway.policy.versions import compiled_whole, refuse_unsafe
from rbac.difference import Difference, Side, difference_of
from rbac.expectations import UnreadableExpectationsError, built_in, read_expectations, unmet
from rbac.explain import Explanation, Item, explain
from rbac.roles import Role
from rbac.types import OrganisationKind, Policy, Purpose

File = Annotated[Path, typer.Argument(help="Rules, as `scr policy show --json` writes them.")]


def diff(
    file: File, *, active: FromDatabase = False, config: ConfigPath = None, as_json: AsJson = False
) -> None:
    """Say what a file of rules changes: rules, cells of the matrix, acts, and who must agree.

    Examples:

      scr policy diff changed.json

      scr policy diff changed.json --active --config scr.toml --json
    """
    before, after = wanted(config, active=active).policy, read_file(file).policy
    refuse_unsafe(after)
    side = Side(before, compiled_whole(before))
    found = difference_of(side, Side(after, compiled_whole(after, side.compiled)))
    if as_json:
        answer_json(told_difference(found))
    else:
        _tell_difference(found)


def hold_to_expectations(
    file: Annotated[
        Path | None, typer.Argument(help="Rules to test; without a file the policy named.")
    ] = None,
    *,
    expected: Annotated[
        Path | None, typer.Option(help="A CSV file of expected decisions; else the built-in ones.")
    ] = None,
    active: FromDatabase = False,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """Hold a policy against expected decisions; ends with 1 if any is not met.

    The file's head is name,role,organisation_kind,purpose,act,category,labels,expected.

    Examples:

      scr policy test changed.json

      scr policy test --active --config scr.toml --expected ours.csv
    """
    policy = read_file(file).policy if file is not None else wanted(config, active=active).policy
    try:
        table = built_in() if expected is None else read_expectations(expected.read_text("utf-8"))
    except (UnicodeDecodeError, UnreadableExpectationsError) as fault:
        fail(f"The expectations cannot be read: {fault}", MISUNDERSTOOD)
    found = told_unmet(unmet(compiled_whole(policy), table))
    if as_json:
        answer_json({"tried": len(table), "unmet": found})
    else:
        typer.echo(f"{len(table)} expected, {len(found)} not met")
        for each in found:
            typer.echo(f"{each['name']}: expected {each['expected']}, found {each['found']}")
    if found:
        raise typer.Exit(1)


def explain_item(
    role: Annotated[Role | None, typer.Option()] = None,
    organisation_kind: Annotated[OrganisationKind | None, typer.Option("--at")] = None,
    purpose: Annotated[Purpose, typer.Option()] = Purpose.TREAT,
    category: Annotated[Category | None, typer.Option()] = None,
    label: Annotated[list[Label] | None, typer.Option(help="Give it again for more.")] = None,
    decision: Annotated[UUID | None, typer.Option(help="A decision on record.")] = None,
    token_file: Annotated[str | None, typer.Option(help="Needed with --decision.")] = None,
    *,
    active: FromDatabase = False,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """Say which rule or guard decides, and what would change it.

    Examples:

      scr policy explain --role paramedic --at ambulance --category results

      scr policy explain --decision 6f1c9f0e-6a4b-4c58-9d0e-0c5b4b0e8f11 --token-file token
    """
    if decision is not None:
        if token_file is None:
            fail("A decision is explained to a person: give --token-file.", MISUNDERSTOOD)
        answer_json(explain_decision(config, token_file, decision))
        return
    if role is None or organisation_kind is None or category is None:
        fail("Give --role, --at and --category; or --decision.", MISUNDERSTOOD)
    policy = wanted(config, active=active).policy
    item = Item(role, organisation_kind, purpose, category, frozenset(label or ()))
    found = explain(policy, compiled_whole(policy), item)
    if as_json:
        answer_json({"version": policy.version, **told_item(item), **told_explanation(found)})
    else:
        _tell_explanation(policy, found)


def _tell_difference(found: Difference) -> None:
    typer.echo(f"{len(found.added)} rules added, {len(found.removed)} removed")
    for word, rows in (
        ("shows more", found.widened),
        ("shows less", found.narrowed),
        ("may do", found.gained),
        ("may no longer do", found.lost),
    ):
        for row in rows:
            typer.echo(f"{word}: {' '.join(asdict(row).values())}")
    agrees = "a Caldicott Guardian" if found.needs_guardian else "a second administrator"
    typer.echo(f"Must be approved by {agrees}.")


def _tell_explanation(policy: Policy, found: Explanation) -> None:
    typer.echo(f"{found.level} under version {policy.version}")
    typer.echo(f"decided by {found.decided_by}")
    for rule in found.rules:
        typer.echo(f"  {' '.join(asdict(rule).values())}")
    for step in found.steps:
        typer.echo(f"would change it: {step.change} {' '.join(asdict(step.rule).values())}")
