"""`scr audit consistency`: prove that the audit's log only grew, and check such a proof.

It gives no entry out. Form: docs/audit-format.md, section 4.
"""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gateway.audit.consistency import Consistency, prove_consistency, verify_growth
from gateway.audit.notes import NoteError, VerifierKey
from gateway.commands.speaking import MISUNDERSTOOD, ConfigPath, answer_json, fail, settings_from
from gateway.settings import Settings
from gateway.store.audit_tree import latest_checkpoint
from gateway.store.engine import open_store
from gateway.store.sessions import Reading


def consistency(
    old: Annotated[int, typer.Argument(min=1, help="The size of the earlier checkpoint.")],
    new: Annotated[
        int | None, typer.Argument(min=1, help="That of the later one; the latest without it.")
    ] = None,
    *,
    config: ConfigPath = None,
) -> None:
    """Print the proof that the log of one checkpoint only grew into that of a later one, as JSON.

    Examples:

      scr audit consistency 4711 > grown.json

      scr audit verify --consistency grown.json --checkpoint held.txt
    """
    found = asyncio.run(_prove(settings_from(config), old, new))
    if found is None:
        fail("No such checkpoints were signed.")
    answer_json(found.document())


def tell_growth(path: Path, keys: Sequence[VerifierKey], held: Sequence[str]) -> None:
    """Check a proof that the log grew out of each checkpoint that is held.

    Raises: NoteError where the proof shows nothing of the kind.
    """
    if not held:
        fail("Name the checkpoint that is held: --checkpoint.", MISUNDERSTOOD)
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as fault:
        raise NoteError("This is no proof that a log grew.") from fault
    for each in held:
        old, new = verify_growth(document, each, keys)
        typer.echo(f"The log of {old} entries only grew to {new}.")


async def _prove(settings: Settings, old: int, new: int | None) -> Consistency | None:
    store = open_store(settings.database_url)
    try:
        return await store.read(_proven, old, new)
    finally:
        store.close()


def _proven(reading: Reading, old: int, new: int | None) -> Consistency | None:
    latest = latest_checkpoint(reading)
    if latest is None:
        return None
    return prove_consistency(reading, old, latest.size if new is None else new)
