"""Put staff on teams and take them off, each on record before its effect.

Decides nothing: what a team's relationships open to a member is in `relationships.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.audit.log import AuditLog
from gateway.audit.staff_acts import TeamMemberAdded, TeamMemberEnded
from gateway.errors import ConflictError
from gateway.store.team_members import TeamMember, add_team_member, end_team_member

_ON_IT = "They are on this team then: end that, and add them again."
_NOT_ON_IT = "They are not on this team any later than that."


@dataclass(frozen=True, slots=True)
class OnTeam:
    """Who is on which team: the subject of their tokens, the ODS code, and the organisation's name for its team."""

    organisation: str
    team: str
    subject: str


@dataclass(frozen=True, slots=True)
class TeamRegistry:
    """Keep memberships and end them."""

    log: AuditLog
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def add(
        self, who: OnTeam, starts_at: datetime, ends_at: datetime | None, entered_by: str
    ) -> None:
        """Put somebody on a team.

        Raises ConflictError when they are on it at any time of that, UnavailableError.
        """
        event = TeamMemberAdded(
            at=self.clock(),
            user_id=entered_by,
            subject=who.subject,
            organisation=who.organisation,
            team=who.team,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        member = TeamMember(
            self.new_id(), who.organisation, who.team, who.subject, starts_at, ends_at
        )
        async with self.log.recorded(event) as session:
            _must_have_happened(await session.do(add_team_member, member), _ON_IT)

    async def end(self, who: OnTeam, ends_at: datetime, entered_by: str) -> None:
        """Take somebody off a team, also where they were still to join it.

        Raises ConflictError when they are not on it any later, UnavailableError.
        """
        event = TeamMemberEnded(
            self.clock(), entered_by, who.subject, who.organisation, who.team, ends_at
        )
        async with self.log.recorded(event) as session:
            _must_have_happened(
                await session.do(end_team_member, who.organisation, who.team, who.subject, ends_at),
                _NOT_ON_IT,
            )


def _must_have_happened(has_happened: bool, told: str) -> None:  # noqa: FBT001 - what the store says
    if not has_happened:
        raise ConflictError(told)
