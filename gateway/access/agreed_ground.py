"""Put the agreements in force before everything else that a decision rests on.

Reads no relationship and no record. docs/decisions/0018.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from gateway.access.agreements import NEEDS_NO_AGREEMENT, AgreementRow, in_force, sharing_of
from gateway.access.guarded import CallSite, asked, told
from gateway.access.permit import Refusal, RefusalReason
from gateway.access.role_ground import Ground
from gateway.access.sharing import Sharing
from gateway.errors import UnavailableError
from gateway.identity import Principal
from rbac.types import Purpose


class Agreements(Protocol):
    """Where agreements are read, anew for each decision."""

    async def of(self, organisation: str) -> tuple[AgreementRow, ...]:
        """Give every agreement of a party, in force or not."""
        ...

    async def parties(
        self, agreements: Iterable[str], practice: str | None
    ) -> frozenset[tuple[str, str]]:
        """Say which of the sources' organisations, and of one practice, are parties: (agreement, organisation)."""
        ...


async def agreed_ground(
    agreements: Agreements,
    ground: Ground | Refusal,
    principal: Principal,
    purpose: Purpose | None,
    now: datetime,
) -> Ground | Refusal:
    """Refuse without an agreement in force, whatever the role part says; else limit it to what is agreed."""
    if purpose in NEEDS_NO_AGREEMENT:
        return ground if isinstance(ground, Refusal) else ground.under(())
    try:
        rows = await asked(
            CallSite.AGREEMENTS, lambda: agreements.of(principal.organisation), tuple
        )
        # Rows that are not what they should be are found out only when they are read.
        found = told(
            CallSite.AGREEMENTS, lambda: in_force(rows, purpose, now), tuple, RefusalReason
        )
    except UnavailableError:
        found = RefusalReason.CHECK_FAILED
    if isinstance(found, RefusalReason):
        # The first check that fails is the one on record, in whatever order the parts were read.
        return replace(_refused(ground), reason=found)
    return ground if isinstance(ground, Refusal) else ground.under(found)


async def sharing_on(agreements: Agreements, ground: Ground, practice: str | None) -> Sharing:
    """Say which organisations share what with the caller of a ground.

    Raises UnavailableError when it cannot be read.
    """
    parties = await asked(
        CallSite.AGREEMENTS, lambda: agreements.parties(ground.agreed, practice), frozenset
    )
    return told(CallSite.AGREEMENTS, lambda: sharing_of(ground.agreements, parties), Sharing)


def _refused(ground: Ground | Refusal) -> Refusal:
    if isinstance(ground, Refusal):
        return ground
    return ground.refusal(RefusalReason.CHECK_FAILED)
