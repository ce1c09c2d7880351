"""A deployment's own rows lie over the built-in table, and only where they may."""

import pytest

from rbac.job_roles import GOVERNING_ROLES, JobRoleChange, fault_of, job_roles
from rbac.roles import Role, built_in_job_roles, role_for
from rbac.types import OrganisationKind

PRACTICE, TRUST, ICB = (
    OrganisationKind.GENERAL_PRACTICE,
    OrganisationKind.TRUST,
    OrganisationKind.ICB,
)


def test_without_rows_the_built_in_table_counts():
    roles = job_roles()

    assert roles.changes == ()
    for (kind, code), role in built_in_job_roles().items():
        assert roles.role_for(code, kind) is role is role_for(code, kind)
    assert roles.role_for("R9999", PRACTICE) is None


def test_a_row_adds_changes_or_takes_away_at_one_kind_alone():
    roles = job_roles(
        [
            JobRoleChange("R0600", PRACTICE, Role.GP_NURSE),
            JobRoleChange("R8001", PRACTICE, Role.PRACTICE_ADMIN),
            JobRoleChange("R8010", PRACTICE, None),
        ]
    )

    found = {code: roles.role_for(code, PRACTICE) for code in ("R0600", "R8001", "R8010", "R0260")}
    assert found == {
        "R0600": Role.GP_NURSE,
        "R8001": Role.PRACTICE_ADMIN,
        "R8010": None,
        "R0260": Role.GP,
    }
    assert (roles.role_for("R0600", TRUST), roles.role_for("R8001", TRUST)) == (
        None,
        Role.HOSPITAL_NURSE,
    )
    assert roles.changes[2].written == "R8010 general-practice none"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (JobRoleChange("R0600", PRACTICE, Role.HOSPITAL_NURSE), "no role of this kind"),
        (JobRoleChange("R0600", TRUST, Role.GP), "no role of this kind"),
        (JobRoleChange("R0260", PRACTICE, Role.GP), "says so already"),
        (JobRoleChange("R9999", PRACTICE, None), "says so already"),
        *[(JobRoleChange("R0600", ICB, role), "governs") for role in sorted(GOVERNING_ROLES)],
        (JobRoleChange("R8015", ICB, None), "governs"),
        (JobRoleChange("R5105", ICB, Role.PUBLIC_HEALTH_PLANNER), "governs"),
    ],
)
def test_a_row_that_must_not_be_laid_is_a_fault(change, fault):
    assert fault in fault_of(change)
    with pytest.raises(ValueError, match=fault):
        job_roles([change])


def test_two_rows_about_one_code_are_a_fault():
    once = JobRoleChange("R0600", PRACTICE, Role.GP_NURSE)

    with pytest.raises(ValueError, match=r"^two rows are about one code$"):
        job_roles([once, JobRoleChange("R0600", PRACTICE, Role.GP)])


def test_every_row_that_must_not_be_laid_is_told_of_in_one_line():
    rows = [
        JobRoleChange("R0600", TRUST, Role.GP),
        JobRoleChange("R0600", PRACTICE, Role.GP_NURSE),
        JobRoleChange("R8015", ICB, None),
        JobRoleChange("R0260", PRACTICE, Role.GP),
    ]

    says = (
        "gp is no role of this kind of organisation; "
        "a role that governs is given by the built-in table alone; "
        "the built-in table says so already"
    )
    with pytest.raises(ValueError, match=f"^{says}$"):
        job_roles(rows)
    assert fault_of(rows[1]) is None


def test_the_hash_tells_every_difference_and_no_order():
    first = JobRoleChange("R0600", PRACTICE, Role.GP_NURSE)
    second = JobRoleChange("R8010", PRACTICE, None)

    digests = {job_roles(rows).digest for rows in ([], [first], [second], [first, second])}

    assert len(digests) == 4
    assert job_roles([second, first]).digest == job_roles([first, second]).digest


def test_whoever_governs_sees_nobodys_record():
    assert len(GOVERNING_ROLES) == 4
