"""Keep who is on which team of an organisation, and since when.

Does not decide what being on a team opens: `gateway/access` does. A membership is never changed, only ended.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, bindparam, case, insert, or_, select, update

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import team_member as table


@dataclass(frozen=True, slots=True)
class TeamMember:
    """One membership, from `starts_at` until just before `ends_at`; None while it has no end.

    `organisation` is an ODS code, `team` its own name for the team, `user_id` the subject of the member's tokens.
    """

    id: UUID
    organisation: str
    team: str
    user_id: str
    starts_at: datetime
    ends_at: datetime | None = None


_ALL = select(*(table.c[name] for name in TeamMember.__slots__)).order_by(
    table.c.organisation, table.c.team, table.c.starts_at, table.c.id
)
_AT: BindParameter[datetime] = bindparam("at")
_OF_USER = _ALL.where(
    table.c.organisation == bindparam("organisation"),
    table.c.user_id == bindparam("user_id"),
    table.c.starts_at <= _AT,
    or_(table.c.ends_at.is_(None), table.c.ends_at > _AT),
)


def memberships_of(
    reading: Reading, organisation: str, user_id: str, at: datetime
) -> tuple[TeamMember, ...]:
    """List the teams of one organisation that somebody is on at an instant, sorted by team."""
    given = {"organisation": organisation, "user_id": user_id, "at": at}
    return tuple(TeamMember(*row) for row in reading.connection.execute(_OF_USER, given))


def memberships_ever(reading: Reading, user_id: str) -> tuple[TeamMember, ...]:
    """List every membership of one person, ended ones and those to come too, sorted as `team_members`."""
    rows = reading.connection.execute(_ALL.where(table.c.user_id == user_id))
    return tuple(TeamMember(*row) for row in rows)


def team_members(reading: Reading) -> tuple[TeamMember, ...]:
    """List every membership, ended ones too, sorted by organisation, team and start."""
    return tuple(TeamMember(*row) for row in reading.connection.execute(_ALL))


def add_team_member(writing: Writing, member: TeamMember) -> bool:
    """Keep a new membership; say whether there was none of this team at any time of it."""
    overlaps = select(table.c.id).where(
        *_is_of(member.organisation, member.team, member.user_id),
        or_(table.c.ends_at.is_(None), table.c.ends_at > member.starts_at),
    )
    if member.ends_at is not None:
        overlaps = overlaps.where(table.c.starts_at < member.ends_at)
    if writing.connection.execute(overlaps.limit(1)).first() is not None:
        return False
    writing.connection.execute(insert(table).values(asdict(member)))
    return True


def end_team_member(
    writing: Writing, organisation: str, team: str, user_id: str, ends_at: datetime
) -> bool:
    """End somebody's memberships of a team that would end later; say whether there was one. None ends later by it."""
    ended = writing.connection.execute(
        update(table)
        .where(
            *_is_of(organisation, team, user_id),
            or_(
                table.c.ends_at.is_(None),
                # What never began is as ended as it can be.
                (table.c.ends_at > ends_at) & (table.c.ends_at > table.c.starts_at),
            ),
        )
        # One that has not begun never does.
        .values(ends_at=case((table.c.starts_at > ends_at, table.c.starts_at), else_=ends_at))
    )
    return ended.rowcount > 0


def _is_of(organisation: str, team: str, user_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.organisation == organisation,
        table.c.team == team,
        table.c.user_id == user_id,
    )
