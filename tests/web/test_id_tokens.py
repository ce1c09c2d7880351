import pytest

from gateway.errors import NotAuthenticatedError
from gateway.id_tokens import ExpectedIdToken, ProvenSignIn, check_id_token
from gateway.identity import Issuer, Signed
from tests.web.factories import NOW

AT = int(NOW.timestamp())
ISSUER = Issuer("https://id.example", "audience", lambda: None)
EXPECTED = ExpectedIdToken("https://id.example", "scr-web", "nonce-1")
CLAIMS = {
    "iss": "https://id.example",
    "aud": "scr-web",
    "sub": "555",
    "nonce": "nonce-1",
    "iat": AT,
    "exp": AT + 600,
    "sid": "s1",
}


def signed(header=None, **changes):
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    return Signed(ISSUER, header or {"typ": "JWT"}, claims)


@pytest.mark.parametrize(
    "changes", [{}, {"aud": ["scr-web"]}, {"azp": "scr-web"}, {"header": {"alg": "ES256"}}]
)
def test_the_answer_to_our_own_question_is_taken(changes):
    assert check_id_token(signed(**changes), EXPECTED, NOW) == ProvenSignIn(
        "555", "s1", "https://id.example"
    )


def test_a_provider_without_sessions_of_its_own_is_fine():
    assert check_id_token(signed(sid=None), EXPECTED, NOW).provider_session is None


@pytest.mark.parametrize(
    "changes",
    [
        {"header": {"typ": "at+jwt"}},
        {"header": {"typ": "logout+jwt"}},
        {"events": {}},
        {"iss": "https://other.example"},
        {"aud": "other"},
        {"aud": ["scr-web", "other"]},
        {"aud": None},
        {"azp": "other"},
        {"nonce": "nonce-2"},
        {"nonce": None},
        {"nonce": 7},
        {"exp": AT - 61},
        {"exp": None},
        {"iat": AT + 61},
        {"sub": ""},
        {"sub": None},
        {"sub": 5},
    ],
)
def test_any_other_token_is_refused(changes):
    with pytest.raises(NotAuthenticatedError):
        check_id_token(signed(**changes), EXPECTED, NOW)


def test_a_token_that_another_of_our_issuers_signed_is_refused():
    other = Signed(Issuer("https://b.example", "a", lambda: None), {"typ": "JWT"}, CLAIMS)

    with pytest.raises(NotAuthenticatedError):
        check_id_token(other, EXPECTED, NOW)
