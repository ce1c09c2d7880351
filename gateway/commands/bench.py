"""`scr bench`: measure the service, from its source tree."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.speaking import MISUNDERSTOOD, AsJson, fail

BENCHMARKS = Path("bench")
_MEASURES = ("audit", "authorisation", "everything", "growth", "lookups", "population", "row_b")
"""The other files are what these are made of."""


def bench(
    name: Annotated[str, typer.Argument(help="Which benchmark: a file of bench/.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Run one benchmark of the source tree in this folder.

    Examples:

      scr bench everything

      scr bench everything --json
    """
    known = sorted(name for name in _MEASURES if (BENCHMARKS / f"{name}.py").is_file())
    if name not in known:
        told = ", ".join(known) or "none: run this in the source tree"
        fail(f"There is no such benchmark. Known here: {told}.", MISUNDERSTOOD)
    command = [sys.executable, str(BENCHMARKS / f"{name}.py"), *(["--json"] if as_json else [])]
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603 - one of our own files
