"""`scr keys` for the planning side: make, rotate and destroy the keys of store, projects and vault."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import uuid4

import msgspec
import typer

from adapters.kms import KeyService
from adapters.source_client import SourceClient
from adapters.source_clients import Surroundings, open_source_client
from adapters.source_config import Auth, AuthKind, SourceConfig, SourceConfigError, SourceDialect
from gateway.commands.speaking import MISUNDERSTOOD, answer_json, fail, progress, reason_of
from gateway.core_dumps import forbid_core_dumps
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.kms_provider import KmsProvider
from gateway.population.keys.local_providers import EnvironmentProvider, FileProvider
from gateway.population.keys.names import KeyName, KeyNameError, Purpose
from gateway.population.keys.provider import CustodyError, KeyProvider
from gateway.settings import process_environment
from gateway.wiring import now

ROOT_KEY, KMS_ADDRESS, KMS_TOKEN, KMS_ROOT = (
    "SCR_KEYS_ROOT",
    "SCR_KMS_ADDRESS",
    "SCR_KMS_TOKEN",
    "SCR_KMS_ROOT_",
)
_KMS_SECONDS = 10.0
Told = TypeVar("Told")


class Held(StrEnum):
    """Who holds the roots that keys are wrapped under."""

    FILE = "file"
    ENVIRONMENT = "environment"
    KMS = "kms"


Ring = Annotated[Path, typer.Argument(help="The keyring's file.")]
For = Annotated[Purpose, typer.Option("--purpose", help="What the key is for.")]
Project = Annotated[str, typer.Option(help="Of a project's key: the project.")]
Recipient = Annotated[str, typer.Option(help="Of a project's key: who receives its releases.")]
Roots = Annotated[Held, typer.Option("--roots", help="Who holds the roots: see docs/keys.md.")]
RootFile = Annotated[
    Path | None,
    typer.Option(help="--roots file: where; else beside the keyring, ending in .roots."),
]


def rotate(
    keyring: Ring,
    *,
    purpose: For,
    project: Project = "",
    recipient: Recipient = "",
    roots: Roots = Held.FILE,
    root_file: RootFile = None,
) -> None:
    """Begin a new epoch of a planning key; the keys before it still read what they made.

    Examples:

      scr keys rotate keyring.json --purpose project --project violence --recipient CSP1
    """
    name = named(purpose, project, recipient)
    entry = _done(keyring, roots, root_file, lambda custody: custody.rotate(name))
    progress(f"{name} is at epoch {entry.epoch}.")


def destroy(
    keyring: Ring,
    *,
    purpose: For,
    project: Project = "",
    recipient: Recipient = "",
    epoch: Annotated[int | None, typer.Option(min=1, help="One epoch alone; else all.")] = None,
    roots: Roots = Held.FILE,
    root_file: RootFile = None,
    for_ever: Annotated[
        bool, typer.Option("--for-ever", help="Say that you know it cannot be undone.")
    ] = False,
) -> None:
    """Destroy planning keys for ever, and print a certificate of each.

    Examples:

      scr keys destroy keyring.json --purpose project --project violence --recipient CSP1 --for-ever
    """
    if not for_ever:
        fail("This cannot be undone: say --for-ever.", MISUNDERSTOOD)
    name = named(purpose, project, recipient)
    certificates = _done(keyring, roots, root_file, lambda held: held.destroy(name, epoch))
    answer_json(msgspec.to_builtins(certificates))


def make_planning_key(keyring: Path, name: KeyName, roots: Held, root_file: Path | None) -> None:
    """Make a name's first key, and say so."""
    _done(keyring, roots, root_file, lambda custody: custody.create(name))
    progress(f"Made the key of {name} in {keyring}. Never copy its roots to where its copies go.")


def named(purpose: Purpose, project: str, recipient: str) -> KeyName:
    """Read which key is meant, or end."""
    try:
        return KeyName(purpose, project, recipient)
    except KeyNameError as fault:
        fail(str(fault), MISUNDERSTOOD)


def _done(
    keyring: Path,
    roots: Held,
    root_file: Path | None,
    act: Callable[[KeyCustody], Awaitable[Told]],
) -> Told:
    forbid_core_dumps()
    beside = root_file or keyring.with_name(f"{keyring.name}.roots")
    try:
        return asyncio.run(_acted(keyring, roots, beside, act))
    except (CustodyError, SourceConfigError) as fault:
        fail(str(fault))
    except OSError as fault:
        fail(f"A file of keys cannot be written: {reason_of(fault)}.")


async def _acted(
    keyring: Path, roots: Held, root_file: Path, act: Callable[[KeyCustody], Awaitable[Told]]
) -> Told:
    client = _key_service() if roots is Held.KMS else None
    try:
        provider = _provider(roots, root_file, client)
        return await act(KeyCustody(keyring, provider, now, secrets.token_bytes))
    finally:
        if client is not None:
            await client.aclose()


def _provider(roots: Held, root_file: Path, client: SourceClient | None) -> KeyProvider:
    if client is not None:
        named = {each: process_environment().get(KMS_ROOT + each.name) for each in Purpose}
        found = {each: root for each, root in named.items() if root}
        return KmsProvider(KeyService(client), found)
    if roots is Held.ENVIRONMENT:
        return EnvironmentProvider.reading(_from_environment(ROOT_KEY), secrets.token_bytes)
    return FileProvider(root_file, secrets.token_bytes)


def _key_service() -> SourceClient:
    address, token = _from_environment(KMS_ADDRESS), _from_environment(KMS_TOKEN)
    auth = Auth(AuthKind.BEARER, secret=token)
    config = SourceConfig("kms", SourceDialect.FHIR_R4, address, "", _KMS_SECONDS, auth=auth)
    return open_source_client(config, Surroundings(now, uuid4, time.monotonic))


def _from_environment(called: str) -> str:
    found = process_environment().get(called)
    if not found:
        fail(f"The environment has no {called}.")
    return found
