"""What a token must claim: who, in which one role, for what, for us, now."""

import pytest

from gateway.errors import NoRoleError, NotAuthenticatedError
from gateway.identity import Principal
from gateway.token_claims import LEEWAY, check_access_token, check_times
from rbac.types import OrganisationKind, Purpose
from tests.store_factories import anyio_backend
from tests.tokens import (
    AT,
    AUDIENCE,
    EC,
    GP,
    ISSUER,
    NOW,
    NURSE,
    Clock,
    claims,
    forged,
    token,
    verifier,
)

__all__ = ["anyio_backend"]

LEEWAY_SECONDS = int(LEEWAY.total_seconds())


async def principal(**changes):
    return await verifier(EC).principal(token(**changes))


async def is_refused(**changes):
    with pytest.raises(NotAuthenticatedError):
        await principal(**changes)
    return True


async def test_a_token_tells_who_is_asking_in_which_role_and_for_what():
    found = await principal()

    assert isinstance(found, Principal)
    assert (found.user_id, found.family_name, found.given_name) == ("u1", "Example", "Kim")
    assert (found.role, found.role_code, found.role_profile_id) == ("gp", "R0260", "555021540101")
    assert (found.organisation, found.organisation_name) == ("F84004", "The Practice")
    assert found.organisation_kind is OrganisationKind.GENERAL_PRACTICE
    assert found.purposes == {Purpose.TREAT}
    assert int(found.expires_at.timestamp()) == AT + 600
    assert len(found.token_hash) == 64


async def test_of_several_roles_only_the_chosen_one_counts():
    found = await principal(selected_roleid=NURSE["person_roleid"])

    assert (found.role, found.organisation) == ("hospital_nurse", "RRV")


@pytest.mark.parametrize(
    "changes",
    [
        {"selected_roleid": None},
        {"selected_roleid": "999"},
        {"selected_roleid": [GP["person_roleid"]]},
        {"nhsid_nrbac_roles": None},
        {"nhsid_nrbac_roles": []},
        {"nhsid_nrbac_roles": GP},
        {"nhsid_nrbac_roles": ["555021540101"]},
        {"nhsid_nrbac_roles": [GP, {**NURSE, "person_roleid": GP["person_roleid"]}]},
        {"nhsid_nrbac_roles": [{"org_code": "F84004", "role_code": "R0260"}]},
        {"nhsid_nrbac_roles": [{**GP, "person_roleid": 555021540101}]},
    ],
)
async def test_a_token_that_does_not_say_one_role_is_refused(changes):
    assert await is_refused(**changes)


@pytest.mark.parametrize(
    "role",
    [
        {"org_code": "X99999"},
        {"org_code": "rrv"},
        {"org_code": None},
        {"org_code": ["F84004"]},
        {"role_code": "R9999"},
        {"role_code": "R0050"},
        {"role_code": "gp"},
        {"role_code": "R0260 "},
        {"role_code": "Ｒ0260"},
        {"role_code": "S8000:G8000:R0260:X"},
        {"role_code": "x:S8000:G8000:R0260"},
        {"role_code": '["R0260"]'},
        {"role_code": None},
        {"role_code": ""},
    ],
)
async def test_a_role_or_organisation_that_is_not_known_here_gives_no_access(role):
    with pytest.raises(NoRoleError) as refused:
        await principal(nhsid_nrbac_roles=[{**GP, **role}])

    assert (refused.value.user_id, refused.value.reason) == ("u1", "no-role")


@pytest.mark.parametrize("code", ["R0260", "S8000:G8000:R0260"])
async def test_a_role_code_is_read_in_both_ways_of_writing_it(code):
    assert (await principal(nhsid_nrbac_roles=[{**GP, "role_code": code}])).role_code == "R0260"


@pytest.mark.parametrize("name", ["sub", "family_name", "given_name"])
@pytest.mark.parametrize("value", [None, "", 7, ["x"], "x" * 201])
async def test_a_token_without_a_usable_name_or_subject_is_refused(name, value):
    assert await is_refused(**{name: value})


async def test_a_name_may_be_as_long_as_two_hundred_characters():
    assert (await principal(family_name="x" * 200)).family_name == "x" * 200


@pytest.mark.parametrize(
    "words",
    [None, [], "TREAT", ["TREAT", "FUN"], ["treat"], [["TREAT"]], [None], {"TREAT": 1}],
)
async def test_purposes_that_are_missing_or_unknown_are_refused(words):
    assert await is_refused(purpose_of_use=words)


async def test_a_token_may_hold_several_purposes():
    found = await principal(purpose_of_use=["TREAT", "HSYSADMIN", "TREAT"])

    assert found.purposes == {Purpose.TREAT, Purpose.HSYSADMIN}


@pytest.mark.parametrize("kind", ["at+jwt", "AT+JWT", "application/at+jwt"])
async def test_an_access_token_says_that_it_is_one(kind):
    assert (await verifier(EC).principal(token(header={"typ": kind}))).user_id == "u1"


@pytest.mark.parametrize("kind", [None, "JWT", "id+jwt", "logout+jwt", "", ["at+jwt"], 1])
def test_any_other_kind_of_token_is_refused(kind):
    with pytest.raises(NotAuthenticatedError):
        check_access_token(claims(), {"typ": kind}, next(iter(verifier()._issuers.values())), NOW)


@pytest.mark.parametrize("audience", [AUDIENCE, [AUDIENCE]])
async def test_a_token_is_for_us_alone(audience):
    assert (await principal(aud=audience)).user_id == "u1"


@pytest.mark.parametrize(
    "audience",
    [
        None,
        [],
        "https://other.example",
        AUDIENCE + "/",
        AUDIENCE.upper(),
        [AUDIENCE, "https://other.example"],
        [[AUDIENCE]],
        {AUDIENCE: 1},
    ],
)
async def test_a_token_for_somebody_else_is_refused(audience):
    assert await is_refused(aud=audience)


@pytest.mark.parametrize(
    "issuer", [None, "", "https://other.example", ISSUER + "/", ISSUER.upper(), [ISSUER], 1]
)
async def test_a_token_of_another_issuer_is_refused(issuer):
    assert await is_refused(iss=issuer)


def refuses_times(**changes):
    try:
        check_times(claims(**changes), NOW)
    except NotAuthenticatedError:
        return True
    return False


@pytest.mark.parametrize(
    ("name", "offset", "refused"),
    [
        ("exp", 600, False),
        ("exp", 0, False),
        ("exp", -LEEWAY_SECONDS + 1, False),
        ("exp", -LEEWAY_SECONDS, True),
        ("exp", -LEEWAY_SECONDS - 1, True),
        ("iat", -600, False),
        ("iat", LEEWAY_SECONDS, False),
        ("iat", LEEWAY_SECONDS + 1, True),
        ("nbf", -600, False),
        ("nbf", LEEWAY_SECONDS, False),
        ("nbf", LEEWAY_SECONDS + 1, True),
    ],
)
def test_a_token_is_for_now_give_or_take_a_minute(name, offset, refused):
    assert refuses_times(**{name: AT + offset}) is refused


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize(
    "value", [str(AT), float(AT), float("inf"), -1, 0, True, [AT], 2**40, 253_402_300_800]
)
def test_an_instant_is_a_whole_number_of_our_era(name, value):
    assert refuses_times(**{name: value})


@pytest.mark.parametrize("name", ["exp", "iat"])
def test_a_token_says_from_when_until_when(name):
    assert refuses_times(**{name: None})
    assert not refuses_times(nbf=None)
    assert refuses_times() is False


async def test_the_last_instant_that_there_is_can_be_read():
    assert (await principal(exp=253_402_300_799)).expires_at.year == 9999


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "a.b.",
        ".b.c",
        "a.b.c=",
        "a.b.c ",
        "a.b.c\n",
        "a.b.é",
        "a.b.c+",
        "x" * 16_385,
        f"{'x' * 16_380}.b.c",
    ],
)
async def test_a_text_that_is_no_signed_compact_token_is_refused(text):
    with pytest.raises(NotAuthenticatedError):
        await verifier(EC).principal(text)
    with pytest.raises(NotAuthenticatedError):
        await verifier(EC).signed(text)


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[]", b'"x"', b"1", b"[" * 9000, b'{"a":' * 1500]
)
async def test_parts_that_cannot_be_read_are_refused(body):
    with pytest.raises(NotAuthenticatedError):
        await verifier(EC).principal(forged({"alg": "ES256", "kid": "ec"}, body))
    with pytest.raises(NotAuthenticatedError):
        await verifier(EC).principal(forged(body))
    with pytest.raises(NotAuthenticatedError):
        await verifier(EC).principal("A.A.A")


async def test_an_expired_token_is_refused_even_if_it_was_seen_before():
    clock = Clock()
    checks, text = verifier(EC, clock=clock), token()
    await checks.principal(text)
    clock.passes(seconds=600 + LEEWAY_SECONDS - 1)
    assert (await checks.principal(text)).user_id == "u1"

    clock.passes(seconds=1)

    with pytest.raises(NotAuthenticatedError):
        await checks.principal(text)


async def test_a_refusal_does_not_quote_the_token():
    with pytest.raises(NotAuthenticatedError) as refused:
        await principal(family_name=["Secretname"])

    assert "Secretname" not in str(refused.value)
