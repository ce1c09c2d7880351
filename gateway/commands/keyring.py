"""`scr keys` for the planning side: make, rotate and destroy the keys of store, projects and vault."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer

from adapters.source_config import SourceConfigError
from gateway.commands.speaking import MISUNDERSTOOD, answer_json, fail, progress, reason_of
from gateway.planning_keys import Held, KeyringPlace, open_custody
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.names import KeyName, KeyNameError, Purpose
from gateway.population.keys.provider import CustodyError
from gateway.settings import process_environment
from gateway.wiring import now

Told = TypeVar("Told")


Ring = Annotated[Path, typer.Argument(help="The keyring's file.")]
For = Annotated[Purpose, typer.Option("--purpose", help="What the key is for.")]
Project = Annotated[str, typer.Option(help="Of a project's key: the project.")]
Recipient = Annotated[str, typer.Option(help="Of a project's key: who receives its releases.")]
Roots = Annotated[Held, typer.Option("--roots", help="Who holds the roots: see docs/keys.md.")]
RootFile = Annotated[
    Path | None,
    typer.Option(help="--roots file: where; else beside the keyring, ending in .roots."),
]

_ENDS_RELEASES = (
    "Under another key of the store nobody in store or ledger is known again, so nothing is released or counted here "
    "any more: read docs/keys.md, and say --ends-releases if you mean that."
)


def rotate(
    keyring: Ring,
    *,
    purpose: For,
    project: Project = "",
    recipient: Recipient = "",
    roots: Roots = Held.FILE,
    root_file: RootFile = None,
    ends_releases: Annotated[
        bool,
        typer.Option("--ends-releases", help="Of the store's key: say that you know what it ends."),
    ] = False,
) -> None:
    """Begin a new epoch of a planning key; the keys before it still read what they made.

    The store's key names people in the store and in the ledger of what was released. Under another nobody is known again, so
    every release and count is refused from then on, where anything was released before: it needs --ends-releases.

    Examples:

      scr keys rotate keyring.json --purpose project --project violence --recipient CSP1
    """
    name = named(purpose, project, recipient)
    if purpose is Purpose.STORE and not ends_releases:
        # The keyring does not know which ledgers there are, so none is taken for empty.
        fail(_ENDS_RELEASES, MISUNDERSTOOD)
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
    place = KeyringPlace(keyring, roots, root_file)
    try:
        return asyncio.run(_acted(place, act))
    except (CustodyError, SourceConfigError) as fault:
        fail(str(fault))
    except OSError as fault:
        fail(f"A file of keys cannot be written: {reason_of(fault)}.")


async def _acted(place: KeyringPlace, act: Callable[[KeyCustody], Awaitable[Told]]) -> Told:
    async with open_custody(place, process_environment(), now) as custody:
        return await act(custody)
