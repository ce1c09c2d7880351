"""Break the glass again and again as a process of its own, until it is killed.

Run as `python -m tests.safety.breaking_glass SETTINGS NUMBER`; prints the id of each grant once it is acknowledged.
"""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from adapters.simulators.demo_users import DEMO_USERS
from fhir_profiles.nhs_number import NhsNumber
from gateway.access.decision import Question
from gateway.app_context import AppContext
from gateway.identity import Principal
from gateway.patient.pleas import read_plea
from gateway.settings import Settings
from gateway.wiring import now, open_services
from rbac.types import OrganisationKind, Purpose


def doctor() -> Principal:
    user = DEMO_USERS["ed-consultant"]
    return Principal(
        user_id=user.user_id,
        family_name=user.family_name,
        given_name=user.given_name,
        role="ed_consultant",
        role_code="R0050",
        role_profile_id=user.role_profile_id,
        organisation=user.organisation,
        organisation_kind=OrganisationKind.TRUST,
        organisation_name="",
        purposes=frozenset({Purpose.TREAT, Purpose.ETREAT}),
        token_hash="",
        expires_at=now() + timedelta(hours=1),
        app=AppContext(needs_scopes=False),
        session="5" * 64,
    )


async def keep_on(settings: Settings, number: NhsNumber) -> None:
    services = open_services(settings)
    await services.policies.active()
    question = Question(doctor(), Purpose.ETREAT, number, services.ids.seal(number))
    plea = read_plea("risk-to-life", "Found unconscious in the street")
    while True:
        opened = await services.emergencies.break_glass(question, plea, "trial")
        os.write(1, f"{opened.grant.id}\n".encode())


if __name__ == "__main__":
    chosen = Settings.model_validate_json(Path(sys.argv[1]).read_bytes())
    asyncio.run(keep_on(chosen, NhsNumber(sys.argv[2])))
