"""Give saved policy versions, whole and unaltered, with what they allow.

Which one is active, `gateway/policy/active.py` knows. A version that does not match its hash is given to nobody.
"""

import asyncio
from dataclasses import dataclass, field

from gateway.errors import ConflictError, NotFoundError, UnavailableError, UnsafePolicyError
from gateway.policy.active import ActivePolicies
from gateway.store.engine import Store
from gateway.store.policies import policy_body
from rbac.decide import CompiledPolicy, UnusablePolicyError, compile_policy
from rbac.difference import Difference, Side, difference_of
from rbac.faults import FaultKind, PolicyFault
from rbac.lint import lint
from rbac.policy import parse
from rbac.types import Policy

_REMEMBERED = 4
"""The active version, a draft, and what a second administrator looks at; each takes a second to compile."""


@dataclass(frozen=True, slots=True)
class PolicyVersions:
    """Read versions by their hash; keep the last few compiled."""

    store: Store
    policies: ActivePolicies
    _sides: dict[str, Side] = field(default_factory=dict)

    async def policy(self, version: str) -> Policy:
        """Give a version's rules.

        Raises NotFoundError when it was never saved, UnavailableError when it is not what was saved.
        """
        body = await self.store.read(policy_body, version)
        if body is None:
            raise NotFoundError("There is no such version.")
        return whole(body, version)

    async def side(self, policy: Policy) -> Side:
        """Give a policy with what it allows.

        Raises UnsafePolicyError when it does not compile whole.
        """
        known = self._sides.get(policy.version)
        if known is not None:
            return known
        active = await self.policies.active()
        side = Side(policy, await asyncio.to_thread(compiled_whole, policy, active))
        while len(self._sides) >= _REMEMBERED:
            self._sides.pop(next(iter(self._sides)))
        self._sides[policy.version] = side
        return side

    async def difference(self, before: str, after: Policy) -> Difference:
        """Compare a saved version with a policy."""
        earlier = await self.side(await self.policy(before))
        return difference_of(earlier, await self.side(after))


def whole(body: bytes, version: str) -> Policy:
    """Read what was saved under a version.

    Raises UnavailableError when it is something else.
    """
    policy = parse(body)
    if not isinstance(policy, Policy) or policy.version != version:
        raise UnavailableError("The role policy is not what was saved.")
    return policy


def compiled_whole(policy: Policy, before: CompiledPolicy | None = None) -> CompiledPolicy:
    """Compile a policy that may be served.

    Raises UnsafePolicyError.
    """
    try:
        compiled = compile_policy(policy, before=before)
    except UnusablePolicyError as fault:
        raise UnsafePolicyError([str(fault)]) from fault
    if compiled.unanswered:
        raise UnsafePolicyError([PolicyFault(FaultKind.UNANSWERED).message])
    return compiled


def refuse_unsafe(policy: Policy) -> None:
    """Refuse a policy that would lock people out or open too far.

    Raises UnsafePolicyError naming every fault.
    """
    faults = lint(policy)
    if faults:
        raise UnsafePolicyError(fault.message for fault in faults)


def refuse_outdated(based_on: str, active: str) -> None:
    """Refuse what was made upon a version that is no longer active.

    Raises ConflictError.
    """
    if based_on != active:
        raise ConflictError("Another policy is active than this was based on: look again.")
