"""`scr docs`: write the documents that follow from the code, or check that they are current."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.speaking import MISUNDERSTOOD, fail, progress, reason_of
from gateway.docs_check import generated, stale


def docs(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; end with 1 if any is not current.")
    ] = False,
    folder: Annotated[Path, typer.Option("--dir", help="The folder of documents.")] = Path("docs"),
) -> None:
    """Write the documents that follow from the code: settings, roles and data items.

    Examples:

      scr docs

      scr docs --check
    """
    if not folder.is_dir():
        fail(f"There is no folder {folder}: run this in the source tree.", MISUNDERSTOOD)
    try:
        _keep_current(folder, is_only_checked=check)
    except OSError as fault:
        fail(f"A document cannot be read or written: {reason_of(fault)}.")


def _keep_current(folder: Path, *, is_only_checked: bool) -> None:
    documents = generated()
    found = stale(folder, documents)
    if is_only_checked and found:
        fail(f"Not current: {', '.join(found)}. Run `scr docs`.")
    for name in found:
        (folder / name).write_text(documents[name], encoding="utf-8")
    progress(f"{len(documents)} documents current, {len(found)} of them written now.")
