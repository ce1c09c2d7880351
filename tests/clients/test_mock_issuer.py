"""A provider of another maker signs bad tokens with good keys: each is refused, and the good ones are taken."""

import time
from typing import Any

import pytest

from tests.clients.node import serving_node
from tests.clients.test_other_providers import CLAIMS, CONSULTANT, row_of
from tests.london import AUDIENCE
from tests.stack import running_stack

pytestmark = pytest.mark.usefixtures("node_packages")

AT = int(time.time())
TAKEN = ("ES256", "RS256")
OTHER_ALGORITHMS = ("RS384", "RS512", "PS256", "PS384", "ES384", "ES512", "EdDSA")

GOOD: dict[str, Any] = {alg: {"kid": alg} for alg in TAKEN}
BAD: dict[str, Any] = {
    **{f"algorithm {alg}": {"kid": alg} for alg in OTHER_ALGORITHMS},
    **{f"impostor {alg}": {"kid": alg, "byImpostor": True} for alg in TAKEN},
    "another key's id": {"kid": "ES256", "header": {"kid": "RS256"}},
    "no key id": {"header": {"kid": None}},
    "unknown key id": {"header": {"kid": "unknown"}},
    "key brought along": {"header": {"jwk": {"kty": "EC"}}},
    "key address brought along": {"header": {"jku": "http://127.0.0.1:1/jwks"}},
    "plain JWT": {"header": {"typ": "JWT"}},
    "id token": {"header": {"typ": "JWT"}, "claims": {"nonce": "n"}},
    "id token by another name": {"claims": {"nonce": "n"}},
    "logout token": {"header": {"typ": "logout+jwt"}, "claims": {"events": {}}},
    "expired": {"claims": {"exp": AT - 3600}},
    "without end": {"claims": {"exp": None}},
    "end as text": {"claims": {"exp": str(AT + 3600)}},
    "not yet": {"claims": {"nbf": AT + 3600}},
    "from the future": {"claims": {"iat": AT + 3600}},
    "without beginning": {"claims": {"iat": None}},
    "other issuer": {"claims": {"iss": "https://other.example"}},
    "other audience": {"claims": {"aud": "https://other.example"}},
    "more audiences": {"claims": {"aud": [AUDIENCE, "https://other.example"]}},
    "no audience": {"claims": {"aud": None}},
    "nobody": {"claims": {"sub": None}},
    "no role": {"claims": {"nhsid_nrbac_roles": []}},
    "no chosen role": {"claims": {"selected_roleid": None}},
    "two roles of one id": {"claims": {"nhsid_nrbac_roles": [CONSULTANT, CONSULTANT]}},
    "low assurance": {"claims": {"id_assurance_level": "2"}},
    "no purpose": {"claims": {"purpose_of_use": []}},
}
NO_ROLE: dict[str, Any] = {
    "unknown job role": {"claims": {"nhsid_nrbac_roles": [{**CONSULTANT, "role_code": "R9999"}]}},
    "unknown organisation": {"claims": {"nhsid_nrbac_roles": [{**CONSULTANT, "org_code": "X99"}]}},
}


async def test_each_bad_token_of_another_makers_provider_is_refused(
    london, template, tmp_path, compiled
):
    task = {
        "algorithms": [*TAKEN, *OTHER_ALGORITHMS],
        "claims": {**CLAIMS, "aud": AUDIENCE, "sub": "ida"},
        "tokens": {**GOOD, **BAD, **NO_ROLE},
    }
    async with serving_node("mock_issuer.mjs", task) as told:
        rows = [row_of(told["issuer"])]
        async with running_stack(london, template, tmp_path, compiled, issuer=rows) as stack:
            stack.tokens.update(told["tokens"])
            path = f"/fhir/Patient/{stack.patient('everything')}"
            saw = {name: (await stack.get(name, path)).status_code for name in task["tokens"]}

    assert saw == {
        **dict.fromkeys(GOOD, 200),
        **dict.fromkeys(BAD, 401),
        **dict.fromkeys(NO_ROLE, 403),
    }
