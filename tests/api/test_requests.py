"""What is asked for badly is refused clearly, before any source is called."""

import pytest

from tests.stack import OPERATOR, Stack


async def asked_rows(stack: Stack) -> int:
    return sum(row["action"] == "asked" for row in await stack.audit())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Basic Z3A6Z3A="},
        {"Authorization": "Bearer not-a-token"},
        {"Authorization": "Bearer a.b.c"},
    ],
)
async def test_au_01_without_a_valid_token_nothing_is_asked(stack: Stack, headers):
    path = f"/fhir/Patient/{stack.patient('everything')}/$everything"

    answer = await stack.client.get(path, headers=headers)

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert await asked_rows(stack) == 0


@pytest.mark.parametrize(
    "query",
    [
        "",
        "patient={p}&patient={p}",
        "patient={p}&_include=*",
        "patient={p}&subject:Patient.name=x",
        "patient={p}&_has:Observation:patient:code=x",
        "patient={p}&_filter=x",
        "patient={p}&_count=-1",
        "patient={p}&_count=0",
        "patient={p}&_count=1e9",
        "patient={p}&_sort=name",
        "patient={p}&date=yesterday",
        "patient={p}&date=xx2024",
        "patient={p}&status=a&status=b",
        "patient={p}&type=|",
        "patient={p}&%00=x",
        "patient={p}&x=%FF",
    ],
)
async def test_az_05_ip_15_an_unsupported_search_is_refused(stack: Stack, query: str):
    path = "/fhir/Encounter?" + query.format(p=stack.patient("everything"))

    answer = await stack.get("ed-consultant", path)

    assert (answer.status_code, answer.json()["resourceType"]) == (400, "OperationOutcome")
    assert await asked_rows(stack) == 0


@pytest.mark.parametrize(
    "query", ["_type=../x", "_since=never", "start=x", "_count=x", "_elements=id"]
)
async def test_an_unsupported_everything_is_refused(stack: Stack, query: str):
    path = f"/fhir/Patient/{stack.patient('everything')}/$everything?{query}"

    assert (await stack.get("ed-consultant", path)).status_code == 400


@pytest.mark.parametrize(
    "number", ["", "999000001", "9990000019", "٩٩٩٠٠٠٠٠١٨", "9990000018 or 1=1"]
)
async def test_ip_11_a_number_that_is_none_is_refused(stack: Stack, number: str):
    form = {"identifier": f"https://fhir.nhs.uk/Id/nhs-number|{number}"}

    answer = await stack.post("ed-consultant", "/fhir/Patient/_search", form)

    assert answer.status_code == 400
    assert not number or number not in answer.text


async def test_a_person_is_never_searched_for_in_an_address(stack: Stack):
    number = stack.london.people["everything"].digits

    answer = await stack.get("ed-consultant", f"/fhir/Patient?identifier={number}")

    assert answer.status_code == 400
    assert "POST" in answer.text


@pytest.mark.parametrize("accept", ["application/fhir+xml", "text/html", "application/json;q=0"])
async def test_ip_14_a_caller_who_takes_no_json_is_told_so(stack: Stack, accept: str):
    path = f"/fhir/Patient/{stack.patient('everything')}"

    answer = await stack.get("ed-consultant", path, Accept=accept)

    assert answer.status_code == 406


@pytest.mark.parametrize("purpose", ["HRESCH", "nonsense", "TREAT, ETREAT", ""])
async def test_az_09_a_purpose_that_the_token_does_not_hold_is_refused_and_recorded(
    stack: Stack, purpose: str
):
    path = f"/fhir/Patient/{stack.patient('everything')}"

    answer = await stack.get("ed-consultant", path, **{"Purpose-Of-Use": purpose})

    row = (await stack.audit())[-1]
    assert answer.status_code == 403
    assert (row["decision"], row["reason"]) == ("refused", "purpose-not-allowed")


async def test_az_09_emergency_without_break_glass_is_refused_and_recorded(stack: Stack):
    path = f"/fhir/Patient/{stack.patient('everything')}"

    answer = await stack.get("ed-consultant", path, **{"Purpose-Of-Use": "ETREAT"})

    row = (await stack.audit())[-1]
    assert answer.status_code == 403
    assert (row["decision"], row["reason"]) == ("refused", "break-glass-required")


async def test_find_by_name_gives_opaque_ids_and_both_rows(stack: Stack):
    person = stack.london.cohort.people[stack.london.people["everything"]]
    form = {"family": person.family_name, "birthdate": person.born_on.isoformat()}

    answer = await stack.post("ed-consultant", "/fhir/Patient/_search", form)

    ids = [each["resource"]["id"] for each in answer.json()["entry"]]
    rows = [(row["action"], row.get("act")) for row in await stack.audit()][-2:]
    assert stack.patient("everything") in ids
    assert rows == [("asked", "find"), ("disclosed", None)]


@pytest.mark.parametrize("field", ["family", "given", "address-postalcode"])
@pytest.mark.parametrize("value", ["*", "Ph*", " "])
async def test_a_name_that_is_not_whole_is_the_callers_fault(stack: Stack, field: str, value: str):
    form = {"family": "Phillips", "birthdate": "1990-04-19", field: value}

    answer = await stack.post("ed-consultant", "/fhir/Patient/_search", form)

    assert answer.status_code == 400


async def test_find_never_gives_a_restricted_person(stack: Stack):
    number = stack.london.people["restricted"].digits

    answer = await stack.post("ed-consultant", "/fhir/Patient/_search", {"identifier": number})

    assert (answer.status_code, answer.json()["total"]) == (200, 0)


async def test_a_superseded_number_leads_to_the_one_that_replaced_it(stack: Stack):
    person = stack.london.cohort.people[stack.london.people["superseded"]]
    former = (
        person.former_numbers[0] if person.former_numbers else stack.london.people["superseded"]
    )

    answer = await stack.post(
        "ed-consultant", "/fhir/Patient/_search", {"identifier": former.digits}
    )

    [entry] = answer.json()["entry"]
    assert entry["resource"]["id"] == stack.services.ids.seal(person.nhs_number)


async def test_what_is_declared_is_served(stack: Stack):
    statement = (await stack.client.get("/fhir/metadata")).json()
    patient = stack.patient("everything")

    for resource in statement["rest"][0]["resource"]:
        searchable = {each["code"] for each in resource["interaction"]} >= {"search-type"}
        if searchable and resource["type"] != "Patient":
            reader = "auditor" if resource["type"] == "AuditEvent" else "ed-consultant"
            answer = await stack.get(reader, f"/fhir/{resource['type']}?patient={patient}")
            assert answer.status_code == 200


async def test_health_and_metrics_tell_nothing_of_a_person(stack: Stack):
    await stack.everything("ed-consultant", "everything")

    metrics = await stack.client.get("/metrics", headers=OPERATOR)
    ready = await stack.client.get("/health/ready")

    assert ready.json() == {"status": "ready"}
    assert stack.patient("everything") not in metrics.text
    assert stack.london.people["everything"].digits not in metrics.text
    assert "$everything" in metrics.text
