"""Speak to whoever runs a command: answers to standard output, progress and failures to standard error.

Knows no command. Nothing here may be given patient data.
"""

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from gateway.settings import Settings, process_environment, read_settings

FAILED = 1
MISUNDERSTOOD = 2

DEFAULT_FILE = Path("scr.toml")

ConfigPath = Annotated[
    Path | None,
    typer.Option(
        "--config", help="Settings file; scr.toml here if there is one, else environment alone."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def settings_from(path: Path | None) -> Settings:
    """Read the settings that a command names, or those of this folder and the environment.

    Raises SettingsError listing every fault.
    """
    here = DEFAULT_FILE if DEFAULT_FILE.exists() else None
    return read_settings(path or here, process_environment())


def answer_json(document: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    """Print a whole answer as JSON."""
    typer.echo(json.dumps(document, indent=2))


def progress(told: str) -> None:
    """Tell what is being done."""
    typer.echo(told, err=True)


def reason_of(fault: OSError) -> str:
    """Say in the system's words what went wrong, without what Python adds to them."""
    words = (fault.strerror or type(fault).__name__).partition(" (while")[0]
    return f"{fault.filename}: {words}" if fault.filename else words


def could_not_be_read(fault: OSError) -> str:
    """Tell which file or folder did not answer."""
    return f"{fault.filename or 'A file'} cannot be read: {fault.strerror or fault}."


def fail(told: str, code: int = FAILED) -> NoReturn:
    """Tell why the command did not do what was asked, and end."""
    typer.echo(told, err=True)
    raise typer.Exit(code)
