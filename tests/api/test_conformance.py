"""What the service says that it serves is what it serves."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from fastapi.routing import APIRoute

from gateway.api import patients, people
from gateway.errors import BadRequestError
from gateway.patient.search import PARAMETERS, parse_criteria
from tests.stack import Bundle, Stack

ANYBODY_MAY_ASK = ("ed-consultant", "everything")
NOT_BY_ANYBODY = {"Patient", "AuditEvent"}
"""People are found by POST alone, and the audit is read by few."""


async def declared(stack: Stack) -> dict[str, dict]:
    statement = (await stack.client.get("/fhir/metadata")).json()
    return {each["type"]: each for each in statement["rest"][0]["resource"]}


def interactions_of(resource: dict) -> set[str]:
    return {each["code"] for each in resource["interaction"]}


def operations_of(resource: dict) -> set[str]:
    return {each["name"] for each in resource.get("operation", ())}


async def test_every_type_of_a_record_is_declared_and_can_be_read(stack: Stack):
    user, person = ANYBODY_MAY_ASK
    bundle, known = await stack.everything(user, person), await declared(stack)

    first = {each["resourceType"]: each for each in reversed(bundle.resources)}
    statuses = {
        name: (await stack.get(user, f"/fhir/{name}/{each['id']}")).status_code
        for name, each in first.items()
    }

    assert {"List", "Linkage", "Specimen", "DetectedIssue"} <= known.keys()
    assert first.keys() - known.keys() == set()
    assert all("read" in interactions_of(known[name]) for name in first)
    assert {known[name]["conditionalRead"] for name in first} == {"not-match"}
    assert set(statuses.values()) == {200}, statuses


async def test_types_can_be_searched_for_where_that_is_declared_and_nowhere_else(stack: Stack):
    user, person = ANYBODY_MAY_ASK
    for name, resource in (await declared(stack)).items():
        answer = await stack.get(user, f"/fhir/{name}?patient={stack.patient(person)}")

        is_searchable = "search-type" in interactions_of(resource) and name not in NOT_BY_ANYBODY
        assert (answer.status_code == 200) is is_searchable, name


async def test_the_audit_is_read_and_searched_as_is_declared(stack: Stack):
    audit = (await declared(stack))["AuditEvent"]
    values = {"patient": stack.patient("everything"), "date": "ge2020", "agent": "Practitioner/1"}

    answer = await stack.get("privacy-officer", f"/fhir/AuditEvent?{urlencode(values)}")

    assert interactions_of(audit) == {"read", "search-type"}
    assert {each["name"] for each in audit["searchParam"]} == set(values)
    assert answer.status_code == 200


async def test_people_are_found_by_what_is_declared_and_by_nothing_else(stack: Stack):
    person = stack.london.cohort.people[stack.london.people["everything"]]
    whole = {
        "family": person.family_name,
        "birthdate": person.born_on.isoformat(),
        "given": person.given_names[0],
        "gender": person.gender,
        "address-postalcode": person.postcode,
    }
    parameters = {each["name"] for each in (await declared(stack))["Patient"]["searchParam"]}

    found = await stack.post("ed-consultant", "/fhir/Patient/_search", whole)
    unknown = await stack.post("ed-consultant", "/fhir/Patient/_search", {**whole, "phone": "1"})

    assert parameters == {*whole, "identifier"}
    assert found.json()["total"] >= 1
    assert unknown.status_code == 400


async def test_an_original_is_given_only_of_types_that_declare_the_operation(stack: Stack):
    user, person = ANYBODY_MAY_ASK
    bundle, known = await stack.everything(user, person), await declared(stack)
    path = "/fhir/{resourceType}/{id}/$original"

    given = set()
    for each in one_of_each_source_and_type(bundle):
        answer = await stack.get(user, path.format(**each))
        given |= {each["resourceType"]} if answer.status_code == 200 else set()

    declaring = {name for name, each in known.items() if "original" in operations_of(each)}
    assert given
    assert given - declaring == set()
    assert declaring >= PARAMETERS.keys()
    assert "Linkage" not in declaring


def one_of_each_source_and_type(bundle: Bundle) -> Iterator[dict]:
    seen = set()
    for each in bundle.resources:
        key = (each["resourceType"], each["meta"].get("source"))
        if key not in seen:
            seen.add(key)
            yield each


async def test_every_operation_that_has_a_route_is_declared_and_the_other_way_round(stack: Stack):
    served = {
        route.path.rpartition("$")[2]
        for route in (*patients.router.routes, *people.router.routes)
        if isinstance(route, APIRoute) and "$" in route.path
    }

    told = set().union(*map(operations_of, (await declared(stack)).values()))

    assert told == served == {"everything", "original"}


async def test_every_declared_parameter_is_understood_and_no_other(stack: Stack):
    for name in PARAMETERS:
        for parameter in (await declared(stack))[name]["searchParam"]:
            if parameter["name"] != "patient":
                parse_criteria(name, [(parameter["name"], "2020-01-01")])
        with pytest.raises(BadRequestError):
            parse_criteria(name, [("colour", "red")])
