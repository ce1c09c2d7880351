"""Read who among the staff is suspended, anew for each decision.

Suspends nobody (`scr staff` does), and holds no rule beyond that a suspended caller gets nothing.
"""

from dataclasses import dataclass
from typing import Protocol

from gateway.access.guarded import CallSite, asked
from gateway.identity import Principal
from gateway.store.engine import Store
from gateway.store.staff_suspensions import is_suspended


class Staff(Protocol):
    """Where suspensions are read."""

    async def is_suspended(self, user_id: str, role_profile_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class StoredStaff:
    """The suspensions of the deployment's own database."""

    store: Store

    async def is_suspended(self, user_id: str, role_profile_id: str) -> bool:
        """Say whether a person is suspended, in every role or in this one."""
        return await self.store.read(is_suspended, user_id, role_profile_id)


async def may_act(staff: Staff, principal: Principal) -> bool:
    """Say whether a caller is not suspended.

    Raises UnavailableError when that cannot be read: then nobody acts.
    """
    suspended = await asked(
        CallSite.STAFF,
        lambda: staff.is_suspended(principal.user_id, principal.role_profile_id),
        bool,
    )
    return suspended is False
