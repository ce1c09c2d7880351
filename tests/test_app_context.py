"""What a token says of the application that it was given out for."""

import msgspec
import pytest

from gateway.app_context import AppContext, app_context
from gateway.errors import NotAuthenticatedError
from gateway.identity import Principal
from tests.patient.factories import principal
from tests.tokens import token, verifier


async def test_a_principal_carries_the_client_its_scope_and_whom_it_was_launched_for():
    signed = token(client_id="an-app", scope="openid patient/*.rs", patient="abc")

    found = await verifier().principal(signed)

    assert found.app == AppContext("an-app", "openid patient/*.rs", "abc", needs_scopes=True)


async def test_a_principal_carries_the_name_of_their_token_where_it_has_one():
    assert (await verifier().principal(token(jti="t-1"))).app.token_id == "t-1"
    assert (await verifier().principal(token(jti=None))).app.token_id == ""


async def test_an_issuers_tokens_need_scopes_unless_it_is_said_that_they_do_not():
    assert (await verifier().principal(token())).app.needs_scopes is True
    assert (await verifier(needs_scopes=False).principal(token())).app.needs_scopes is False


@pytest.mark.parametrize(
    ("own", "is_own"), [("an-app", True), ("another", False), (None, False), ("", False)]
)
async def test_the_gateways_own_client_is_known_by_its_name(own, is_own):
    found = await verifier(own_client=own).principal(token(client_id="an-app"))

    assert found.app.is_own is is_own
    assert (await verifier(own_client=own).principal(token())).app.is_own is False


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": ["patient/*.rs"]},
        {"scope": 1},
        {"scope": {}},
        {"scp": "openid"},
        {"scp": ["patient/Condition.rs"]},
        {"scp": None},
        {"patient": ["a", "b"]},
        {"patient": "a" * 201},
        {"client_id": 7},
        {"jti": 7},
        {"jti": "a" * 201},
    ],
)
def test_a_claim_that_is_not_what_it_should_be_is_no_token(claims):
    with pytest.raises(NotAuthenticatedError):
        app_context(claims, needs_scopes=False)


def test_a_session_from_before_there_were_scopes_needs_them():
    stored = msgspec.json.decode(msgspec.json.encode(principal()), type=dict)
    stored.pop("app")

    kept = msgspec.json.decode(msgspec.json.encode(stored), type=Principal)

    assert kept.app == AppContext(needs_scopes=True)
