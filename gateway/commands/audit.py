"""`scr audit`: check the audit's log, prove one entry, and write all of it for outsiders.

Checking opens the database to read alone; what gives an entry out is on record. What is checked: docs/audit-format.md.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gateway.audit.acts import AuditExported
from gateway.audit.following import Verdict
from gateway.audit.log import AuditLog
from gateway.audit.losses import losses_in
from gateway.audit.notes import NoteError, VerifierKey, open_checkpoint, read_verifier_key
from gateway.audit.proving import ProvenEntry, prove
from gateway.audit.verify import verify_entry, verify_export, verify_log
from gateway.commands import (
    audit_anew,
    audit_as_at,
    audit_consistency,
    audit_outside,
    audit_radar,
    audit_report,
    audit_writing,
)
from gateway.commands.audit_outside import NOTHING
from gateway.commands.recording import with_store
from gateway.commands.speaking import (
    MISUNDERSTOOD,
    AsJson,
    ConfigPath,
    answer_json,
    could_not_be_read,
    fail,
    settings_from,
)
from gateway.errors import LogAlteredError
from gateway.keys import read_keys
from gateway.log_signing import signing_keys
from gateway.settings import Settings
from gateway.store.engine import Store, open_store
from gateway.wiring import now

BROKEN = 3
"""Exit status: the log is not what was written and signed."""

app = typer.Typer(help="The audit's log.", no_args_is_help=True)
app.command("export")(audit_writing.export)
app.command("purge")(audit_writing.purge)
app.command("report")(audit_report.report)
app.command("radar")(audit_radar.radar)
app.command("as-at")(audit_as_at.as_at)
app.command("consistency")(audit_consistency.consistency)
app.command("begin-anew")(audit_anew.begin_anew)

Keys = Annotated[
    list[str] | None,
    typer.Option(
        "--key", help="Verifier key to trust, once for each; without, those of the key file."
    ),
]
Held = Annotated[
    list[Path] | None,
    typer.Option("--checkpoint", help="File of a checkpoint that was held elsewhere."),
]
LogFile = Annotated[Path | None, typer.Option(help="An exported log, in place of the database.")]
EntryFile = Annotated[
    Path | None, typer.Option(help="The proof of one entry, in place of the database.")
]
GrowthFile = Annotated[
    Path | None,
    typer.Option(help="The proof that the log only grew from the checkpoints that are named."),
]


@app.callback()
def family() -> None:
    """Check the audit's log, prove one entry, and write all of it for outsiders."""


@app.command("key")
def show_key(*, config: ConfigPath = None) -> None:
    """Print the verifier keys of the log, the one that signs now first; give them to whoever is to check it.

    Those that signed before are needed too: what they signed is in the log.

    Examples:

      scr audit key --config scr.toml
    """
    for each in _own_keys(settings_from(config)):
        typer.echo(each.text())


@app.command()
def verify(
    *,
    file: LogFile = None,
    entry: EntryFile = None,
    consistency: GrowthFile = None,
    key: Keys = None,
    checkpoint: Held = None,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """Check the whole log, an exported one, or one entry. Ends with 3 and the first broken position.

    The log is held against all checkpoints in the second place of the settings, and against any that is named.

    Examples:

      scr audit verify --config scr.toml

      scr audit verify --file log.ndjson --key record.example.nhs.uk/audit+f1c9…+AR… --checkpoint held.txt

      scr audit verify --entry entry.json --key record.example.nhs.uk/audit+f1c9…+AR…
    """
    with _faults_told():
        keys = tuple(read_verifier_key(each) for each in key or ())
        if entry is not None:
            _verify_entry(entry, keys or _own_keys(settings_from(config)))
            return
        held = [each.read_text(encoding="utf-8") for each in checkpoint or ()]
        if consistency is not None:
            _verify_growth(consistency, keys or _own_keys(settings_from(config)), held)
            return
        if file is not None:
            verdict = _of_file(file, keys or _own_keys(settings_from(config)), held)
        else:
            settings = settings_from(config)
            held += audit_outside.held_elsewhere(settings)
            trusted = (*(keys or _own_keys(settings)), *audit_outside.witness_keys(settings))
            verdict = _of_log(settings, trusted, held)
    _tell(verdict, len(held), as_json=as_json)


@app.command()
def proof(
    sequence: Annotated[int, typer.Argument(min=1, help="The number of the entry.")],
    *,
    config: ConfigPath = None,
) -> None:
    """Print one entry and its proof as JSON; that it was printed is on record.

    Examples:

      scr audit proof 4711 > entry.json
    """
    found = asyncio.run(
        with_store(settings_from(config), lambda store, log: _prove(store, log, sequence))
    )
    if found is None:
        fail("There is no such entry, or no checkpoint covers it yet.")
    answer_json({"entry": found.entry, "proof": found.proof})


async def _prove(store: Store, log: AuditLog, sequence: int) -> ProvenEntry | None:
    # Recorded before anything is read, as whoever reads the audit over HTTP is.
    await log.append(AuditExported(now(), "scr audit proof", 1, sequence))
    return await store.read(prove, sequence)


@contextmanager
def _faults_told() -> Iterator[None]:
    try:
        yield
    except NoteError as fault:
        fail(str(fault), MISUNDERSTOOD)
    except LogAlteredError as fault:
        fail(str(fault), BROKEN)
    except OSError as fault:
        fail(could_not_be_read(fault))


def _verify_entry(path: Path, keys: Sequence[VerifierKey]) -> None:
    try:
        sequence = verify_entry(json.loads(path.read_bytes()), keys)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        fail(
            str(fault) if isinstance(fault, NoteError) else "This is no proof of an entry.", BROKEN
        )
    typer.echo(f"Entry {sequence} is in the log as it stands there.")


def _verify_growth(path: Path, keys: Sequence[VerifierKey], held: Sequence[str]) -> None:
    for each in held:
        # One that is not of this log says nothing of it: that is no verdict.
        open_checkpoint(each, keys)
    try:
        audit_consistency.tell_growth(path, keys, held)
    except NoteError as fault:
        fail(str(fault), BROKEN)


def _of_file(path: Path, keys: Sequence[VerifierKey], held: Iterable[str]) -> Verdict:
    with path.open("rb") as lines:
        losses = losses_in(lines)
    with path.open("rb") as lines:
        return verify_export(lines, keys, held, losses, now())


def _of_log(settings: Settings, keys: Sequence[VerifierKey], held: Sequence[str]) -> Verdict:
    store = open_store(settings.database_url)
    try:
        with store.checking() as reading:
            return verify_log(reading, keys, held, now())
    finally:
        store.close()


def _own_keys(settings: Settings) -> tuple[VerifierKey, ...]:
    return tuple(each.verifier() for each in signing_keys(settings, read_keys(settings.key_file)))


def _tell(verdict: Verdict, compared: int, *, as_json: bool) -> None:
    if as_json:
        answer_json({**asdict(verdict), "compared": compared})
    else:
        for line in _told(verdict):
            typer.echo(line)
        typer.echo(f"Compared with checkpoints from outside: {compared}." if compared else NOTHING)
    if verdict.fault is not None:
        raise typer.Exit(BROKEN)


def _told(verdict: Verdict) -> Iterable[str]:
    fault = verdict.fault
    if fault is not None:
        where = str(fault.first) if fault.first == fault.last else f"{fault.first} to {fault.last}"
        yield f"Broken at entry {where}: {fault.why}."
    for loss in verdict.losses:
        yield f"Lost, as is on record: entries {loss.first} to {loss.through} of {loss.former_origin}."
    yield f"{verdict.entries} entries, {verdict.checkpoints} checkpoints."
    if fault is None:
        yield f"Proven by a checkpoint: the first {verdict.proven}."
    if verdict.purged:
        yield f"Deleted when their time was over: {verdict.purged}."
    if verdict.clock_went_back:
        yield f"A clock was behind at entries {', '.join(map(str, verdict.clock_went_back))}."
