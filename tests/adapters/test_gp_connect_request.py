"""What a GP practice is sent: parameters, Spine headers, the unsigned token."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from adapters.gp_headers import GpEndpoint, NotIdentifiedError, headers_for, spine_token
from adapters.gp_parameters import parameters_for
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from tests.adapters.gp_practice import CALLER, CONSUMER, ENDPOINT

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
TRACE = UUID(int=7)
NUMBER = NhsNumber("9990000018")


def asked(*categories):
    document = json.loads(parameters_for(NUMBER, frozenset(categories)))
    assert document["resourceType"] == "Parameters"
    first, *areas = document["parameter"]
    identifier = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}
    assert first == {"name": "patientNHSNumber", "valueIdentifier": identifier}
    return areas


@pytest.mark.parametrize(
    ("category", "names"),
    [
        (Category.DEMOGRAPHICS, []),
        (Category.ALLERGIES, ["includeAllergies"]),
        (Category.MEDICATIONS, ["includeMedication"]),
        (Category.ENCOUNTERS, ["includeConsultations"]),
        (Category.PROBLEMS, ["includeProblems"]),
        (Category.IMMUNISATIONS, ["includeImmunisations"]),
        (Category.RESULTS, ["includeUncategorisedData", "includeInvestigations"]),
        (Category.PROCEDURES, ["includeReferrals", "includeDiaryEntries"]),
        (Category.END_OF_LIFE, ["includeProblems", "includeUncategorisedData"]),
        (Category.SOCIAL_CARE, ["includeProblems", "includeUncategorisedData"]),
        (Category.ALERTS, []),
    ],
)
def test_only_areas_that_can_hold_the_category_are_asked_for(category, names):
    assert [one["name"] for one in asked(category)] == names


def test_one_call_asks_for_everything_that_the_role_could_be_shown():
    assert len(asked(*Category)) == 9


@pytest.mark.parametrize(
    ("category", "parts"),
    [
        (Category.ALLERGIES, ["includeResolvedAllergies"]),
        (Category.MEDICATIONS, ["includePrescriptionIssues"]),
        (Category.IMMUNISATIONS, ["includeNotGiven", "includeStatus"]),
    ],
)
def test_the_parts_of_an_area_are_sent(category, parts):
    [area] = asked(category)

    assert area["part"] == [{"name": part, "valueBoolean": True} for part in parts]


def test_an_area_without_parts_is_named_alone():
    assert asked(Category.PROBLEMS) == [{"name": "includeProblems"}]


def test_the_headers_name_both_ends_the_interaction_and_the_trace():
    headers = headers_for(CALLER, CONSUMER, ENDPOINT, TRACE, NOW)

    token = headers.pop("Authorization")
    assert token == f"Bearer {spine_token(CALLER, CONSUMER, ENDPOINT, NOW)}"
    assert headers == {
        "Accept": "application/fhir+json",
        "Content-Type": "application/fhir+json",
        "Cache-Control": "no-store",
        "Ssp-TraceID": "00000000-0000-0000-0000-000000000007",
        "Ssp-From": "200000000001",
        "Ssp-To": "918999198993",
        "Ssp-InteractionID": (
            "urn:nhs:names:services:gpconnect:fhir:operation:gpc.getstructuredrecord-1"
        ),
    }


def claims_of(token):
    header, claims, signature = token.split(".")
    assert signature == ""
    assert _decoded(header) == {"alg": "none", "typ": "JWT"}
    return _decoded(claims)


def _decoded(part):
    assert "=" not in part
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_the_token_lives_exactly_five_minutes_and_is_for_direct_care():
    claims = claims_of(spine_token(CALLER, CONSUMER, ENDPOINT, NOW))

    assert (claims["iat"], claims["exp"]) == (1772355600, 1772355900)
    assert claims["reason_for_request"] == "directcare"
    assert claims["requested_scope"] == "patient/*.read"
    assert claims["iss"] == "https://gateway.example/token"
    assert claims["aud"] == ENDPOINT.base_url


def test_the_token_says_who_asks_from_where_with_what():
    claims = claims_of(spine_token(CALLER, CONSUMER, ENDPOINT, NOW))

    practitioner = claims["requesting_practitioner"]
    assert claims["sub"] == practitioner["id"] == "555079033108"
    assert practitioner["name"] == [{"family": "Okafor", "given": ["Ada"], "prefix": ["Dr"]}]
    assert practitioner["identifier"] == [
        {"system": "https://fhir.nhs.uk/Id/sds-user-id", "value": "555079033108"},
        {"system": "https://fhir.nhs.uk/Id/sds-role-profile-id", "value": "100334993514"},
        {"system": "https://gateway.example/user", "value": "555079033108"},
    ]
    ods = "https://fhir.nhs.uk/Id/ods-organization-code"
    assert claims["requesting_organization"] == {
        "resourceType": "Organization",
        "identifier": [{"system": ods, "value": "RRV"}],
        "name": "A hospital",
    }
    assert claims["requesting_device"] == {
        "resourceType": "Device",
        "identifier": [{"system": "https://gateway.example/device", "value": "gateway-1"}],
        "model": "Gateway",
        "version": "1.0",
    }


def test_a_user_without_smartcard_is_sent_as_unknown_to_the_directory():
    caller = replace(CALLER, role_profile_id="")

    practitioner = claims_of(spine_token(caller, CONSUMER, ENDPOINT, NOW))[
        "requesting_practitioner"
    ]

    assert [one["value"] for one in practitioner["identifier"]] == ["UNK", "UNK", "555079033108"]


def test_a_title_that_is_not_known_is_not_invented():
    caller = replace(CALLER, name_prefix="", given_name="")

    token = spine_token(caller, CONSUMER, ENDPOINT, NOW)

    [name] = claims_of(token)["requesting_practitioner"]["name"]
    assert name == {"family": "Okafor", "given": ["UNK"], "prefix": ["UNK"]}


@pytest.mark.parametrize("change", [{"organisation": "ZZZ"}, {"user_id": " "}, {"family_name": ""}])
def test_a_request_from_nobody_in_particular_is_refused(change):
    with pytest.raises(NotIdentifiedError):
        headers_for(replace(CALLER, **change), CONSUMER, ENDPOINT, TRACE, NOW)


def test_the_spine_proxy_takes_the_providers_address_whole():
    endpoint = GpEndpoint("https://practice.example/F84004/STU3/1/", "1")

    assert endpoint.reached_through("https://proxy.example/") == (
        "https://proxy.example/https://practice.example/F84004/STU3/1"
    )
    assert endpoint.reached_through(None) == "https://practice.example/F84004/STU3/1"
