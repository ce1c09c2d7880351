"""`scr team`: put staff on a team of their organisation, take them off, and list who is on which.

A relationship that the registry records as a team's is its present members' alone. Whoever may run this upon the
database may open the team's caseload; each act is on record, and the next decision of every worker reads it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer

from gateway.access.team_registry import OnTeam, TeamRegistry
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
from gateway.settings import Settings
from gateway.store.engine import open_store
from gateway.store.team_members import TeamMember, team_members
from gateway.wiring import new_id, now

T = TypeVar("T")

CHARACTERS_AT_MOST = 200
"""As long as a subject of a token may be."""

app = typer.Typer(help="Who is on which team.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="The ODS code of an organisation of the settings.")]
Team = Annotated[str, typer.Argument(help="The team, exactly as the registry names it.")]
Subject = Annotated[str, typer.Argument(help="The subject of the person's tokens.")]
EnteredBy = Annotated[str, typer.Option(help="Who enters it: your name or user id.")]


def _day(told: str) -> Any:  # noqa: ANN401 - as typer gives it
    return typer.Option(formats=["%Y-%m-%d"], help=f"{told}, from its beginning in UTC.")


@app.callback()
def family() -> None:
    """Keep who is on which team: what is a team's is its present members' alone."""


@app.command()
def add(
    organisation: Code,
    team: Team,
    subject: Subject,
    entered_by: EnteredBy,
    *,
    starts: Annotated[datetime | None, _day("The first day; else now")] = None,
    ends: Annotated[datetime | None, _day("The first day off the team; else no end")] = None,
    config: ConfigPath = None,
) -> None:
    """Put somebody on a team.

    Examples:

      scr team add RV3 "Older adults" 555057000101 --entered-by "Sam Ade"

      scr team add RV3 "Older adults" 555057000101 --entered-by "Sam Ade" --ends 2027-04-01
    """
    settings = settings_from(config)
    _refuse_odd(organisation, team, subject, entered_by)
    if organisation not in {each.code for each in settings.organisation}:
        fail(f"The settings name no organisation {organisation}.", MISUNDERSTOOD)
    starts_at, ends_at = _instant(starts) or now(), _instant(ends)
    if ends_at is not None and ends_at <= starts_at:
        fail("A membership ends after it starts.", MISUNDERSTOOD)
    who = OnTeam(organisation, team, subject)
    _recorded(settings, lambda registry: registry.add(who, starts_at, ends_at, entered_by))
    progress("Added.")


@app.command()
def end(
    organisation: Code,
    team: Team,
    subject: Subject,
    entered_by: EnteredBy,
    *,
    on: Annotated[datetime | None, _day("A day to come; else now")] = None,
    config: ConfigPath = None,
) -> None:
    """Take somebody off a team: from then on its relationships are not theirs.

    Examples:

      scr team end RV3 "Older adults" 555057000101 --entered-by "Sam Ade"
    """
    _refuse_odd(organisation, team, subject, entered_by)
    at = now()
    ends_at = _instant(on) or at
    if ends_at < at:
        fail(
            "What was open until now cannot be closed for then: give a day to come.", MISUNDERSTOOD
        )
    who = OnTeam(organisation, team, subject)
    _recorded(settings_from(config), lambda registry: registry.end(who, ends_at, entered_by))
    progress(f"Off the team at {ends_at.isoformat()}.")


@app.command(name="list")
def show(*, config: ConfigPath = None, as_json: AsJson = False) -> None:
    """List who is on which team, was, or will be.

    Examples:

      scr team list --config scr.toml
    """
    at = now()
    store = open_store(settings_from(config).database_url)
    try:
        found = asyncio.run(store.read(team_members))
    finally:
        store.close()
    told = [_told(each, at) for each in found]
    if as_json:
        answer_json(told)
        return
    for each in told:
        typer.echo(
            f"{each['organisation']}  {each['team']}  {each['user_id']}  {each['state']}; "
            f"{each['starts_at']} to {each['ends_at'] or 'no end'}"
        )


def _refuse_odd(*texts: str) -> None:
    if not all(0 < len(each) <= CHARACTERS_AT_MOST and each.isprintable() for each in texts):
        fail(f"Each word is 1 to {CHARACTERS_AT_MOST} printable characters.", MISUNDERSTOOD)


def _instant(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)


def _recorded(settings: Settings, act: Callable[[TeamRegistry], Awaitable[T]]) -> T:
    return asyncio.run(
        with_store(settings, lambda _store, log: act(TeamRegistry(log, now, new_id)))
    )


def _told(member: TeamMember, at: datetime) -> dict[str, str | None]:
    starts_at, ends_at = member.starts_at, member.ends_at
    return {
        **asdict(member),
        "id": str(member.id),
        "state": _state(member, at),
        "starts_at": starts_at.isoformat(),
        "ends_at": None if ends_at is None else ends_at.isoformat(),
    }


def _state(member: TeamMember, at: datetime) -> str:
    if member.ends_at is not None and member.ends_at <= at:
        return "ended"
    return "on it" if member.starts_at <= at else "not started"
