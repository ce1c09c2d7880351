"""Write the audit's log to a file, and delete what its oldest entries say: the commands of `scr audit` that are acts.

Both are on record in the log itself.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from gateway.audit.acts import AuditExported, EntriesPurged
from gateway.audit.log import AuditLog
from gateway.audit.proving import exported_lines
from gateway.audit.retention import LEAST_YEARS, purge_old, purgeable_through
from gateway.commands.recording import with_store
from gateway.commands.speaking import MISUNDERSTOOD, ConfigPath, fail, progress, settings_from
from gateway.store.audit_tree import StoredCheckpoint, latest_checkpoint
from gateway.store.engine import Store
from gateway.wiring import now


def export(
    out: Annotated[Path, typer.Option(help="The file to make; it must not be there.")],
    *,
    config: ConfigPath = None,
) -> None:
    """Write the log up to its latest checkpoint, for somebody who checks it. It tells who looked at whose record.

    Examples:

      scr audit export --out log.ndjson
    """
    checkpoint = asyncio.run(
        with_store(settings_from(config), lambda store, log: _export(store, log, out))
    )
    if checkpoint is None:
        fail("Nothing was signed yet.")
    progress(f"Wrote {checkpoint.size} entries to {out}.")


def purge(
    before: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="Entries recorded before this day (UTC) go."),
    ],
    *,
    config: ConfigPath = None,
) -> None:
    """Delete what entries before a day say, once their time of retention is over; their hashes stay.

    The last of them stays as well: it shows how old the others were. Works while the service runs, by steps that are
    each on record; what was left by one that failed, for others were writing, is deleted when it is run again. Needs a database address of the owner, not of the service's own role.

    Examples:

      SCR_DATABASE_URL_FILE=owner.txt scr audit purge --before 2018-04-01
    """
    until = before.replace(tzinfo=UTC)
    at = now()
    if until > at.replace(year=at.year - LEAST_YEARS, day=min(at.day, 28)):
        fail(f"The audit is kept for {LEAST_YEARS} years at least.", MISUNDERSTOOD)
    count = asyncio.run(
        with_store(settings_from(config), lambda store, log: _purge(store, log, until))
    )
    progress(f"Deleted what {count} entries said.")


async def _export(store: Store, log: AuditLog, out: Path) -> StoredCheckpoint | None:
    checkpoint = await store.read(latest_checkpoint)
    if checkpoint is None:
        return None
    await log.append(AuditExported(now(), "scr audit export", checkpoint.size))
    with store.checking() as reading, whole_file(out) as file:
        file.writelines(exported_lines(reading, checkpoint))
    return checkpoint


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Make a new file that nobody else reads, under its name once it is whole; after a failure there is none.

    Raises FileExistsError.
    """
    part = path.with_name(f"{path.name}.part")
    path.touch(mode=0o600, exist_ok=False)
    try:
        part.touch(mode=0o600, exist_ok=False)
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except BaseException:
        # Half a log may end with a checkpoint, and pass for the whole of it.
        part.unlink(missing_ok=True)
        path.unlink()
        raise


async def _purge(store: Store, log: AuditLog, recorded_before: datetime) -> int:
    through = await store.read(purgeable_through, recorded_before)
    rule = f"{LEAST_YEARS} years"
    event = EntriesPurged(now(), "scr audit purge", through, recorded_before, rule)
    return await purge_old(store, log, event)
