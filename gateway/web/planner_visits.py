"""Recognise who comes to what planners are given, and lead them to the reception of releases.

Shows nothing and decides nothing: the reception decides anew, on record.
"""

from dataclasses import dataclass

from gateway.errors import NotFoundError
from gateway.identity import Principal
from gateway.population.releases.reception import Reception
from gateway.web.visits import Visit
from rbac.roles import Role
from rbac.types import Purpose

HOME = "/planning"

_PLANNERS = frozenset(
    {Role.PUBLIC_HEALTH_PLANNER.value, Role.CSP_VIOLENCE_ANALYST.value, Role.RESEARCHER.value}
)


@dataclass(frozen=True, slots=True)
class PagesCaller:
    """A visitor, as the reception knows people: who may administer comes to review, everybody else to be given something."""

    principal: Principal
    request_id: str

    @property
    def purpose(self) -> Purpose | None:
        """Give what they come for."""
        return Purpose.HSYSADMIN if Purpose.HSYSADMIN in self.principal.purposes else None


def caller_of(visit: Visit) -> PagesCaller:
    """Name the visitor to the reception."""
    return PagesCaller(visit.session.principal, visit.request_id)


def reception_of(visit: Visit) -> Reception:
    """Give the reception.

    Raises NotFoundError where nothing is planned with.
    """
    planning = visit.services.planning
    if planning is None:
        raise NotFoundError("This deployment has no planning side.")
    return planning.releases


def is_planners(visit: Visit) -> bool:
    """Say whether what planners are given is the visitor's page, so that the start page may lead there."""
    return visit.services.planning is not None and visit.session.principal.role in _PLANNERS
