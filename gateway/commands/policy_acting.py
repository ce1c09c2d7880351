"""`scr policy`: change the policy, as the person whose access token is given.

The same use case as the API's, on the same records; the token says who acts, in which role.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import orjson
import typer

from gateway.audit.log import AuditLog
from gateway.commands.as_person import TokenFile, as_person
from gateway.commands.policy_files import read_file
from gateway.commands.speaking import (
    MISUNDERSTOOD,
    ConfigPath,
    answer_json,
    fail,
    progress,
    settings_from,
)
from gateway.identity import Principal
from gateway.policy.active import activate as activate_policy
from gateway.policy.bootstrap import begin
from gateway.policy.drafts import read_proposal
from gateway.policy.permitted import Asker
from gateway.policy.telling import told_difference, told_draft, told_recorded
from gateway.settings import Settings
from gateway.store.engine import open_store
from gateway.store.policies import active_policy
from gateway.wiring import Services, new_id, now
from rbac.policy import load_default
from rbac.types import Purpose

T = TypeVar("T")

DraftId = Annotated[UUID, typer.Argument(help="The draft, as `propose` names it.")]


def bootstrap(
    administrator: Annotated[
        list[str],
        typer.Option(help="The subject of one person's token; name two different people."),
    ],
    *,
    config: ConfigPath = None,
) -> None:
    """Begin, once: activate the starting policy, and name the first people who may change it.

    Examples:

      scr policy bootstrap --administrator 555057000117 --administrator 555057000118
    """
    asyncio.run(_begin(settings_from(config), tuple(administrator)))
    progress("The starting policy decides; the administrators are named.")


def propose(
    file: Annotated[Path, typer.Argument(help="Rules, as `scr policy show --active --json`.")],
    why: Annotated[str, typer.Option(help="What the change is for, in a line.")],
    token_file: TokenFile,
    *,
    administrator: Annotated[
        list[str] | None, typer.Option(help="The whole new list of administrators, one by one.")
    ] = None,
    config: ConfigPath = None,
) -> None:
    """Propose a change, upon the version that the file names; somebody else must approve it.

    Examples:

      scr policy show --active --json > changed.json

      scr policy propose changed.json --why "Desk sees no plans" --token-file token
    """
    document = read_file(file)
    body = orjson.dumps(
        {
            "based_on": document.based_on,
            "why": why,
            "rules": document.rules,
            "administrators": administrator or None,
        }
    )

    async def act(services: Services, asker: Asker) -> dict[str, object]:
        draft, difference = await services.policy.administration.propose(asker, read_proposal(body))
        return {**told_draft(draft), "difference": told_difference(difference)}

    answer_json(_as_person(config, token_file, act))


def approve(draft: DraftId, token_file: TokenFile, *, config: ConfigPath = None) -> None:
    """Approve somebody else's draft, exactly as it was proposed.

    Examples:

      scr policy approve 6f1c9f0e-6a4b-4c58-9d0e-0c5b4b0e8f11 --token-file token
    """

    async def act(services: Services, asker: Asker) -> None:
        await services.policy.administration.approve(asker, draft)

    _as_person(config, token_file, act)
    progress("Approved. It decides nothing until it is activated.")


def activate(
    draft: Annotated[
        UUID | None, typer.Argument(help="An approved draft; without one, the starting policy.")
    ] = None,
    token_file: Annotated[
        str | None,
        typer.Option("--token-file", help="A file with your access token; needed with a draft."),
    ] = None,
    *,
    config: ConfigPath = None,
) -> None:
    """Let an approved draft decide; without a draft the starting policy, where none is active.

    Examples:

      scr policy activate --config scr.toml

      scr policy activate 6f1c9f0e-6a4b-4c58-9d0e-0c5b4b0e8f11 --token-file token
    """
    if draft is None:
        asyncio.run(_activate_first(settings_from(config)))
        return
    if token_file is None:
        fail("A draft is activated by a person: give --token-file.", MISUNDERSTOOD)
    wanted = draft

    async def act(services: Services, asker: Asker) -> str:
        return await services.policy.administration.activate(asker, wanted)

    progress(f"Version {_as_person(config, token_file, act)} decides.")


def rollback(
    version: Annotated[str, typer.Argument(help="A version that decided before.")],
    token_file: TokenFile,
    *,
    config: ConfigPath = None,
) -> None:
    """Let an earlier version decide again, where that shows nobody more; else propose its rules.

    Examples:

      scr policy rollback 7b2d… --token-file token
    """

    async def act(services: Services, asker: Asker) -> str:
        active = (await services.policies.active()).version
        return await services.policy.administration.roll_back(asker, version, active)

    progress(f"Version {_as_person(config, token_file, act)} decides.")


def explain_decision(config: Path | None, token_file: str, decision: UUID) -> dict[str, object]:
    """Explain a recorded decision, as the person whose token is given."""

    async def act(services: Services, asker: Asker) -> dict[str, object]:
        return told_recorded(await services.policy.explaining.explain_decision(asker, decision))

    return _as_person(config, token_file, act)


def _as_person(
    config: Path | None, token_file: str, act: Callable[[Services, Asker], Awaitable[T]]
) -> T:
    async def asked(services: Services, principal: Principal, purpose: Purpose | None) -> T:
        return await act(services, Asker(principal, purpose, str(new_id())))

    return as_person(config, token_file, asked)


async def _begin(settings: Settings, subjects: tuple[str, ...]) -> None:
    store = open_store(settings.database_url)
    log = AuditLog(store, now)
    try:
        await begin(subjects, "scr policy bootstrap", log, store, now)
    finally:
        await log.aclose()
        store.close()


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
