"""Change the role policy: two people, in steps, against the version that the first of them looked at.

Decides nothing about who may. Every act has its row A and one entry in the transaction of its effect.
Source: docs/decisions/0013.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from gateway.access.administration import NO_CHANGE, ChangeAtHand
from gateway.access.permit import Administering, PolicyPermit
from gateway.audit.acts import AskedAct, PolicyActivated, PolicyApproved, PolicyProposed
from gateway.audit.recorded import RecordedSession
from gateway.errors import (
    BadRequestError,
    ConflictError,
    NotFoundError,
    UnavailableError,
    UnsafePolicyError,
)
from gateway.policy.active import ActivePolicies
from gateway.policy.drafts import Proposal, digest_of
from gateway.policy.permitted import Asker, Permitting
from gateway.policy.versions import PolicyVersions, refuse_outdated, refuse_unsafe
from gateway.store.policies import (
    PolicyVersion,
    activate_policy,
    active_policy,
    save_policy,
    was_ever_active,
)
from gateway.store.policy_drafts import Draft, add_draft, approve_draft, draft_of, use_draft
from rbac.administrators import faults_of_administrators
from rbac.difference import Difference
from rbac.lint import lint_change
from rbac.policy import as_json
from rbac.types import Policy


@dataclass(frozen=True, slots=True)
class PolicyAdministration:
    """The administrators' use case, over the deployment's parts."""

    permitting: Permitting
    policies: ActivePolicies
    versions: PolicyVersions
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def propose(self, asker: Asker, proposal: Proposal) -> tuple[Draft, Difference]:
        """Draft a change; nothing is saved unless it could be served.

        Raises RefusedError, ConflictError, UnsafePolicyError, BadRequestError, NotFoundError, UnavailableError.
        """
        permit = await self.permitting.permit(asker, AskedAct.PROPOSE_POLICY, Administering.PROPOSE)
        refuse_outdated(proposal.based_on, permit.policy_version)
        after = await self._proposed(proposal)
        await self._refuse_unsafe_change(proposal, after, asker)
        difference = await self.versions.difference(proposal.based_on, after)
        draft = self._draft(proposal, after, difference, permit)
        event = PolicyProposed(
            draft.proposed_at,
            draft.proposed_by,
            permit.decision_id,
            permit.policy_version,
            draft.id,
            draft.version,
            draft.administrators,
            draft.digest,
        )
        async with self.permitting.effect(permit, event) as session:
            body = as_json(after)
            saved = PolicyVersion(after.version, body, draft.proposed_at, draft.proposed_by)
            await session.do(save_policy, saved)
            await session.do(add_draft, draft)
        return draft, difference

    async def approve(self, asker: Asker, draft_id: UUID) -> None:
        """Agree to somebody else's draft.

        Raises RefusedError, ConflictError, NotFoundError, UnavailableError.
        """
        draft = await self._known(draft_id)
        permit = await self.permitting.permit(
            asker, AskedAct.APPROVE_POLICY, *_at_hand(draft, Administering.APPROVE)
        )
        unaltered = _must_be_there(draft)
        refuse_outdated(unaltered.based_on, permit.policy_version)
        now, user_id = self.clock(), permit.principal.user_id
        event = PolicyApproved(
            now, user_id, permit.decision_id, permit.policy_version, draft_id, unaltered.digest
        )
        async with self.permitting.effect(permit, event) as session:
            _must_have_been(await session.do(approve_draft, unaltered, user_id, now))

    async def activate(self, asker: Asker, draft_id: UUID) -> str:
        """Let an approved draft decide from now on, everywhere; give its version.

        Raises RefusedError, ConflictError, NotFoundError, UnsafePolicyError, UnavailableError.
        """
        draft = await self._known(draft_id)
        permit = await self.permitting.permit(
            asker, AskedAct.ACTIVATE_POLICY, *_at_hand(draft, Administering.ACTIVATE)
        )
        unaltered = _must_be_there(draft)
        refuse_outdated(unaltered.based_on, permit.policy_version)
        policy = await self._servable(unaltered.version)
        event = self._activated(permit, policy, unaltered.id)
        async with self.permitting.effect(permit, event) as session:
            _must_have_been(
                await session.do(use_draft, unaltered, permit.principal.user_id, event.at)
            )
            await self._switch(session, event)
        await self._warm()
        return policy.version

    async def roll_back(self, asker: Asker, version: str, based_on: str) -> str:
        """Let a version decide that did before, where that shows nobody more; give the version.

        Raises RefusedError, ConflictError, NotFoundError, UnsafePolicyError, UnavailableError.
        """
        is_there = await self.versions.store.read(was_ever_active, version)
        # Comparing takes seconds of work: it is done for nobody who may not go back at all.
        may = await self.permitting.may(asker, Administering.ROLL_BACK)
        change = await self._going_back(version) if is_there and may else NO_CHANGE
        permit = await self.permitting.permit(
            asker, AskedAct.ROLL_BACK_POLICY, Administering.ROLL_BACK, change
        )
        if not is_there:
            raise NotFoundError("This version has never been active.")
        refuse_outdated(based_on, permit.policy_version)
        event = self._activated(permit, await self._servable(version), None)
        async with self.permitting.effect(permit, event) as session:
            await self._switch(session, event)
        await self._warm()
        return version

    async def _warm(self) -> None:
        # It decides already; this only spares the next request the wait for its compiling.
        with contextlib.suppress(UnavailableError):
            await self.policies.active()

    async def _proposed(self, proposal: Proposal) -> Policy:
        if isinstance(proposal.rules, Policy):
            return proposal.rules
        return await self.versions.policy(proposal.rules)

    async def _refuse_unsafe_change(self, proposal: Proposal, after: Policy, asker: Asker) -> None:
        before = await self.versions.policy(proposal.based_on)
        faults = lint_change(before, after, asker.principal.role)
        if proposal.administrators is not None:
            named = faults_of_administrators(proposal.administrators, asker.principal.user_id)
            faults = (*faults, *named)
        if faults:
            raise UnsafePolicyError(fault.message for fault in faults)
        if before.version == after.version and proposal.administrators is None:
            raise BadRequestError("The proposal changes nothing.", "business-rule")

    def _draft(
        self, proposal: Proposal, after: Policy, difference: Difference, permit: PolicyPermit
    ) -> Draft:
        draft = Draft(
            id=self.new_id(),
            based_on=proposal.based_on,
            version=after.version,
            administrators=proposal.administrators,
            why=proposal.why,
            needs_guardian=difference.needs_guardian,
            digest="",
            proposed_at=self.clock(),
            proposed_by=permit.principal.user_id,
        )
        return replace(draft, digest=digest_of(draft))

    async def _known(self, draft_id: UUID) -> Draft | None:
        draft = await self.versions.store.read(draft_of, draft_id)
        if draft is not None and digest_of(draft) != draft.digest:
            raise UnavailableError("The draft is not what was proposed.")
        return draft

    async def _servable(self, version: str) -> Policy:
        policy = await self.versions.policy(version)
        refuse_unsafe(policy)
        await self.versions.side(policy)
        return policy

    async def _going_back(self, version: str) -> ChangeAtHand:
        active = await self.policies.active()
        earlier = await self.versions.policy(version)
        difference = await self.versions.difference(active.version, earlier)
        return ChangeAtHand(is_widening=difference.is_widening)

    def _activated(
        self, permit: PolicyPermit, policy: Policy, draft_id: UUID | None
    ) -> PolicyActivated:
        return PolicyActivated(
            self.clock(),
            permit.principal.user_id,
            policy.version,
            permit.policy_version,
            draft_id,
            permit.decision_id,
            permit.policy_version,
        )

    async def _switch(self, session: RecordedSession, event: PolicyActivated) -> None:
        before = await session.do(active_policy)
        generation = 0 if before is None else before.generation
        switched = await session.do(activate_policy, event.version, event.at, generation)
        _must_have_been(switched is not None)


def _at_hand(
    draft: Draft | None, administering: Administering
) -> tuple[Administering, ChangeAtHand]:
    if draft is None:
        # Whoever may look may be told that there is no such draft.
        return Administering.LOOK, NO_CHANGE
    change = ChangeAtHand(draft.proposed_by, draft.approved_by, draft.needs_guardian)
    return administering, change


def _must_be_there(draft: Draft | None) -> Draft:
    if draft is None:
        raise NotFoundError("There is no such draft.")
    return draft


def _must_have_been(was_open: bool) -> None:  # noqa: FBT001 - the store's own answer
    # Raised within the recorded act, so that neither its entry nor anything else of it is kept.
    if not was_open:
        raise ConflictError("Somebody has done so already: look again.")
