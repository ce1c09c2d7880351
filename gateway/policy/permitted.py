"""Put on record who asks to do something with the role policy, and whether they may.

Decides nothing: `gateway/access/administration.py` does.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from gateway.access.administration import (
    NO_CHANGE,
    ChangeAtHand,
    PolicyAccess,
    must_be_named,
)
from gateway.access.asking import asked_row
from gateway.access.guarded import CallSite, asked
from gateway.access.permit import Administering, PolicyPermit, Refusal
from gateway.audit.acts import (
    Asked,
    AskedAct,
    Disclosed,
    DisclosureOutcome,
    PolicyActivated,
    PolicyApproved,
    PolicyProposed,
)
from gateway.audit.log import AuditLog
from gateway.audit.recorded import RecordedSession
from gateway.errors import ConflictError, PolicyChangedError, RefusedError
from gateway.identity import Principal
from gateway.store.engine import Store
from gateway.store.policy_drafts import administrators
from rbac.types import Purpose


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, what for, and under which request id."""

    principal: Principal
    purpose: Purpose | None
    request_id: str


@dataclass(frozen=True, slots=True)
class StoredAdministrators:
    """The list in the deployment's own database."""

    store: Store

    async def named(self) -> tuple[str, ...]:
        """Give the subjects of those who may change the policy."""
        return await self.store.read(administrators)


@dataclass(frozen=True, slots=True)
class Permitting:
    """Ask for a permit and write row A; write row B, or the effect with its own entry."""

    access: PolicyAccess
    log: AuditLog
    clock: Callable[[], datetime]

    async def may(self, asker: Asker, administering: Administering) -> bool:
        """Say whether somebody may do this at all; what comes of it is asked for anew, on record."""
        decision = await self.access.permit(asker.principal, asker.purpose, administering)
        return isinstance(decision, PolicyPermit)

    async def permit(
        self,
        asker: Asker,
        act: AskedAct,
        administering: Administering,
        change: ChangeAtHand = NO_CHANGE,
    ) -> PolicyPermit:
        """Give a permit that is on record.

        Raises RefusedError, ConflictError when the policy changed meanwhile, UnavailableError.
        """
        decision = await self.access.permit(asker.principal, asker.purpose, administering, change)
        row_a = _asked(asker, act, decision, self.clock())
        try:
            await asked(CallSite.AUDIT_ASKED, lambda: self.log.append(row_a), int)
        except PolicyChangedError as fault:
            raise _changed() from fault
        if isinstance(decision, Refusal):
            raise RefusedError(decision.reason.value, "The request was refused.")
        return decision

    async def disclose(self, permit: PolicyPermit, shown: Mapping[str, int]) -> None:
        """Record what is about to be shown.

        Raises UnavailableError.
        """
        row_b = Disclosed(
            decision_id=permit.decision_id,
            at=self.clock(),
            user_id=permit.principal.user_id,
            patient=None,
            outcome=DisclosureOutcome.DISCLOSED,
            sources={},
            shown=shown,
            withheld={},
        )
        await asked(CallSite.AUDIT_DISCLOSED, lambda: self.log.append(row_b), int)

    @asynccontextmanager
    async def effect(
        self, permit: PolicyPermit, event: PolicyProposed | PolicyApproved | PolicyActivated
    ) -> AsyncIterator[RecordedSession]:
        """Do something with its entry, by somebody who in that very transaction still may.

        Raises ConflictError when the policy changed since the permit, UnavailableError.
        """
        try:
            async with self.log.recorded(event) as session:
                if must_be_named(permit.principal, permit.administering):
                    await _must_still_be_named(session, permit.principal)
                yield session
        except PolicyChangedError as fault:
            raise _changed() from fault


async def _must_still_be_named(session: RecordedSession, principal: Principal) -> None:
    if principal.user_id not in await session.do(administrators):
        raise ConflictError("The list of administrators changed meanwhile: look again.")


def _changed() -> ConflictError:
    return ConflictError("The policy changed meanwhile: look again.")


def _asked(asker: Asker, act: AskedAct, decision: PolicyPermit | Refusal, now: datetime) -> Asked:
    return asked_row(
        act,
        decision,
        asker.principal,
        request_id=asker.request_id,
        purpose=asker.purpose,
        patient=None,
        at=now,
    )
