"""Which session a token belongs to: a broken glass is bound to it."""

import pytest

from rbac.types import Purpose
from tests.tokens import AT, EC, GP, NURSE, token, verifier


async def session(**changes):
    return (await verifier(EC).principal(token(**changes))).session


async def test_a_refreshed_token_goes_on_with_the_session_that_its_issuer_names():
    assert await session(sid="s1") == await session(sid="s1", iat=AT + 30, exp=AT + 900)


@pytest.mark.parametrize(
    "changes",
    [
        {"sid": "s2"},
        {"sid": "s1", "sub": "u2"},
        {"sid": "s1", "selected_roleid": NURSE["person_roleid"]},
    ],
)
async def test_another_session_user_or_role_is_another(changes):
    assert await session(**changes) != await session(sid="s1")


@pytest.mark.parametrize("sid", [None, "", 7, ["s1"], "x" * 201])
async def test_a_token_that_names_no_session_is_one_by_itself(sid):
    first = await verifier(EC).principal(token(sid=sid))
    refreshed = await verifier(EC).principal(token(sid=sid, iat=AT + 30))

    assert first.session == first.token_hash
    assert first.session != refreshed.session


async def test_parts_of_one_name_are_not_taken_for_another():
    roles = [{**GP, "person_roleid": each} for each in ("1", "1a")]

    one = await session(sid="ab", selected_roleid="1", nhsid_nrbac_roles=roles)
    other = await session(sid="b", selected_roleid="1a", nhsid_nrbac_roles=roles)

    assert one != other


@pytest.mark.parametrize(
    ("held", "named"),
    [
        (["TREAT"], {"TREAT"}),
        (["TREAT", "ETREAT"], {"TREAT", "ETREAT", "BTG"}),
        (["BTG"], {"BTG"}),
        (["HSYSADMIN"], {"HSYSADMIN"}),
    ],
)
async def test_the_second_step_is_part_of_an_emergency(held, named):
    found = await verifier(EC).principal(token(purpose_of_use=held))

    assert {each.value for each in Purpose if found.may_name(each)} == named
