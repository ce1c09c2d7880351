"""`scr staff`: take access from a member of staff at once, give it back, and list from whom it is taken; and say who
the staff are themselves.

Whoever runs the service does this; each act is on record, and the next decision of every worker reads it.
"""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from gateway.access.staff_register import StaffKeeping
from gateway.audit.acts import StaffRestored, StaffSuspended
from gateway.audit.free_text import without_identifiers
from gateway.audit.log import AuditLog
from gateway.commands.recording import with_store
from gateway.commands.speaking import (
    MISUNDERSTOOD,
    AsJson,
    ConfigPath,
    answer_json,
    fail,
    progress,
    settings_from,
)
from gateway.commands.staff_files import known_in
from gateway.keys import KeyPurpose, read_keys
from gateway.store.engine import Store
from gateway.store.sign_ins import end_sign_ins_of
from gateway.store.staff_suspensions import (
    EVERY_PROFILE,
    StaffSuspension,
    restore,
    suspend,
    suspensions,
)
from gateway.wiring import now

T = TypeVar("T")

CHARACTERS_AT_MOST = 200
"""As long as a subject or a role profile id of a token may be."""

app = typer.Typer(help="Who the staff are, and who is suspended.", no_args_is_help=True)

Subject = Annotated[str, typer.Argument(help="The subject of the person's tokens.")]
RoleProfile = Annotated[
    str, typer.Option("--role-profile", help="One role profile id; else the person in every role.")
]


@app.callback()
def family() -> None:
    """Suspend members of staff, restore them, list who is suspended, and say who they are as patients."""


@app.command("suspend")
def suspend_staff(
    subject: Subject,
    why: Annotated[str, typer.Option(help="The reason, in a line; it is kept in the audit.")],
    *,
    role_profile: RoleProfile = EVERY_PROFILE,
    config: ConfigPath = None,
) -> None:
    """Suspend somebody: their next request is refused, whatever their token says, and their sessions end.

    Examples:

      scr staff suspend 555057000101 --why "Left the practice"

      scr staff suspend 555057000101 --role-profile 555211000101 --why "No longer on this ward"
    """
    _refuse_odd(subject, role_profile, why)
    settings = settings_from(config)
    ended = asyncio.run(
        with_store(settings, lambda store, log: _suspend(store, log, subject, role_profile, why))
    )
    progress(f"Suspended; {ended} sessions ended.")


@app.command("restore")
def restore_staff(
    subject: Subject, *, role_profile: RoleProfile = EVERY_PROFILE, config: ConfigPath = None
) -> None:
    """Lift a suspension, as it was made: of one role profile, or of the person.

    Examples:

      scr staff restore 555057000101
    """
    _refuse_odd(subject, role_profile)
    settings = settings_from(config)
    if not asyncio.run(
        with_store(settings, lambda store, log: _restore(store, log, subject, role_profile))
    ):
        fail("There is no such suspension; `scr staff list` shows all.")
    progress("Restored.")


@app.command("list")
def list_staff(*, config: ConfigPath = None, as_json: AsJson = False) -> None:
    """List who is suspended, since when, by whom and why.

    Examples:

      scr staff list --config scr.toml
    """
    found = asyncio.run(
        with_store(settings_from(config), lambda store, _log: store.read(suspensions))
    )
    if as_json:
        answer_json([{**asdict(each), "since": each.since.isoformat()} for each in found])
        return
    for each in found:
        typer.echo(
            f"{each.user_id}  {each.role_profile_id}  {each.since:%Y-%m-%d %H:%M} UTC  {each.why}"
        )


@app.command("know")
def know_staff(
    file: Annotated[Path, typer.Argument(help="A table of commas, one member of staff a line.")],
    entered_by: Annotated[str, typer.Option(help="Who enters it: your name or user id.")],
    *,
    config: ConfigPath = None,
) -> None:
    """Take in who the staff are as patients and where they live, so that snooping on kin and colleagues is noticed.

    Columns: organisation,user_id,nhs_number,postcode,address_line. The last three may be empty. What is kept are keyed
    hashes; what was kept of the organisations that the file names is replaced, so that who left is forgotten.

    Examples:

      scr staff know staff.csv --entered-by "Sam Ade"
    """
    settings = settings_from(config)
    _refuse_odd(entered_by)
    known = known_in(file, frozenset(each.code for each in settings.organisation))
    key = read_keys(settings.key_file).current(KeyPurpose.REGISTRY)
    count = asyncio.run(
        with_store(settings, lambda _s, log: StaffKeeping(log, now, key).keep(known, entered_by))
    )
    progress(f"{count} members of staff are known now. Destroy the file.")


def _refuse_odd(*texts: str) -> None:
    if not all(0 < len(each) <= CHARACTERS_AT_MOST and each.isprintable() for each in texts):
        fail(f"Each word is 1 to {CHARACTERS_AT_MOST} printable characters.", MISUNDERSTOOD)


async def _suspend(_store: Store, log: AuditLog, subject: str, role_profile: str, why: str) -> int:
    at, by, why = now(), "scr staff suspend", without_identifiers(why)
    event = StaffSuspended(at, by, subject, role_profile, why)
    async with log.recorded(event) as session:
        await session.do(suspend, StaffSuspension(subject, role_profile, at, by, why))
        one = None if role_profile == EVERY_PROFILE else role_profile
        return await session.do(end_sign_ins_of, subject, one)


async def _restore(store: Store, log: AuditLog, subject: str, role_profile: str) -> bool:
    standing = {(each.user_id, each.role_profile_id) for each in await store.read(suspensions)}
    if (subject, role_profile) not in standing:
        return False
    event = StaffRestored(now(), "scr staff restore", subject, role_profile)
    async with log.recorded(event) as session:
        return await session.do(restore, subject, role_profile)
