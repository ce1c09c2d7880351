"""`scr audit begin-anew`: let the audit's log go on after a loss, under another name, with the loss on record.

What it does and why: docs/backup.md and docs/decisions/0027.
"""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from gateway.audit.acts import LogBegunAnew
from gateway.audit.beginning_anew import Beginning, event_of, lost_of
from gateway.audit.free_text import without_identifiers
from gateway.audit.log import AuditLog
from gateway.audit.notes import NoteError
from gateway.audit.places import Folder
from gateway.commands.recording import with_store
from gateway.commands.speaking import (
    MISUNDERSTOOD,
    ConfigPath,
    could_not_be_read,
    fail,
    progress,
    settings_from,
)
from gateway.keys import read_keys
from gateway.log_signing import signing_keys
from gateway.settings import Settings
from gateway.store.audit_feed import set_back
from gateway.store.engine import Store
from gateway.wiring import now

CHARACTERS_AT_MOST = 500
"""As a reason may have elsewhere (docs/decisions/0016, section 2)."""


def begin_anew(
    former: Annotated[Path, typer.Option(help="The folder of the former log's checkpoints.")],
    why: Annotated[str, typer.Option(help="What happened, for whoever reads the audit.")],
    *,
    config: ConfigPath = None,
) -> None:
    """Go on after entries of the audit were lost: record what is missing, so that the log is signed under a new name.

    First stop the service, give the log a new name (audit_origin) and an empty second place in the settings. Nothing of
    the former second place is changed: keep it.

    Examples:

      scr audit begin-anew --former /mnt/former --why "Disk failed at 04:10; restored from the night's backup"
    """
    if not 0 < len(why.strip()) <= CHARACTERS_AT_MOST:
        fail(f"Say why, in at most {CHARACTERS_AT_MOST} characters.", MISUNDERSTOOD)
    settings = settings_from(config)
    beginning = _beginning(settings, former)
    try:
        done = asyncio.run(
            with_store(settings, lambda store, log: _begin(beginning, why.strip(), store, log))
        )
    except NoteError as fault:
        fail(str(fault), MISUNDERSTOOD)
    except OSError as fault:
        fail(could_not_be_read(fault))
    lost = f"entries {done.first_lost} to {done.former_size} of {done.former_origin} are lost"
    progress(
        f"On record: {lost}. The log goes on as {done.origin}: give its new key to who checks it."
    )


async def _begin(beginning: Beginning, why: str, store: Store, log: AuditLog) -> LogBegunAnew:
    with store.checking() as reading:
        lost = lost_of(reading, beginning)
    event = event_of(beginning, lost, without_identifiers(why), now())
    async with log.recorded(event) as session:
        # The numbers of what is lost are used again, for entries that no receiver has.
        await session.do(set_back, event.first_lost - 1, event.at)
    return event


def _beginning(settings: Settings, former: Path) -> Beginning:
    keys = signing_keys(settings, read_keys(settings.key_file))
    folder = settings.audit_checkpoint_folder
    return Beginning(
        tuple(each.verifier() for each in keys),
        Folder(former),
        None if folder is None else Folder(folder),
    )
