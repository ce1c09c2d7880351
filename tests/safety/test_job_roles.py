"""A deployment may say what a job role code means; it is heard at the gate, and every change is on record."""

import pytest

from gateway.commands.check import findings
from gateway.job_role_record import record_job_roles
from gateway.settings import SettingsError, read_settings
from tests.safety.staff import sign_in, staff
from tests.stack import running_stack

SPECIALIST = {"code": "R0600", "organisation_kind": "trust", "role": "hospital_nurse"}
NO_NURSE = {"code": "R8001", "organisation_kind": "trust", "role": "none"}


@pytest.mark.parametrize(
    ("code", "row", "status"),
    [
        ("R0600", None, 403),
        ("R0600", SPECIALIST, 200),
        ("R8001", None, 200),
        ("R8001", NO_NURSE, 403),
    ],
)
async def test_a_row_of_the_settings_gives_access_or_takes_it(
    london, template, tmp_path, compiled, code, row, status
):
    rows = [] if row is None else [row]
    async with running_stack(london, template, tmp_path, compiled, job_role=rows) as stack:
        user = sign_in(stack, staff("specialist", code, "RRV"))

        answer = await stack.get(user, f"/fhir/Patient/{stack.patient('everything')}")

    assert answer.status_code == status


async def test_a_start_with_other_job_roles_is_on_record_once(stack):
    settings = stack.services.settings
    changed = type(settings).model_validate({**settings.model_dump(), "job_role": [SPECIALIST]})

    told = [await record_job_roles(each) for each in (settings, changed, changed, settings)]

    rows = [row for row in await stack.audit() if row["action"] == "job-roles-changed"]
    assert told == [False, True, False, True]
    assert [row["rows"] for row in rows] == [["R0600 trust hospital_nurse"], []]
    assert len({row["digest"] for row in rows}) == 2


async def test_what_differs_is_told_to_whoever_checks(stack):
    settings = stack.services.settings
    changed = type(settings).model_validate(
        {**settings.model_dump(), "job_role": [SPECIALIST, NO_NURSE]}
    )

    said = {
        one.saw
        for each in (settings, changed)
        for one in await findings(each)
        if one.what == "job roles"
    }

    assert said == {
        "as built in",
        "2 differ from the built-in table: R0600 trust hospital_nurse, R8001 trust none",
    }


def test_every_fault_of_the_rows_stops_the_start(tmp_path):
    rows = (
        'code = "R06"\norganisation_kind = "trust"\nrole = "gp"',
        'code = "R0600"\norganisation_kind = "trust"\nrole = "surgeon"',
        'code = "R0600"\norganisation_kind = "trust"\nrole = "gp"',
        'code = "R0600"\norganisation_kind = "icb"\nrole = "policy_admin"',
    )
    path = tmp_path / "scr.toml"
    path.write_text("\n".join(f"[[job_role]]\n{row}" for row in rows))

    with pytest.raises(SettingsError) as refused:
        read_settings(path, {})

    told = str(refused.value)
    assert all(f"job_role.{place}" in told for place in range(4))
    assert "gp is no role of this kind of organisation" in told
    assert "a role that governs is given by the built-in table alone" in told
