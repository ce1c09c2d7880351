"""Lay a deployment's own rows over the built-in table of job roles, where they may be laid.

Reads no settings and knows no person. A code that has no row at its kind of organisation gives no access.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from rbac.roles import AGGREGATE_ROLES, NON_CARE_ROLES, Role, built_in_job_roles
from rbac.types import OrganisationKind

JobRole = tuple[OrganisationKind, str]

GOVERNING_ROLES = NON_CARE_ROLES - AGGREGATE_ROLES
"""Roles that change the policy, approve it or read the audit: no row may give or take one."""


@dataclass(frozen=True, slots=True)
class JobRoleChange:
    """One row of a deployment: what a job role code means at one kind of organisation; None means no access."""

    code: str
    organisation_kind: OrganisationKind
    role: Role | None

    @property
    def written(self) -> str:
        """Write the row in one line."""
        return _line(self.organisation_kind, self.code, self.role)


@dataclass(frozen=True, slots=True)
class JobRoles:
    """What every job role code means, and the rows by which that differs from the built-in table."""

    changes: tuple[JobRoleChange, ...]
    _roles: Mapping[JobRole, Role] = field(repr=False)

    def role_for(self, code: str, organisation_kind: OrganisationKind) -> Role | None:
        """Give the role that a job role code means at this kind of organisation; None means no access."""
        return self._roles.get((organisation_kind, code))

    @property
    def digest(self) -> str:
        """Give the hash, in hex, of every row that counts."""
        lines = sorted(_line(kind, code, role) for (kind, code), role in self._roles.items())
        return sha256("\n".join(lines).encode()).hexdigest()


def job_roles(changes: Iterable[JobRoleChange] = ()) -> JobRoles:
    """Lay rows over the built-in table.

    Raises ValueError for a row that must not be laid there, or two about one code.
    """
    laid = tuple(changes)
    faults = [fault for each in laid if (fault := fault_of(each)) is not None]
    places = {(each.organisation_kind, each.code) for each in laid}
    if faults or len(places) != len(laid):
        raise ValueError("; ".join(faults) or "two rows are about one code")
    roles: dict[JobRole, Role] = {
        place: role for place, role in built_in_job_roles().items() if place not in places
    }
    roles |= {
        (each.organisation_kind, each.code): each.role for each in laid if each.role is not None
    }
    return JobRoles(laid, roles)


def fault_of(change: JobRoleChange) -> str | None:
    """Say what is wrong with one row; None if nothing is."""
    built_in = built_in_job_roles()
    place = (change.organisation_kind, change.code)
    if GOVERNING_ROLES & {change.role, built_in.get(place)}:
        return "a role that governs is given by the built-in table alone"
    kinds = {kind for (kind, _code), role in built_in.items() if role is change.role}
    if change.role is not None and change.organisation_kind not in kinds:
        return f"{change.role} is no role of this kind of organisation"
    if built_in.get(place) is change.role:
        return "the built-in table says so already"
    return None


def _line(kind: OrganisationKind, code: str, role: Role | None) -> str:
    return f"{code} {kind} {role or 'none'}"
