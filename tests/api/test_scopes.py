"""An application gets what its token's scopes name and its user's role may see, and nothing else, over HTTP."""

from collections.abc import AsyncIterator

import pytest

from tests.app_tokens import launched
from tests.stack import DEADLINES, Bundle, Stack, issuer_at, running_stack

DOCTOR, PERSON, OTHER = "ed-consultant", "everything", "sexual-health"
CLINICAL = {"AllergyIntolerance", "Condition", "Encounter", "MedicationRequest", "Observation"}


@pytest.fixture
async def stack(london, template, tmp_path, compiled) -> AsyncIterator[Stack]:
    """Give sources all the time that they need: answers are held against each other, byte for byte."""
    patience = {"deadlines": dict.fromkeys(DEADLINES, 20.0), "overall_seconds": 30.0}
    async with running_stack(london, template, tmp_path, compiled, **patience) as running:
        yield running


def everything_of(stack: Stack, name: str = PERSON) -> str:
    return f"/fhir/Patient/{stack.patient(name)}/$everything"


def condition_of(bundle: Bundle) -> str:
    return f"/fhir/Condition/{bundle.of('Condition')[0]['id']}"


def types_in(bundle: Bundle) -> set[str]:
    return {each["resourceType"] for each in bundle.resources}


def is_out_of_scope(answer) -> bool:
    assert answer.json()["resourceType"] == "OperationOutcome"
    told = answer.headers.get("www-authenticate")
    return answer.status_code == 403 and told == 'Bearer error="insufficient_scope"'


@pytest.mark.parametrize(
    ("scope", "patient"),
    [("openid user/*.rs", None), ("user/*.read", None), ("patient/*.cruds launch/patient", PERSON)],
)
async def test_scopes_for_everything_give_what_the_role_sees_byte_for_byte(
    stack: Stack, scope: str, patient: str | None
):
    whole = await stack.everything(DOCTOR, PERSON)
    app = launched(stack, DOCTOR, scope, patient and stack.patient(patient))

    found = await stack.get(app, everything_of(stack))

    assert found.content == whole.response.content


async def test_only_the_types_that_scopes_name_are_shown(stack: Stack):
    whole = await stack.everything(DOCTOR, PERSON)
    app = launched(stack, DOCTOR, "user/Condition.rs user/Encounter.read")

    found = Bundle(await stack.get(app, everything_of(stack)))

    assert types_in(whole) >= CLINICAL
    assert types_in(found) == {"Condition", "Encounter"}
    assert found.of("Condition") != []
    assert found.body["total"] == len(found.resources)
    ids = {each["id"] for each in found.resources}
    hidden = {each["id"] for each in whole.resources} - ids - {stack.patient(PERSON)}
    assert [each for each in hidden if each in found.response.text] == []
    assert set(found.outcomes) == set(whole.outcomes)


async def test_a_type_out_of_scope_is_not_searched_for(stack: Stack):
    app = launched(stack, DOCTOR, "user/Condition.rs user/Observation.r")
    query = f"?patient={stack.patient(PERSON)}"

    statuses = {
        kind: (await stack.get(app, f"/fhir/{kind}{query}")).status_code
        for kind in ("Condition", "Observation", "MedicationRequest")
    }

    assert statuses == {"Condition": 200, "Observation": 403, "MedicationRequest": 403}
    assert is_out_of_scope(await stack.get(app, f"/fhir/Observation{query}"))


async def test_everything_of_a_type_out_of_scope_is_refused_rather_than_empty(stack: Stack):
    app = launched(stack, DOCTOR, "user/Condition.rs")

    whole = await stack.get(app, f"{everything_of(stack)}?_type=Condition")
    other = await stack.get(app, f"{everything_of(stack)}?_type=Condition,Observation")

    assert types_in(Bundle(whole)) == {"Condition"}
    assert is_out_of_scope(other)


async def test_what_may_be_read_but_not_searched_is_read_and_not_found(stack: Stack):
    one = condition_of(await stack.everything(DOCTOR, PERSON))
    app = launched(stack, DOCTOR, "user/Condition.r user/Encounter.s")

    read = await stack.get(app, one)
    found = Bundle(await stack.get(app, everything_of(stack)))

    assert read.json()["resourceType"] == "Condition"
    assert types_in(found) == {"Encounter"}
    assert is_out_of_scope(await stack.get(app, f"/fhir/Condition?patient={stack.patient(PERSON)}"))
    encounter = found.of("Encounter")[0]["id"]
    assert (await stack.get(app, f"/fhir/Encounter/{encounter}")).status_code == 404


async def test_an_id_out_of_scope_looks_like_one_that_is_nobodys(stack: Stack):
    one = condition_of(await stack.everything(DOCTOR, PERSON))
    app = launched(stack, DOCTOR, "patient/Observation.rs", stack.patient(PERSON))

    hidden = await stack.get(app, one)
    unknown = await stack.get(app, "/fhir/Condition/" + "a" * 62)

    assert (hidden.status_code, hidden.content) == (404, unknown.content)
    assert {*hidden.headers} == {*unknown.headers}


async def test_a_launch_opens_the_one_person_that_it_was_for(stack: Stack):
    others = await stack.everything(DOCTOR, OTHER)
    app = launched(stack, DOCTOR, "patient/*.rs", stack.patient(PERSON))
    unknown = await stack.get(app, "/fhir/Condition/" + "a" * 62)

    own = await stack.get(app, everything_of(stack))
    another = await stack.get(app, everything_of(stack, OTHER))
    item = await stack.get(app, condition_of(others))

    assert others.status == own.status_code == 200
    assert is_out_of_scope(another)
    assert (item.status_code, item.content) == (404, unknown.content)


@pytest.mark.parametrize("patient", [None, "", "nobody", OTHER])
async def test_without_its_person_a_launch_opens_nobody(stack: Stack, patient: str | None):
    app = launched(
        stack, DOCTOR, "patient/*.rs", stack.patient(OTHER) if patient == OTHER else patient
    )

    answers = [
        await stack.get(app, everything_of(stack)),
        await stack.get(app, f"/fhir/Patient/{stack.patient(PERSON)}"),
        await stack.get(app, f"/fhir/Condition?patient={stack.patient(PERSON)}"),
    ]

    assert all(map(is_out_of_scope, answers))


@pytest.mark.parametrize(
    "scope",
    [
        "system/*.rs",
        "user/Condition.rs?category=problem-list-item",
        "user/Condition.cud",
        "user/condition.rs",
        "USER/*.rs",
        "user/*.sr",
    ],
)
async def test_a_scope_that_opens_no_record_opens_none_whatever_the_role(stack: Stack, scope: str):
    app = launched(stack, DOCTOR, f"openid {scope}")

    assert is_out_of_scope(await stack.get(app, everything_of(stack)))
    assert is_out_of_scope(await stack.get(app, f"/fhir/Condition?patient={stack.patient(PERSON)}"))


async def test_scopes_give_nothing_that_the_role_has_not(stack: Stack):
    desk = await stack.everything("receptionist", PERSON)
    app = launched(stack, "receptionist", "user/*.cruds patient/*.cruds", stack.patient(PERSON))

    found = await stack.get(app, everything_of(stack))
    refused = await stack.get(launched(stack, "planner", "user/*.cruds"), everything_of(stack))

    assert found.content == desk.response.content
    assert refused.status_code == 403
    assert "www-authenticate" not in refused.headers


async def test_people_are_looked_up_with_a_scope_for_that(stack: Stack):
    form = {"identifier": stack.london.people[PERSON].digits}

    found = {
        scope: (await stack.post(launched(stack, DOCTOR, scope), "/fhir/Patient/_search", form))
        for scope in ("openid", "user/Patient.rs", "user/Patient.r", "user/Condition.rs")
    }

    assert {scope: each.status_code for scope, each in found.items()} == {
        "openid": 200,
        "user/Patient.rs": 200,
        "user/Patient.r": 403,
        "user/Condition.rs": 403,
    }


async def test_a_refusal_by_scope_is_one_row_and_asks_nobody(stack: Stack):
    app = launched(stack, DOCTOR, "patient/*.rs", stack.patient(OTHER))
    before = len(await stack.audit())

    await stack.get(app, everything_of(stack))

    [row] = (await stack.audit())[before:]
    assert (row["action"], row["decision"], row["reason"]) == (
        "asked",
        "refused",
        "not-the-launched",
    )


async def test_what_scopes_withhold_is_counted_for_the_audit_alone(stack: Stack):
    app = launched(stack, DOCTOR, "user/Condition.rs")

    found = await stack.get(app, everything_of(stack))

    row = (await stack.audit())[-1]
    assert row["withheld"]["out-of-scope"] > 0
    assert "scope" not in found.text


async def test_a_page_of_a_list_is_of_the_types_in_scope(stack: Stack):
    app = launched(stack, DOCTOR, "user/Encounter.rs")

    page = Bundle(await stack.get(app, f"{everything_of(stack)}?_count=3"))
    [following] = [each["url"] for each in page.body["link"] if each["relation"] == "next"]
    more = Bundle(await stack.get(app, following.removeprefix("http://gateway.test")))

    assert types_in(page) == types_in(more) == {"Encounter"}
    assert page.body["total"] == more.body["total"] > 3


@pytest.mark.parametrize(
    ("user", "path"),
    [("policy-admin", "/policy/versions"), ("privacy-officer", "/privacy/identity-holds")],
)
async def test_a_token_for_records_administers_nothing(stack: Stack, user: str, path: str):
    plain = await stack.get(user, path)

    limited = await stack.get(launched(stack, user, "openid user/*.cruds"), path)

    assert (plain.status_code, limited.status_code) == (200, 403)


async def test_an_issuer_that_must_give_scopes_opens_no_record_without_them(
    stack: Stack, london, template, tmp_path_factory, compiled
):
    strict = {"issuer": [{**issuer_at(london.addresses["identity"]), "smart_scopes": "required"}]}
    folder = tmp_path_factory.mktemp("strict")
    form = {"identifier": london.people[PERSON].digits}

    async with running_stack(london, template, folder, compiled, **strict) as strict_stack:
        plain = await strict_stack.get(DOCTOR, everything_of(strict_stack))
        found = await strict_stack.post(DOCTOR, "/fhir/Patient/_search", form)
        policy = await strict_stack.get("policy-admin", "/policy/versions")
        scoped = await strict_stack.get(
            launched(strict_stack, DOCTOR, "user/*.rs"), everything_of(strict_stack)
        )

    assert is_out_of_scope(plain)
    assert is_out_of_scope(found)
    assert (policy.status_code, scoped.status_code) == (200, 200)


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("user/DocumentReference.rs user/Binary.r", 200),
        ("user/DocumentReference.r user/Binary.read", 200),
        ("user/DocumentReference.rs user/Binary.s", 404),
        ("user/DocumentReference.rs", 404),
        ("user/Binary.rs", 404),
    ],
)
async def test_a_document_is_opened_with_scopes_for_it_and_for_what_names_it(
    stack: Stack, scope: str, status: int
):
    [first, *_others] = (await stack.everything(DOCTOR, PERSON)).of("DocumentReference", "hospital")
    address = first["content"][0]["attachment"]["url"]
    app = launched(stack, DOCTOR, scope)

    opened = await stack.get(app, f"/fhir/{address}", Accept="*/*")
    listed = await stack.get(app, f"/fhir/DocumentReference/{first['id']}")

    assert opened.status_code == status
    assert (address in listed.text) is (status == 200)
