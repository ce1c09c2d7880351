"""What a token of several roles leaves to choose from."""

import pytest

from gateway.errors import NoRoleError, NotAuthenticatedError
from tests.store_factories import anyio_backend
from tests.tokens import EC, GP, ISSUER, NURSE, token, verifier

__all__ = ["anyio_backend"]

UNKNOWN = {"person_roleid": "3", "org_code": "F84004", "role_code": "R9999", "role_name": "Other"}
ELSEWHERE = {"person_roleid": "4", "org_code": "X99", "role_code": "R0260", "role_name": "a\nb"}


async def holding(*roles, **changes):
    claims = {"nhsid_nrbac_roles": list(roles), "selected_roleid": None, **changes}
    return await verifier(EC).holding(token(**claims))


async def test_each_role_is_read_on_its_own():
    found = await holding(GP, NURSE, UNKNOWN, ELSEWHERE)

    assert (found.issuer, found.user_id, found.chosen) == (ISSUER, "u1", None)
    places = [each.principal and each.principal.role for each in found.profiles]
    assert places == ["gp", "hospital_nurse", None, None]
    assert [each.organisation_name for each in found.profiles] == [
        "The Practice",
        "The Hospital",
        "The Practice",
        "",
    ]
    assert [each.role_name for each in found.profiles] == ["", "", "Other", ""]


async def test_a_single_role_is_not_chosen_for_its_holder():
    found = await holding(GP)

    assert (found.chosen, len(found.profiles)) == (None, 1)


async def test_where_the_provider_chose_nothing_else_is_offered():
    found = await holding(GP, NURSE, selected_roleid=NURSE["person_roleid"])

    assert (found.chosen.role, found.profiles) == ("hospital_nurse", ())


@pytest.mark.parametrize("roles", [(UNKNOWN,), (UNKNOWN, ELSEWHERE)])
async def test_who_has_no_role_with_a_place_has_none(roles):
    with pytest.raises(NoRoleError):
        await holding(*roles)


@pytest.mark.parametrize(
    "roles",
    [
        (),
        (GP, GP),
        (GP, {**NURSE, "person_roleid": GP["person_roleid"]}),
        ({**GP, "person_roleid": 7},),
        tuple({**GP, "person_roleid": str(number)} for number in range(51)),
    ],
)
async def test_a_choice_that_is_not_clear_is_none(roles):
    with pytest.raises(NotAuthenticatedError):
        await holding(*roles)


@pytest.mark.parametrize("chosen", ["999", ["x"], 7])
async def test_a_choice_of_the_provider_that_fits_no_role_is_none(chosen):
    with pytest.raises(NotAuthenticatedError):
        await holding(GP, NURSE, selected_roleid=chosen)
