"""Applications are told where to launch and what works here, and no more than that."""

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from gateway.demo import smart
from tests.app_tokens import launched
from tests.stack import Stack, issuer_at, running_stack

OAUTH = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
PERMISSIONS = {"permission-patient", "permission-user", "permission-v1", "permission-v2"}
DOCTOR = "ed-consultant"


async def configured(london, template, folder, compiled, *issuers):
    async with running_stack(london, template, folder, compiled, issuer=[*issuers]) as stack:
        document = (await stack.client.get("/fhir/.well-known/smart-configuration")).json()
        statement = (await stack.client.get("/fhir/metadata")).json()
    CapabilityStatement.model_validate(statement)
    return document, statement["rest"][0]["security"]


@pytest.fixture
def identity(london) -> str:
    return london.addresses["identity"]


async def test_a_provider_that_launches_is_described_whole(
    london, template, tmp_path, compiled, identity
):
    row = {**issuer_at(identity), "smart": smart.SETTINGS}

    document, _security = await configured(london, template, tmp_path, compiled, row)

    assert document == {
        "issuer": identity,
        "jwks_uri": f"{identity}/jwks",
        "authorization_endpoint": f"{identity}/authorize",
        "token_endpoint": f"{identity}/token",
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "response_types_supported": ["code"],
        "scopes_supported": [*smart.SCOPES, *smart.SYSTEM_SCOPES],
        "code_challenge_methods_supported": ["S256"],
        "capabilities": [*smart.SETTINGS["capabilities"], *document["capabilities"][-4:]],
    }
    assert set(document["capabilities"][-4:]) == PERMISSIONS


async def test_a_provider_that_launches_nothing_is_claimed_to_do_nothing(
    london, template, tmp_path, compiled, identity
):
    document, security = await configured(london, template, tmp_path, compiled, issuer_at(identity))

    assert document["capabilities"] == []
    assert document["token_endpoint"] == f"{identity}/token"
    assert [each["coding"][0]["code"] for each in security["service"]] == ["OAuth"]


async def test_applications_are_sent_to_the_provider_that_launches(
    london, template, tmp_path, compiled, identity
):
    first = {**issuer_at("https://cis2.example"), "client_id": None, "subjects": "cis2"}
    public = {"token_url": "https://public.example/token", "jwks_url": "https://public.example/k"}
    second = {**issuer_at(identity), "smart": {**smart.SETTINGS, **public}}

    document, security = await configured(london, template, tmp_path, compiled, first, second)

    assert (document["issuer"], document["jwks_uri"]) == (identity, public["jwks_url"])
    assert document["token_endpoint"] == public["token_url"]
    assert security["extension"][0]["extension"][1]["valueUri"] == public["token_url"]


async def test_the_statement_says_where_tokens_come_from(
    london, template, tmp_path, compiled, identity
):
    row = {**issuer_at(identity), "smart": smart.SETTINGS}

    _document, security = await configured(london, template, tmp_path, compiled, row)

    assert [each["coding"][0] for each in security["service"]] == [
        {
            "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
            "code": "SMART-on-FHIR",
        }
    ]
    assert security["extension"] == [
        {
            "url": OAUTH,
            "extension": [
                {"url": "authorize", "valueUri": f"{identity}/authorize"},
                {"url": "token", "valueUri": f"{identity}/token"},
            ],
        }
    ]


@pytest.mark.parametrize(
    "row", [None, {"authorize_url": None, "token_url": None, "client_id": None}]
)
async def test_without_a_provider_nothing_is_named(
    london, template, tmp_path, compiled, identity, row
):
    rows = [] if row is None else [{**issuer_at(identity), **row}]

    document, security = await configured(london, template, tmp_path, compiled, *rows)

    assert document["capabilities"] == []
    assert "token_endpoint" not in document
    assert "extension" not in security


@pytest.mark.parametrize("scope", ["openid", "openid fhirUser user/Condition.rs"])
async def test_whom_an_id_token_names_can_be_read_by_themselves(stack: Stack, scope: str):
    app = launched(stack, DOCTOR, scope)
    user_id = (await stack.services.verifier.principal(stack.tokens[app])).user_id

    answer = await stack.get(app, f"/fhir/Practitioner/{user_id}")

    found = answer.json()
    assert (answer.status_code, found["id"]) == (200, user_id)
    assert found["identifier"] == [
        {"system": "https://fhir.nhs.uk/Id/sds-user-id", "value": user_id}
    ]
    assert found["name"] == [{"family": "Raman", "given": ["Devi"]}]


@pytest.mark.parametrize(
    ("user", "scope"), [(DOCTOR, "openid user/Practitioner.rs"), ("nurse", "openid fhirUser")]
)
async def test_who_a_user_is_is_told_neither_to_others_nor_to_what_was_not_given_it(
    stack: Stack, user: str, scope: str
):
    app = launched(stack, DOCTOR, "openid")
    user_id = (await stack.services.verifier.principal(stack.tokens[app])).user_id

    answer = await stack.get(launched(stack, user, scope), f"/fhir/Practitioner/{user_id}")

    assert answer.status_code == 404


async def test_a_practitioner_of_a_record_is_read_as_ever(stack: Stack):
    [first, *_others] = (await stack.everything(DOCTOR, "everything")).of("Practitioner")

    answer = await stack.get(DOCTOR, f"/fhir/Practitioner/{first['id']}")

    assert answer.json() == first
