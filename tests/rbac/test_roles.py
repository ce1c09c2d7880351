"""A job role code means one role at one kind of organisation, or no access."""

import pytest

from rbac.roles import Role, role_for
from rbac.types import OrganisationKind

JOB_ROLE_CODES = [
    ("gp", "general-practice", "R0260 R0270 R6200 R8000"),
    ("gp_nurse", "general-practice", "R8001"),
    ("practice_admin", "general-practice", "R8008 R8009 R8010"),
    ("ed_consultant", "trust", "R8000 R0050"),
    ("hospital_nurse", "trust", "R8001 R8002"),
    ("hospital_pharmacist", "trust", "R1290 R8003"),
    ("paramedic", "ambulance", "R1070 R8003"),
    ("amb_clinical_hub", "ambulance", "R8000 R8001"),
    ("nhs111_clinician", "111", "R8000 R8001"),
    ("social_worker", "council", "R8014 R9570 R9605"),
    ("discharge_officer", "trust", "R8008 R6040"),
    ("care_home_nurse", "care-home", "R8001"),
    ("mh_practitioner", "mental-health-trust", "R1975 R1981 R8003"),
    ("student", "trust", "R8004"),
    ("care_home_carer", "care-home", "R1450"),
    ("public_health_planner", "council", "R0210 R1840"),
    ("public_health_planner", "icb", "R0210 R1840"),
    ("csp_violence_analyst", "csp", "R1840"),
    ("researcher", "university", "R1860"),
    ("ig_privacy_officer", "icb", "R0001"),
    ("caldicott_guardian", "icb", "R5105"),
    ("policy_admin", "icb", "R8015"),
    ("system_auditor", "icb", "R5100"),
]
EXPECTED_ROLES = {
    (code, kind): role for role, kind, codes in JOB_ROLE_CODES for code in codes.split()
}


@pytest.mark.parametrize("kind", list(OrganisationKind))
def test_a_job_role_code_means_one_role_at_one_kind_of_organisation(kind):
    for code in sorted({code for code, _kind in EXPECTED_ROLES}):
        assert role_for(code, kind) == EXPECTED_ROLES.get((code, kind.value))


def test_every_role_is_reached_by_some_job_role_code():
    assert set(EXPECTED_ROLES.values()) == set(Role)


@pytest.mark.parametrize("code", ["", "R9999", "r8000", "R8000 ", "gp", "*", "S8000:G8000:R8000"])
def test_an_unknown_job_role_code_has_no_access(code):
    assert {role_for(code, kind) for kind in OrganisationKind} == {None}
