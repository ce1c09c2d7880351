"""Change the policy to and fro as a process of its own, until it is killed.

Run as `python -m tests.safety.changing_policy SETTINGS`; prints the version that decides after each change.
"""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from adapters.simulators.demo_users import DEMO_USERS
from gateway.app_context import AppContext
from gateway.identity import Principal
from gateway.policy.drafts import Proposal
from gateway.policy.permitted import Asker
from gateway.settings import Settings
from gateway.wiring import Services, now, open_services
from rbac.types import OrganisationKind, Policy, Purpose
from tests.safety.small_policy import closed, opened


def asker(username: str) -> Asker:
    user, purposes = DEMO_USERS[username], frozenset({Purpose.HSYSADMIN})
    principal = Principal(
        user_id=user.user_id,
        family_name=user.family_name,
        given_name=user.given_name,
        role="policy_admin",
        role_code="R8015",
        role_profile_id=user.role_profile_id,
        organisation=user.organisation,
        organisation_kind=OrganisationKind.ICB,
        organisation_name="",
        purposes=purposes,
        token_hash="",
        expires_at=now() + timedelta(hours=1),
        app=AppContext(needs_scopes=False),
    )
    return Asker(principal, Purpose.HSYSADMIN, "trial")


async def change(services: Services, before: Policy, after: Policy) -> str:
    use = services.policy.administration
    proposal = Proposal(before.version, "a trial", after, None)
    draft, _difference = await use.propose(asker("policy-admin"), proposal)
    await use.approve(asker("policy-approver"), draft.id)
    return await use.activate(asker("policy-admin"), draft.id)


async def keep_on(settings: Settings) -> None:
    services = open_services(settings)
    active = (await services.policies.active()).version
    sides = {each.version: each for each in (opened(), closed())}
    while True:
        [other] = sides.keys() - {active}
        active = await change(services, sides[active], sides[other])
        os.write(1, f"{active}\n".encode())


if __name__ == "__main__":
    asyncio.run(keep_on(Settings.model_validate_json(Path(sys.argv[1]).read_bytes())))
