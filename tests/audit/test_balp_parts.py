"""Who took part in an event and what it was about, with nothing made up and nothing empty."""

from typing import Any

import pytest

from gateway.audit.acts import (
    AskedAct,
    AuditAction,
    CallerRefused,
    SignInFailed,
    StaffSuspended,
    Who,
)
from gateway.audit.balp_agents import Address
from tests.audit.balp_events import (
    ADDRESS,
    EVENT_OF,
    EVERY_KIND,
    SEQUENCE,
    fhir,
    read_or_found,
    refused,
    row_a,
    row_b,
)
from tests.store_factories import NOW

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def agent(event: dict[str, Any], code: str) -> dict[str, Any]:
    [found] = [each for each in event["agent"] if each["type"]["coding"][0]["code"] == code]
    return found


def parts(event: dict[str, Any]) -> list[str]:
    return [each["type"]["coding"][0]["code"] for each in event["agent"]]


def test_an_event_says_when_where_and_under_which_number() -> None:
    event = fhir(row_b(at=NOW.replace(hour=8)), row_a())

    assert (event["resourceType"], event["id"]) == ("AuditEvent", str(SEQUENCE))
    assert (event["recorded"], event["period"]) == (
        "2026-03-02T09:30:00Z",
        {"start": "2026-03-02T08:30:00Z"},
    )
    assert event["source"]["site"] == "gateway.example:8443"
    assert event["source"]["observer"] == {
        "type": "Device",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": ADDRESS.base_url},
        "display": "gateway.example:8443",
    }
    assert [each["code"] for each in event["source"]["type"]] == ["4"]
    assert event["entity"][-1]["what"] == {
        "identifier": {
            "system": "https://gateway.example:8443/care/fhir/AuditEvent",
            "value": str(SEQUENCE),
        }
    }


def test_the_user_stands_as_they_were_with_role_purpose_and_token() -> None:
    user = agent(fhir(row_b(), row_a()), "IRCP")

    purpose = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}
    role = {"system": "https://shared-care-record.example/CodeSystem/role", "code": "gp"}
    assert user["who"] == {
        "type": "Practitioner",
        "identifier": {"system": "https://fhir.nhs.uk/Id/sds-user-id", "value": "u1"},
        "display": "Dr Example",
    }
    assert user["role"] == [{"coding": [role]}]
    assert (user["altId"], user["name"]) == ("555021540101", "Dr Example")
    assert user["requestor"] is True
    assert user["policy"] == ["urn:ietf:params:oauth:jti:t%201"]
    assert user["purposeOfUse"] == [{"coding": [purpose]}]


def test_organisation_application_and_service_take_part_and_ask_for_nothing() -> None:
    event = fhir(row_b(), row_a())

    application = {"type": "Device", "identifier": {"value": "an app/1"}}
    unknown = {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}
    assert agent(event, "PROV")["who"] == {
        "type": "Organization",
        "identifier": {
            "system": "https://fhir.nhs.uk/Id/ods-organization-code",
            "value": "F84004",
        },
    }
    assert agent(event, "110150")["who"] == agent(event, "110152")["who"] == application
    assert agent(event, "110152")["network"] == {"_address": unknown}
    assert agent(event, "110153")["who"] == event["source"]["observer"]
    assert agent(event, "110153")["network"] == {
        "address": "https://gateway.example:8443/care/fhir",
        "type": "5",
    }
    assert [each["requestor"] for each in event["agent"]] == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("asked-view", ["IRCP", "PROV", "110150", "authserver"]),
        ("refused-view", ["IRCP", "PROV", "110152", "110150", "110153"]),
        ("refused-find", ["IRCP", "PROV", "110153", "110150", "110152"]),
        ("disclosed-search", ["IRCP", "PROV", "110153", "110150", "110152"]),
        ("policy-approved-decided", ["IRCP", "PROV", "110153", "110150", "110152"]),
        ("policy-activated-alone", ["humanuser", "110152"]),
        ("signed-in-alone", ["humanuser", "PROV", "110152"]),
    ],
)
def test_each_event_has_the_parts_that_its_kind_needs(name: str, expected: list[str]) -> None:
    assert parts(EVERY_KIND[name]) == expected


@pytest.mark.parametrize(
    ("action", "is_of_a_token"),
    [
        *((each, True) for each in ("signed-in", "signed-out", "role-chosen", "caller-refused")),
        *((each, False) for each in ("sign-in-failed", "staff-suspended", "agreement-added")),
        *((each, False) for each in ("job-roles-changed", "policy-activated")),
    ],
)
def test_only_whom_a_token_named_is_named_as_the_nhs_does(action: str, is_of_a_token: bool) -> None:
    user = agent(fhir(EVENT_OF[AuditAction(action)]), "humanuser")

    assert ("system" in user["who"]["identifier"]) is is_of_a_token
    assert user["who"]["identifier"]["value"] == "u1"


def test_another_providers_user_is_named_as_the_audit_does() -> None:
    user = agent(fhir(row_b(user_id="trust:77"), row_a()), "IRCP")

    assert user["who"]["identifier"] == {"value": "trust:77"}


def test_a_failed_sign_in_of_nobody_known_has_this_service_alone() -> None:
    assert parts(fhir(SignInFailed(NOW, "no-code"))) == ["110152"]
    assert parts(fhir(SignInFailed(NOW, "no-code", " "))) == ["110152"]


def test_what_is_blank_is_left_out() -> None:
    who = Who("u1", "", "", "", " ", "")

    event = fhir(row_a(who=who, request_id="", details={}))

    assert parts(event) == ["IRCP", "authserver"]
    assert event["agent"][0].keys() == {"type", "who", "requestor", "purposeOfUse"}
    assert event["agent"][0]["who"].keys() == {"type", "identifier"}
    assert [each["type"]["code"] for each in event["entity"]] == ["1", "4"]


def test_the_person_is_an_opaque_id_and_the_request_the_callers() -> None:
    event = fhir(row_b(), row_a())

    assert event["entity"][0] == {
        "what": {
            "type": "Patient",
            "identifier": {
                "system": "https://gateway.example:8443/care/fhir/Patient",
                "value": "p" * 36,
            },
        },
        "type": {
            "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type",
            "code": "1",
            "display": "Person",
        },
        "role": {
            "system": "http://terminology.hl7.org/CodeSystem/object-role",
            "code": "1",
            "display": "Patient",
        },
    }
    assert event["entity"][2]["what"] == {"identifier": {"value": "request-4"}}
    assert event["entity"][2]["type"]["code"] == "XrequestId"


def test_what_was_read_is_named_by_kind_and_by_the_hash_of_the_view() -> None:
    shown = fhir(row_b(shown={"results": 1, "documents": 2}), row_a())["entity"][1]
    nothing = fhir(row_b(shown={}, view_hash=""), row_a())["entity"][1]

    assert shown["what"] == {
        "display": "documents, results",
        "identifier": {
            "system": "https://shared-care-record.example/Id/view-hash",
            "value": "f" * 64,
        },
    }
    assert (shown["type"]["code"], shown["role"]["code"]) == ("2", "4")
    assert nothing["what"] == {"display": "nothing"}


def test_what_was_searched_for_is_said_not_to_be_kept() -> None:
    for event in (read_or_found(AskedAct.FIND), fhir(refused(AskedAct.FIND))):
        query = event["entity"][1]
        assert query["_query"] == {"extension": [{"url": ABSENT, "valueCode": "masked"}]}
        assert query["description"] == (
            "What was searched for is not kept: it may say who somebody is."
        )
        assert query.keys() == {"_query", "description", "type", "role"}


def test_whom_an_act_was_about_is_a_user_among_the_entities() -> None:
    subject = fhir(StaffSuspended(NOW, "u1", "u2", "*", "left"))["entity"][0]

    assert subject["what"] == {"type": "Practitioner", "identifier": {"value": "u2"}}
    assert (subject["type"]["code"], subject["role"]["code"]) == ("1", "6")


def test_a_caller_who_was_refused_keeps_their_request_id() -> None:
    event = fhir(CallerRefused(NOW, "u1", "request-9", "no-role"))

    assert event["entity"][0]["what"] == {"identifier": {"value": "request-9"}}
    assert event["outcomeDesc"] == "no-role"


@pytest.mark.parametrize("name", EVERY_KIND)
def test_no_part_of_an_event_is_empty(name: str) -> None:
    def empties(value: object) -> list[object]:
        match value:
            case dict():
                return [e for each in value.values() for e in empties(each)] + [value] * (not value)
            case list():
                return [e for each in value for e in empties(each)] + [value] * (not value)
            case _:
                return [value] * (value in (None, ""))

    assert empties(EVERY_KIND[name]) == []


def test_an_address_without_a_port_is_its_host() -> None:
    assert Address("https://gateway.example").host == "gateway.example"
