"""A caller is who the one bearer token says, in a role that has a place here; nothing else in a request is heard."""

import tracemalloc
import zlib

import pytest

from gateway.api.requests import SESSION_COOKIES
from gateway.settings import Settings
from gateway.web.cookies import session_cookie
from tests.safety.gate import CONSULTANT, EC, Gate, gate, signed, usual
from tests.tokens import forged, part, signed_by_hand
from tests.web.visitor import Visitor

__all__ = ["gate"]

SOMEBODY = "555057896106"
CLAIMED = {
    "X-Forwarded-User": SOMEBODY,
    "X-Remote-User": SOMEBODY,
    "X-NHSD-Session-URID": "555021540101",
    "X-Forwarded-For": "10.0.0.1",
    "Remote-User": SOMEBODY,
}


@pytest.mark.parametrize("name", CLAIMED)
async def test_au_16_who_somebody_is_by_a_header_is_not_heard(gate: Gate, name):
    plain = await gate.asks(signed())

    claimed = await gate.asks(signed(), **{name: CLAIMED[name]})

    assert (plain.status_code, claimed.content) == (200, plain.content)
    agents = {row["who"]["user_id"] for row in await gate.rows() if row["action"] == "asked"}
    assert agents == {"u1"}
    assert SOMEBODY not in str(await gate.stack.audit())


async def test_au_16_two_such_headers_are_not_heard_either(gate: Gate):
    path = f"/fhir/Patient/{gate.stack.patient('everything')}"
    twice = [(name, each) for name in CLAIMED for each in (SOMEBODY, "gp")]

    found = await gate.stack.client.get(
        path, headers=[("Authorization", f"Bearer {signed()}"), *twice]
    )

    assert found.content == (await gate.asks(signed())).content


async def test_au_16_a_header_that_could_be_mistaken_for_another_is_refused(gate: Gate):
    found = await gate.asks(signed(), X_User=SOMEBODY)

    assert (found.status_code, await gate.rows()) == (400, [])


async def test_au_16_such_a_header_alone_lets_nobody_in(gate: Gate):
    path = f"/fhir/Patient/{gate.stack.patient('everything')}"

    gate.turned_away(await gate.stack.client.get(path, headers=CLAIMED))


@pytest.mark.parametrize("with_bearer", [True, False])
async def test_au_18_a_token_in_the_address_is_a_bad_request(gate: Gate, with_bearer):
    path = f"/fhir/Patient/{gate.stack.patient('everything')}?access_token={signed()}"
    headers = {"Authorization": f"Bearer {signed()}"} if with_bearer else {}

    found = await gate.stack.client.get(path, headers=headers)

    assert (found.status_code, await gate.rows()) == (400, [])


async def test_au_18_a_token_in_the_address_of_a_page_is_a_bad_request(gate: Gate):
    found = await gate.stack.client.get(f"/find?access_token={signed()}")

    assert found.status_code == 400


async def test_au_18_a_session_beside_another_persons_token_is_a_bad_request(stack):
    await Visitor(stack).sign_in("nurse")
    before = [row["action"] for row in await stack.audit()]

    record = await stack.get("ed-consultant", f"/fhir/Patient/{stack.patient('everything')}")
    page = await stack.get("ed-consultant", "/find")

    assert (record.status_code, page.status_code) == (400, 400)
    assert [row["action"] for row in await stack.audit()] == before


@pytest.mark.parametrize("base_url", ["https://record.example", "http://localhost:8000"])
def test_au_18_the_sessions_that_are_refused_are_those_of_the_pages(base_url):
    settings = Settings.model_construct(base_url=base_url)

    assert session_cookie(settings).name in SESSION_COOKIES


def nested(levels):
    return b'{"a":' * levels + b"1" + b"}" * levels


def zip_bomb():
    packed = zlib.compress(b"\0" * 3_000_000)
    header = {"alg": "dir", "enc": "A256GCM", "zip": "DEF", "kid": "ec"}
    return ".".join((part(header), "", part(b"iv"), part(packed), part(b"tag")))


HUGE = {
    "a megabyte": lambda: "A" * 1_000_000,
    "a megabyte in three parts": lambda: forged({"alg": "ES256", "kid": "ec"}, b"x" * 1_000_000),
    "a thousand levels": lambda: signed_by_hand(HEADER, EC, nested(1000)),
    "a thousand levels of a header": lambda: forged(nested(1000)),
    "seventeen levels": lambda: signed(more=[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]),
    "a zip bomb": zip_bomb,
}
HEADER = {"alg": "ES256", "typ": "at+jwt", "kid": "ec"}


@pytest.mark.parametrize("make", HUGE.values(), ids=HUGE)
async def test_au_19_a_token_out_of_all_bounds_costs_little(gate: Gate, make):
    await gate.asks(signed())
    token = make()
    tracemalloc.start()
    try:
        found = await gate.asks(token)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found.status_code == (431 if len(token) > 16_000 else 401)
    # Three copies of the header are the client's own.
    assert peak <= 3 * len(token) + 5_000_000


async def test_au_19_sixteen_levels_of_claims_are_enough_for_anybody(gate: Gate):
    assert await gate.opens_for(signed(more=[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]))


TWINS = [
    b'{"alg":"ES256","typ":"at+jwt","kid":"ec","alg":"ES256"}',
    b'{"alg":"ES256","typ":"at+jwt","typ":"at+jwt","kid":"ec"}',
]


@pytest.mark.parametrize("header", TWINS)
async def test_au_19_a_header_that_says_something_twice_is_turned_away(gate: Gate, header):
    assert not await gate.opens_for(signed_by_hand(header, EC, usual()))


@pytest.mark.parametrize(
    "role",
    [
        {"role_code": "admin,"},
        {"role_code": '["admin"]'},
        {"role_code": ["admin"]},
        {"role_code": ["R0050"]},
        {"role_code": "R0050 "},
        {"role_code": "R0050\n"},
        {"role_code": "Ｒ0050"},
        {"role_code": "R００５０"},
        {"role_code": "u1"},
        {"role_code": "ed_consultant"},
        {"role_code": "policy_admin"},
        {"role_code": "S8000:G8000:R0050:R8015"},
        {"role_code": "R9999"},
        {"role_code": "*"},
        {"role_code": None},
        {"role_code": 50},
        {"org_code": "RRV "},
        {"org_code": "*"},
        {"org_code": ["RRV"]},
        {"org_code": None},
    ],
    ids=str,
)
async def test_au_20_a_role_that_is_not_exactly_one_gives_no_access(gate: Gate, role):
    found = await gate.asks(signed(nhsid_nrbac_roles=[{**CONSULTANT, **role}]))

    assert (found.status_code, found.json()["resourceType"]) == (403, "OperationOutcome")
    [row] = await gate.rows()
    assert (row["action"], row["user_id"], row["reason"]) == ("caller-refused", "u1", "no-role")
    assert row["request_id"] == found.headers["x-request-id"]


async def test_au_20_a_role_that_is_a_user_id_gives_no_access(gate: Gate):
    found = await gate.asks(signed(sub="R0050", nhsid_nrbac_roles=["R0050"]))

    gate.turned_away(found)


@pytest.mark.parametrize("level", ["2", "1", "0", "", None, "03", 3.0, True, ["3"], "high"])
@pytest.mark.parametrize("name", ["id_assurance_level", "authentication_assurance_level"])
async def test_a_holder_who_was_not_made_sure_of_is_turned_away(gate: Gate, name, level):
    assert not await gate.opens_for(signed(**{name: level}))


async def test_a_deployment_may_ask_for_less(gate: Gate):
    gate.takes(least_assurance=2)
    assert await gate.opens_for(signed(id_assurance_level="2", authentication_assurance_level=2))

    gate.takes(least_assurance=0)
    assert await gate.opens_for(
        signed(id_assurance_level=None, authentication_assurance_level=None)
    )


PLANNER = {"person_roleid": "1", "org_code": "702", "role_code": "R0210"}


@pytest.mark.parametrize(("level", "status"), [("2", 403), ("1", 401)])
async def test_who_sees_no_person_needs_less(gate: Gate, level, status):
    levels = {"id_assurance_level": level, "authentication_assurance_level": level}
    planner = {"nhsid_nrbac_roles": [PLANNER], "selected_roleid": "1"}

    found = await gate.asks(signed(purpose_of_use=["PUBHLTH"], **planner, **levels))

    assert found.status_code == status
