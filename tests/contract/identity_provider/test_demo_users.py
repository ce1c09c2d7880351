"""The demo users are those of the published table, each with ids of their own."""

import pytest

from adapters.simulators.demo_users import DEMO_USERS, PLANNER_MACHINE
from adapters.simulators.identity_provider import IdentitySettings
from adapters.simulators.people import ORGANISATIONS
from rbac.roles import Role, role_for
from rbac.types import OrganisationKind
from tests.contract.identity_provider.asking import AUDIENCE, ISSUER, PASSWORD, SIGNING_KEY

PUBLISHED_ROLES = {
    "gp": Role.GP,
    "gp-nurse": Role.GP_NURSE,
    "receptionist": Role.PRACTICE_ADMIN,
    "ed-consultant": Role.ED_CONSULTANT,
    "nurse": Role.HOSPITAL_NURSE,
    "pharmacist": Role.HOSPITAL_PHARMACIST,
    "discharge-officer": Role.DISCHARGE_OFFICER,
    "paramedic": Role.PARAMEDIC,
    "clinical-hub": Role.AMB_CLINICAL_HUB,
    "nhs111": Role.NHS111_CLINICIAN,
    "mental-health": Role.MH_PRACTITIONER,
    "social-worker": Role.SOCIAL_WORKER,
    "care-home": Role.CARE_HOME_NURSE,
    "planner": Role.PUBLIC_HEALTH_PLANNER,
    "csp-analyst": Role.CSP_VIOLENCE_ANALYST,
    "researcher": Role.RESEARCHER,
    "policy-admin": Role.POLICY_ADMIN,
    "policy-approver": Role.POLICY_ADMIN,
    "caldicott": Role.CALDICOTT_GUARDIAN,
    "privacy-officer": Role.IG_PRIVACY_OFFICER,
    "auditor": Role.SYSTEM_AUDITOR,
}
KINDS = {
    "F84004": OrganisationKind.GENERAL_PRACTICE,
    "RRV": OrganisationKind.TRUST,
    "RRU": OrganisationKind.AMBULANCE,
    "NLO": OrganisationKind.NHS_111,
    "RV3": OrganisationKind.MENTAL_HEALTH_TRUST,
    "702": OrganisationKind.COUNCIL,
    "VM4G1": OrganisationKind.CARE_HOME,
    "CSP1": OrganisationKind.CSP,
    "UNI1": OrganisationKind.UNIVERSITY,
    "QMJ": OrganisationKind.ICB,
}


def test_demo_users_are_those_of_the_published_table():
    assert set(DEMO_USERS) == set(PUBLISHED_ROLES)


@pytest.mark.parametrize("username", sorted(PUBLISHED_ROLES))
def test_job_role_and_organisation_of_each_user_mean_the_published_role(username):
    user = DEMO_USERS[username]
    role = role_for(user.role_code.rpartition(":")[2], KINDS[user.organisation])

    assert role is PUBLISHED_ROLES[username]
    assert user.organisation in ORGANISATIONS


def test_each_user_has_an_id_and_a_role_profile_of_their_own():
    users = [*DEMO_USERS.values(), PLANNER_MACHINE]

    assert len({user.user_id for user in users}) == len(users)
    assert len({user.role_profile_id for user in users}) == len(users)
    assert all(len(user.user_id) == len(user.role_profile_id) == 12 for user in users)


def test_settings_do_not_show_the_password(clock):
    settings = IdentitySettings(ISSUER, AUDIENCE, SIGNING_KEY, PASSWORD, {}, {}, {})

    assert PASSWORD not in repr(settings)
