"""Look at the role policy: versions, drafts, what a change changes, and why a decision is what it is.

Changes nothing, and shows nothing of any person. Both audit rows, as for every look.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

import orjson

from gateway.access.permit import Administering, PolicyPermit, RefusalReason
from gateway.audit.acts import AskedAct, AuditAction
from gateway.audit.entries import entries_of_decision
from gateway.errors import NotFoundError
from gateway.policy.permitted import Asker, Permitting
from gateway.policy.versions import PolicyVersions
from gateway.store.policies import Activation, activations
from gateway.store.policy_drafts import Draft, administrators, draft_of, drafts
from rbac.difference import Difference
from rbac.expectations import Expectation, Unmet, built_in, unmet
from rbac.explain import Explanation, Item, explain
from rbac.types import OrganisationKind, Policy, Purpose

LISTED_AT_MOST = 200

GUARDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "permitted": ("No guard stood in the way: the rules of the policy decided.", ""),
        RefusalReason.UNKNOWN_PERSON: (
            "The demographics service knows nobody, or nobody who may be told of.",
            "Nothing that an administrator does.",
        ),
        RefusalReason.AGREEMENT_MISSING: (
            "No agreement binds the caller's organisation for this purpose.",
            "An agreement with it as a party, for the purpose and what is asked for; no rule of a policy.",
        ),
        RefusalReason.AGREEMENT_ENDED: (
            "The agreement that bound the caller's organisation has ended.",
            "Its renewal, as a new agreement; no rule of a policy.",
        ),
        RefusalReason.AGREEMENT_NOT_STARTED: (
            "The agreement that binds the caller's organisation has not begun.",
            "Its beginning; no rule of a policy.",
        ),
        RefusalReason.NO_ROLE: ("The job role has no place here.", "Another role profile."),
        RefusalReason.SUSPENDED: (
            "The person, or this role profile of theirs, is suspended.",
            "`scr staff restore`, by whoever runs the service.",
        ),
        RefusalReason.PURPOSE_NOT_ALLOWED: (
            "The token does not hold this purpose, or the policy has no rule for the role with it.",
            "A rule for this role, kind of organisation and purpose; or a token with the purpose.",
        ),
        RefusalReason.BREAK_GLASS_REQUIRED: (
            "An emergency purpose is opened by breaking the glass alone.",
            "Breaking the glass, with a reason.",
        ),
        RefusalReason.NO_PATIENT_ACCESS: (
            "No rule shows this role any of a record, or lets it search.",
            "Rules for the act and the category; roles outside care can have none.",
        ),
        RefusalReason.NOT_FOR_ROLE: (
            "The role has no right to administer or to read the audit.",
            "Another role; a policy gives such rights to roles outside care alone.",
        ),
        RefusalReason.NO_RELATIONSHIP: (
            "The organisation has no current relationship with the person.",
            "A referral, an admission or a registration; no rule of a policy.",
        ),
        RefusalReason.SHARING_RESTRICTED: (
            "The person objects to sharing.",
            "The person; no rule of a policy.",
        ),
        RefusalReason.CHECK_FAILED: (
            "A part that the decision rests on did not answer.",
            "Asking again.",
        ),
        RefusalReason.NOT_ADMINISTRATOR: (
            "The person is not on the list of administrators.",
            "An approved draft that names them.",
        ),
        RefusalReason.OWN_CHANGE: ("Nobody approves their own change.", "Somebody else."),
        RefusalReason.GUARDIAN_NEEDED: (
            "The change loosens a guarded label or adds an emergency right.",
            "A Caldicott Guardian who approves it.",
        ),
        RefusalReason.OUT_OF_SCOPE: (
            "The token's scopes do not cover what was asked, whatever the rules give its holder.",
            "A token with the scope, from the identity provider; no rule of a policy.",
        ),
        RefusalReason.NOT_THE_LAUNCHED: (
            "The application was launched for another person.",
            "A launch for this person; no rule of a policy.",
        ),
        RefusalReason.SECOND_PERSON_NEEDED: (
            "Nobody but its author has approved it, or a rollback would show more.",
            "Somebody else's approval; of a draft with the rules of the earlier version.",
        ),
    }
)
"""Each reason of a decision: which guard it was, and what would change it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Which version decides, what decided before, latest first, and who may change it."""

    active: str
    activations: tuple[Activation, ...]
    administrators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft, what it changes, and the expectations that it does not meet."""

    draft: Draft
    difference: Difference
    unmet: tuple[Unmet, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a kind of item is shown as it is, under which version."""

    version: str
    item: Item
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Recorded:
    """Why a recorded decision was what it was; nothing of whom it was about, nor of who asked.

    `levels_now` is the hash of what that version gives the role today: the same as `levels`, where that was recorded.
    """

    version: str
    role: str
    organisation_kind: OrganisationKind
    purpose: Purpose | None
    act: str
    decision: str
    reason: str
    levels: str | None
    levels_now: str | None

    @property
    def guard(self) -> tuple[str, str]:
        """Say what decided, and what would change it."""
        return GUARDS[self.reason]


@dataclass(frozen=True, slots=True)
class PolicyExplaining:
    """The use case of whoever looks at the policy, over the deployment's parts."""

    permitting: Permitting
    versions: PolicyVersions

    async def standing(self, asker: Asker) -> Standing:
        """Say which version decides and which did.

        Raises RefusedError, ConflictError, UnavailableError.
        """
        permit = await self._look(asker)
        found = await self.versions.store.read(activations, LISTED_AT_MOST)
        named = await self.versions.store.read(administrators)
        await self.permitting.disclose(permit, {"policy-versions": len(found)})
        return Standing(permit.policy_version, found, named)

    async def policy(self, asker: Asker, version: str) -> Policy:
        """Give the rules of a version.

        Raises NotFoundError, RefusedError, ConflictError, UnavailableError.
        """
        permit = await self._look(asker)
        policy = await self.versions.policy(version)
        await self.permitting.disclose(permit, {"policy-rules": len(policy.rules)})
        return policy

    async def drafts(self, asker: Asker) -> tuple[Draft, ...]:
        """List drafts, latest first.

        Raises RefusedError, ConflictError, UnavailableError.
        """
        permit = await self._look(asker)
        found = await self.versions.store.read(drafts, LISTED_AT_MOST)
        await self.permitting.disclose(permit, {"policy-drafts": len(found)})
        return found

    async def draft(
        self,
        asker: Asker,
        draft_id: UUID,
        expected: Callable[[], tuple[Expectation, ...]] = built_in,
    ) -> Looked:
        """Give a draft with what it changes, held against what is expected.

        Raises NotFoundError, RefusedError, ConflictError, UnavailableError.
        """
        permit = await self._look(asker)
        draft = await self.versions.store.read(draft_of, draft_id)
        if draft is None:
            raise NotFoundError("There is no such draft.")
        policy = await self.versions.policy(draft.version)
        difference = await self.versions.difference(draft.based_on, policy)
        side = await self.versions.side(policy)
        await self.permitting.disclose(permit, {"policy-drafts": 1})
        return Looked(draft, difference, unmet(side.compiled, expected()))

    async def explain(self, asker: Asker, item: Item, version: str | None = None) -> Explained:
        """Say which rule or guard decides what a role sees of a kind of item.

        Raises NotFoundError, RefusedError, ConflictError, UnavailableError.
        """
        permit = await self._look(asker, AskedAct.EXPLAIN)
        wanted = version or permit.policy_version
        side = await self.versions.side(await self.versions.policy(wanted))
        await self.permitting.disclose(permit, {"policy-rules": 1})
        return Explained(wanted, item, explain(side.policy, side.compiled, item))

    async def explain_decision(self, asker: Asker, decision_id: UUID) -> Recorded:
        """Say which rule or guard made a decision that is on record.

        Raises NotFoundError, RefusedError, ConflictError, UnavailableError.
        """
        permit = await self._look(asker, AskedAct.EXPLAIN)
        rows = await self.versions.store.read(entries_of_decision, decision_id)
        bodies = [row.body for row in rows if row.action is AuditAction.ASKED]
        if not bodies:
            raise NotFoundError("There is no such decision.")
        recorded = await self._recorded(orjson.loads(bodies[0]))
        await self.permitting.disclose(permit, {"decisions": 1})
        return recorded

    async def _look(self, asker: Asker, act: AskedAct = AskedAct.READ_POLICY) -> PolicyPermit:
        return await self.permitting.permit(asker, act, Administering.LOOK)

    async def _recorded(self, row_a: Mapping[str, Any]) -> Recorded:
        version, who = row_a["policy_version"], row_a["who"]
        kind = OrganisationKind(who["organisation_kind"])
        purpose = None if row_a["purpose"] is None else Purpose(row_a["purpose"])
        side = await self.versions.side(await self.versions.policy(version))
        levels = None if purpose is None else side.compiled.levels_for(who["role"], kind, purpose)
        return Recorded(
            version,
            who["role"],
            kind,
            purpose,
            row_a["act"],
            row_a["decision"],
            row_a["reason"],
            row_a.get("levels"),
            None if levels is None else levels.digest,
        )
