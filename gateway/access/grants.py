"""Decide whether a broken glass is open for one request: this user, role, session, person, step and moment.

Reads nothing. Source: docs/decisions/0016.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from fhir_profiles.nhs_number import NhsNumber
from gateway.access.evidence import is_restricted
from gateway.access.relationships import SELF_CLAIMED, Evidence
from gateway.identity import Principal
from gateway.store.break_glass import Grant
from rbac.types import Purpose

GRANT_LASTS = timedelta(minutes=60)
"""docs/decisions/0016, section 3; the second step ends with the first."""


class Grants(Protocol):
    """Where grants are read, anew for each decision."""

    async def of_session(self, principal: Principal) -> tuple[Grant, ...]: ...

    def key_of(self, patient: NhsNumber) -> str: ...


class NoGrants:
    """Stand for grants where there are none."""

    async def of_session(self, _principal: Principal) -> tuple[Grant, ...]:
        """Give no grant."""
        return ()

    def key_of(self, _patient: NhsNumber) -> str:
        """Give a key under which nothing stands."""
        return ""


def claimed_in_an_emergency(evidence: Evidence) -> str | None:
    """Name the relationship that a broken glass founds where there is no other.

    None for a restricted person: no emergency makes them exist for somebody to whom they did not.
    """
    return None if is_restricted(evidence.person) else SELF_CLAIMED


def live_grant(
    rows: Iterable[Grant], principal: Principal, patient_key: str, step: Purpose, now: datetime
) -> Grant | None:
    """Find the grant under which a person's record is open to a caller now, or None."""
    live = (
        row
        for row in rows
        if row.step is step
        and row.patient_key == patient_key
        and _is_of(row, principal)
        and row.granted_at <= now < row.ends_at
        # Whatever end is written down, none is open for longer than an hour.
        and now < row.granted_at + GRANT_LASTS
    )
    return max(live, key=lambda row: row.ends_at, default=None)


def _is_of(row: Grant, principal: Principal) -> bool:
    return (
        row.session == principal.session != ""
        and row.user_id == principal.user_id
        and row.role == principal.role
        and row.organisation == principal.organisation
    )
