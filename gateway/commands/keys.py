"""`scr keys`: the service's keys, by purpose."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.keyring import (
    Project,
    Recipient,
    RootFile,
    Roots,
    destroy,
    make_planning_key,
    named,
    rotate,
)
from gateway.commands.speaking import fail, progress, reason_of
from gateway.keys import add_missing_keys, make_keys, write_keys
from gateway.planning_keys import Held
from gateway.population.keys.names import Purpose

app = typer.Typer(help="The service's keys, by purpose.", no_args_is_help=True)
app.command()(rotate)
app.command()(destroy)


@app.callback()
def family() -> None:
    """Keep the service's keys, by purpose."""


@app.command()
def init(
    path: Annotated[
        Path,
        typer.Argument(
            help="The file to make: `key_file` of the settings; or the planning keyring."
        ),
    ],
    *,
    purpose: Annotated[
        Purpose | None,
        typer.Option(help="Make the first planning key for this purpose, in a keyring."),
    ] = None,
    project: Project = "",
    recipient: Recipient = "",
    roots: Roots = Held.FILE,
    root_file: RootFile = None,
) -> None:
    """Make a new key file that only its owner may read, or with --purpose a planning key.

    Refuses to replace one: what its keys wrote could not be read any more.

    Examples:

      scr keys init keys.json

      scr keys init keyring.json --purpose store
    """
    if purpose is None:
        _make_key_file(path)
    else:
        make_planning_key(path, named(purpose, project, recipient), roots, root_file)


def _make_key_file(path: Path) -> None:
    try:
        write_keys(path, make_keys())
    except FileExistsError:
        fail(f"{path} is there already, and replacing it would lose what its keys wrote.")
    except OSError as fault:
        fail(f"A key file cannot be written: {reason_of(fault)}.")
    progress(
        f"Made {path}. Keep it out of version control, and back it up apart from the database."
    )


@app.command()
def complete(
    path: Annotated[Path, typer.Argument(help="The key file: `key_file` of the settings.")],
) -> None:
    """Make the keys that a key file of an earlier version lacks; those it has stay as they are.

    Examples:

      scr keys complete keys.json
    """
    made = add_missing_keys(path)
    progress(f"Made: {', '.join(made)}." if made else "Nothing was missing.")
