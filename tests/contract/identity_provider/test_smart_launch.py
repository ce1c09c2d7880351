"""The demo identity provider launches applications as SMART App Launch 2.2 says, and refuses what it must."""

from datetime import timedelta

import pytest

from adapters.simulators.client_assertions import ASSERTION_TYPE
from adapters.simulators.demo_users import DEMO_USERS
from tests.contract.identity_provider.asking import STRANGERS_KEY, assertion, read_token
from tests.contract.identity_provider.smart import (
    APPS,
    FHIR,
    KEYED,
    LAUNCH_URL,
    NUMBER,
    PATIENT,
    PUBLIC,
    RETURN,
    launch_request,
    sign_in,
    start,
    tokens,
    told,
)


async def test_a_standalone_launch_is_for_the_person_who_was_picked(smart, gateway):
    answer = (await tokens(smart)).json()

    claims = (await read_token(smart, answer["access_token"])).claims
    assert answer["patient"] == claims["patient"] == PATIENT
    assert answer["scope"] == claims["scope"] == "openid fhirUser launch/patient patient/*.rs"
    assert (claims["client_id"], answer["token_type"]) == (PUBLIC, "Bearer")
    assert [number for _token, number in gateway.asked] == [NUMBER]


async def test_the_person_is_looked_up_as_the_user_with_a_scope_for_that_alone(smart, gateway):
    await tokens(smart)

    [(token, _number)] = gateway.asked
    claims = (await read_token(smart, token)).claims
    assert (claims["sub"], claims["scope"]) == (DEMO_USERS["gp"].user_id, "user/Patient.s")
    assert "patient" not in claims


async def test_the_form_asks_for_a_person_only_where_one_is_to_be_picked(smart):
    picking = await smart.get("/authorize", params=launch_request())
    other = await smart.get("/authorize", params=launch_request(scope="openid user/Patient.rs"))

    assert (picking.status_code, other.status_code) == (200, 200)
    assert 'name="patient"' in picking.text
    assert 'name="patient"' not in other.text


@pytest.mark.parametrize("number", ["9990000026", "", "x"])
async def test_without_a_person_there_is_no_code(smart, number):
    answer = await sign_in(smart, patient=number)

    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_an_application_for_nobody_in_particular_gets_no_person(smart, gateway):
    answer = (await tokens(smart, {"scope": "openid user/Patient.rs"})).json()

    assert "patient" not in answer
    assert "patient" not in (await read_token(smart, answer["access_token"])).claims
    assert gateway.asked == []


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("openid fhirUser", {"fhirUser": f"{FHIR}/Practitioner/{DEMO_USERS['gp'].user_id}"}),
        ("openid patient/*.rs", {}),
    ],
)
async def test_the_id_token_names_the_user_where_that_was_asked_for(smart, scope, expected):
    answer = (await tokens(smart, {"scope": scope})).json()

    claims = (await read_token(smart, answer["id_token"])).claims
    assert claims["aud"] == PUBLIC
    assert {name: claims[name] for name in ("fhirUser",) if name in claims} == expected


async def test_without_openid_there_is_no_id_token(smart):
    answer = (await tokens(smart, {"scope": "launch/patient patient/*.rs"})).json()

    assert "id_token" not in answer
    assert answer["patient"] == PATIENT


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("patient/Condition.rs", "patient/Condition.rs"),
        ("patient/Condition.read", "patient/Condition.read"),
        ("patient/*.read", "patient/*.read"),
        ("patient/*.cruds", "patient/*.rs"),
        ("patient/*.*", "patient/*.read"),
        ("patient/Condition.r", "patient/Condition.r"),
        ("user/*.rs", "user/Patient.rs"),
        ("user/*.read", "user/Patient.read"),
        ("patient/*.rs patient/*.rs", "patient/*.rs"),
        ("openid offline_access patient/*.rs", "openid patient/*.rs"),
        ("openid patient/*.write", "openid"),
        ("openid user/Condition.rs", "openid"),
        ("openid patient/Condition.rs?category=x", "openid"),
        ("openid system/*.rs", "openid"),
        ("openid patient/Condition.sr", "openid"),
    ],
)
def test_no_scope_is_given_that_is_not_both_asked_for_and_registered(asked, granted):
    assert APPS[PUBLIC].granted(asked) == granted


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"aud": None}, "invalid_request"),
        ({"aud": "http://elsewhere.example/fhir"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "system/*.rs"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "launch patient/*.rs"}, "invalid_scope"),
        ({"launch": "a-handle"}, "invalid_scope"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_wrong_request_is_told_to_the_application(smart, method, changes, error):
    sent = launch_request(**changes)
    way = {"params": sent} if method == "GET" else {"data": sent}

    answer = await smart.request(method, "/authorize", **way)

    assert (answer.status_code, told(answer)["error"]) == (303, error)


async def test_the_server_may_be_named_with_a_slash_at_its_end(smart):
    answer = await smart.get("/authorize", params=launch_request(aud=f"{FHIR}/"))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("http://127.0.0.1/callback", 200),
        ("http://127.0.0.1:65535/callback", 200),
        ("https://app.example/callback", 200),
        ("https://app.example:8443/callback", 400),
        ("http://127.0.0.1:4711/other", 400),
        ("http://127.0.0.1:4711/callback#x", 400),
        ("https://127.0.0.1:4711/callback", 400),
        ("http://localhost:4711/callback", 400),
        ("http://127.0.0.1.evil.example/callback", 400),
        ("http://127.0.0.1@evil.example/callback", 400),
        (None, 400),
    ],
)
async def test_nobody_is_sent_to_an_address_that_the_application_has_not_registered(
    smart, address, status
):
    answer = await smart.get("/authorize", params=launch_request(redirect_uri=address))

    assert answer.status_code == status


async def keyed(client, signed, **changes):
    proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}
    return await tokens(client, {"client_id": KEYED}, **({"client_id": KEYED} | proof | changes))


@pytest.mark.parametrize("algorithm", ["RS384", "ES384"])
@pytest.mark.parametrize("client_id", [KEYED, None])
async def test_an_application_with_a_key_exchanges_its_code_by_it(
    smart, clock, algorithm, client_id
):
    signed = assertion(clock, algorithm, iss=KEYED, sub=KEYED)

    answer = await keyed(smart, signed, client_id=client_id)

    assert (await read_token(smart, answer.json()["access_token"])).claims["client_id"] == KEYED


@pytest.mark.parametrize(
    "changes",
    [
        {"client_assertion": None, "client_assertion_type": None},
        {"client_assertion_type": "x"},
        {"client_id": PUBLIC},
    ],
)
async def test_an_application_with_a_key_is_nobody_without_it(smart, clock, changes):
    answer = await keyed(smart, assertion(clock, iss=KEYED, sub=KEYED), **changes)

    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


async def test_a_strangers_key_is_no_proof(smart, clock):
    signed = assertion(clock, key=STRANGERS_KEY, iss=KEYED, sub=KEYED)

    assert (await keyed(smart, signed)).status_code == 401


async def test_a_record_system_starts_an_application_for_the_person_in_front_of_it(smart):
    started = await start(smart)
    handed = told(started)

    answer = await tokens(
        smart, {"launch": handed["launch"], "scope": "openid launch patient/*.rs", "patient": ""}
    )

    assert started.headers["location"].startswith(f"{LAUNCH_URL}?")
    assert handed["iss"] == FHIR
    assert answer.json()["patient"] == PATIENT


@pytest.mark.parametrize(
    "changes", [{"username": "nurse"}, {"client_id": KEYED}, {"launch": "guessed"}]
)
async def test_a_launch_is_worth_nothing_to_others(smart, changes):
    handed = told(await start(smart))
    launch = {"launch": handed["launch"], "scope": "launch patient/*.rs"} | changes
    form = launch_request(**launch) | {"username": "gp", "password": "a demo password"} | changes

    answer = await smart.post("/authorize", data=form)

    assert (answer.status_code, "location" in answer.headers) == (400, False)


async def test_a_launch_is_worth_one_sign_in_within_five_minutes(smart, clock):
    used, late = told(await start(smart)), told(await start(smart))
    changes = {"scope": "launch patient/*.rs"}
    first = await sign_in(smart, launch=used["launch"], **changes)
    again = await sign_in(smart, launch=used["launch"], **changes)
    clock.now += timedelta(minutes=5)

    after = await sign_in(smart, launch=late["launch"], **changes)

    assert [first.status_code, again.status_code, after.status_code] == [303, 400, 400]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"password": "wrong"}, 401),
        ({"patient": "9990000026"}, 400),
        ({"client_id": KEYED}, 400),
        ({"client_id": "unknown"}, 400),
    ],
)
async def test_a_record_system_starts_nothing_else(smart, changes, status):
    answer = await start(smart, **changes)

    assert (answer.status_code, "location" in answer.headers) == (status, False)


async def test_the_page_of_the_record_system_lists_what_it_can_start(smart):
    page = await smart.get("/launch")

    assert f'value="{PUBLIC}"' in page.text
    assert KEYED not in page.text


async def test_discovery_lists_the_scopes_that_applications_may_get(smart):
    document = (await smart.get("/.well-known/openid-configuration")).json()

    assert {"openid", "fhirUser", "launch/patient", "patient/*.rs"} <= {
        *document["scopes_supported"]
    }
    assert "refresh_token" not in document["grant_types_supported"]
    assert RETURN not in str(document)
