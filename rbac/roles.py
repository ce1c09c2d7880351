"""Name the roles, and say which of them a job role code means at one kind of organisation.

Knows no person and no token. Codes: NHS Spine Directory Service job role list. A code that has no line here
has no access; there is no default role.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from rbac.types import OrganisationKind


class Role(StrEnum):
    """The roles that a policy may speak of."""

    GP = "gp"
    GP_NURSE = "gp_nurse"
    PRACTICE_ADMIN = "practice_admin"
    ED_CONSULTANT = "ed_consultant"
    HOSPITAL_NURSE = "hospital_nurse"
    HOSPITAL_PHARMACIST = "hospital_pharmacist"
    PARAMEDIC = "paramedic"
    AMB_CLINICAL_HUB = "amb_clinical_hub"
    NHS111_CLINICIAN = "nhs111_clinician"
    SOCIAL_WORKER = "social_worker"
    DISCHARGE_OFFICER = "discharge_officer"
    CARE_HOME_NURSE = "care_home_nurse"
    MH_PRACTITIONER = "mh_practitioner"
    STUDENT = "student"
    CARE_HOME_CARER = "care_home_carer"
    PUBLIC_HEALTH_PLANNER = "public_health_planner"
    CSP_VIOLENCE_ANALYST = "csp_violence_analyst"
    RESEARCHER = "researcher"
    IG_PRIVACY_OFFICER = "ig_privacy_officer"
    CALDICOTT_GUARDIAN = "caldicott_guardian"
    POLICY_ADMIN = "policy_admin"
    SYSTEM_AUDITOR = "system_auditor"


NON_CARE_ROLES = frozenset(
    {
        Role.PUBLIC_HEALTH_PLANNER,
        Role.CSP_VIOLENCE_ANALYST,
        Role.RESEARCHER,
        Role.IG_PRIVACY_OFFICER,
        Role.CALDICOTT_GUARDIAN,
        Role.POLICY_ADMIN,
        Role.SYSTEM_AUDITOR,
    }
)
"""Roles that never see one person's record, whatever the purpose."""

AGGREGATE_ROLES = frozenset(
    {Role.PUBLIC_HEALTH_PLANNER, Role.CSP_VIOLENCE_ANALYST, Role.RESEARCHER}
)
"""Roles that see counts and releases, never who they are about."""

_CODES_AT: Mapping[OrganisationKind, Mapping[str, Role]] = MappingProxyType(
    {
        OrganisationKind.GENERAL_PRACTICE: {
            "R0260": Role.GP,
            "R0270": Role.GP,
            "R6200": Role.GP,
            "R8000": Role.GP,
            "R8001": Role.GP_NURSE,
            "R8008": Role.PRACTICE_ADMIN,
            "R8009": Role.PRACTICE_ADMIN,
            "R8010": Role.PRACTICE_ADMIN,
        },
        OrganisationKind.TRUST: {
            "R0050": Role.ED_CONSULTANT,
            "R8000": Role.ED_CONSULTANT,
            "R8001": Role.HOSPITAL_NURSE,
            "R8002": Role.HOSPITAL_NURSE,
            "R1290": Role.HOSPITAL_PHARMACIST,
            "R8003": Role.HOSPITAL_PHARMACIST,
            "R8004": Role.STUDENT,
            "R6040": Role.DISCHARGE_OFFICER,
            "R8008": Role.DISCHARGE_OFFICER,
        },
        OrganisationKind.AMBULANCE: {
            "R1070": Role.PARAMEDIC,
            "R8003": Role.PARAMEDIC,
            "R8000": Role.AMB_CLINICAL_HUB,
            "R8001": Role.AMB_CLINICAL_HUB,
        },
        OrganisationKind.NHS_111: {
            "R8000": Role.NHS111_CLINICIAN,
            "R8001": Role.NHS111_CLINICIAN,
        },
        OrganisationKind.MENTAL_HEALTH_TRUST: {
            "R1975": Role.MH_PRACTITIONER,
            "R1981": Role.MH_PRACTITIONER,
            "R8003": Role.MH_PRACTITIONER,
        },
        OrganisationKind.COUNCIL: {
            "R8014": Role.SOCIAL_WORKER,
            "R9570": Role.SOCIAL_WORKER,
            "R9605": Role.SOCIAL_WORKER,
            "R0210": Role.PUBLIC_HEALTH_PLANNER,
            "R1840": Role.PUBLIC_HEALTH_PLANNER,
        },
        OrganisationKind.CARE_HOME: {
            "R8001": Role.CARE_HOME_NURSE,
            "R1450": Role.CARE_HOME_CARER,
        },
        OrganisationKind.CSP: {"R1840": Role.CSP_VIOLENCE_ANALYST},
        OrganisationKind.UNIVERSITY: {"R1860": Role.RESEARCHER},
        OrganisationKind.ICB: {
            "R0210": Role.PUBLIC_HEALTH_PLANNER,
            "R1840": Role.PUBLIC_HEALTH_PLANNER,
            "R0001": Role.IG_PRIVACY_OFFICER,
            "R5105": Role.CALDICOTT_GUARDIAN,
            "R8015": Role.POLICY_ADMIN,
            "R5100": Role.SYSTEM_AUDITOR,
        },
    }
)


def built_in_job_roles() -> Mapping[tuple[OrganisationKind, str], Role]:
    """Give the whole table: kind of organisation and job role code to role."""
    return {(kind, code): role for kind, codes in _CODES_AT.items() for code, role in codes.items()}


def role_for(role_code: str, organisation_kind: OrganisationKind) -> Role | None:
    """Give the role that a job role code means at this kind of organisation; None means no access."""
    return _CODES_AT[organisation_kind].get(role_code)
