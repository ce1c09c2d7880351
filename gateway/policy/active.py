"""Give the compiled policy that is active now, and activate a version.

Decides nothing about access. A version is compiled before it is activated and before a worker serves it,
so no request waits for Casbin (docs/decisions/0005 and 0009, section 1).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from gateway.audit.acts import PolicyActivated
from gateway.audit.log import AuditLog
from gateway.errors import UnavailableError
from gateway.store.engine import Store
from gateway.store.policies import (
    ActivePolicy,
    PolicyVersion,
    activate_policy,
    active_policy,
    policy_body,
    save_policy,
    version_activated,
)
from rbac.decide import CompiledPolicy, UnusablePolicyError, compile_policy
from rbac.policy import as_json, parse
from rbac.types import Policy


@dataclass(frozen=True, slots=True)
class ActivePolicies:
    """Read which version is active for every decision; keep its compiled form."""

    store: Store
    _compiled: dict[str, CompiledPolicy] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def active(self) -> CompiledPolicy:
        """Give the active policy, compiled.

        Raises UnavailableError when there is none, or when it cannot be read whole and unaltered.
        """
        row = await self.store.read(active_policy)
        if row is None:
            raise UnavailableError("No role policy is active.")
        return self._compiled.get(row.version) or await self._compile(row)

    async def _compile(self, row: ActivePolicy) -> CompiledPolicy:
        version = row.version
        async with self._turn:
            if version not in self._compiled:
                if await self.store.read(version_activated, row.generation) != version:
                    # Nobody activated it: the row was written by hand.
                    raise UnavailableError("The active role policy is not what was activated.")
                body = await self.store.read(policy_body, version)
                before = next(iter(self._compiled.values()), None)
                compiled = await asyncio.to_thread(_compiled_form, version, body, before)
                self._compiled.clear()
                self._compiled[version] = compiled
            return self._compiled[version]


async def activate(
    policy: Policy, by: str, log: AuditLog, store: Store, clock: Callable[[], datetime]
) -> None:
    """Make a policy the active one, compiled and recorded first.

    Raises UnusablePolicyError when it does not compile whole, UnavailableError when another was activated
    meanwhile.
    """
    compiled = await asyncio.to_thread(compile_policy, policy)
    if compiled.unanswered:
        raise UnusablePolicyError("The policy has questions that Casbin does not answer.")
    now = clock()
    before = await store.read(active_policy)
    event = PolicyActivated(now, by, policy.version, None if before is None else before.version)
    async with log.recorded(event) as session:
        await session.do(save_policy, PolicyVersion(policy.version, as_json(policy), now, by))
        generation = 0 if before is None else before.generation
        if await session.do(activate_policy, policy.version, now, generation) is None:
            raise UnavailableError("Another policy was activated meanwhile: look again.")


def _compiled_form(
    version: str, body: bytes | None, before: CompiledPolicy | None
) -> CompiledPolicy:
    policy = parse(body) if body is not None else ()
    if not isinstance(policy, Policy) or policy.version != version:
        raise UnavailableError("The active role policy is not what was activated.")
    try:
        compiled = compile_policy(policy, before=before)
    except UnusablePolicyError as fault:
        raise UnavailableError("The active role policy cannot be used.") from fault
    if compiled.unanswered:
        raise UnavailableError("The active role policy leaves questions unanswered.")
    return compiled
