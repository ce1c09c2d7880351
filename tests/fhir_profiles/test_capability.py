"""The CapabilityStatement says what it is told is served, and no more."""

import json

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from fhir_profiles.capability import (
    CLINICAL_DATA_PROVIDER,
    PATIENT_INDEX_PROVIDER,
    Interaction,
    Operation,
    SearchParameter,
    SearchType,
    ServedResource,
    Service,
    capability_statement,
)

SERVICE = Service(
    name="Shared care record",
    version="1.2.3",
    base_url="https://example.org/fhir",
    description="Read-only joined record",
    updated_on="2026-11-01",
)
BY_PATIENT = SearchParameter("patient", SearchType.REFERENCE, "Required.")
BY_STATUS = SearchParameter("status", SearchType.TOKEN, "Exact.")
EVERYTHING = Operation(
    "everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything", "All."
)
PATIENT = ServedResource(
    "Patient", (Interaction.READ, Interaction.SEARCH_TYPE), operations=(EVERYTHING,)
)
ENCOUNTER = ServedResource(
    "Encounter",
    (Interaction.SEARCH_TYPE,),
    (BY_STATUS, BY_PATIENT),
    profile="https://fhir.hl7.org.uk/StructureDefinition/UKCore-Encounter",
    documentation="Items may be withheld: an empty answer is no proof of absence.",
)


def test_the_statement_satisfies_the_model_and_says_r4() -> None:
    built = capability_statement(SERVICE, [PATIENT, ENCOUNTER], [EVERYTHING])

    read = json.loads(built)
    CapabilityStatement.model_validate_json(built)
    assert (read["fhirVersion"], read["kind"], read["format"]) == ("4.0.1", "instance", ["json"])
    assert read["rest"][0]["mode"] == "server"
    assert read["rest"][0]["operation"][0]["name"] == "everything"


def test_the_statement_lists_exactly_what_is_served() -> None:
    read = json.loads(capability_statement(SERVICE, [PATIENT, ENCOUNTER]))

    encounter, patient = read["rest"][0]["resource"]
    assert encounter == {
        "type": "Encounter",
        "supportedProfile": ["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Encounter"],
        "documentation": "Items may be withheld: an empty answer is no proof of absence.",
        "interaction": [{"code": "search-type"}],
        "searchParam": [
            {"name": "patient", "type": "reference", "documentation": "Required."},
            {"name": "status", "type": "token", "documentation": "Exact."},
        ],
    }
    assert sorted(patient) == ["interaction", "operation", "type"]


def test_the_roles_follow_from_what_is_served() -> None:
    with_index = json.loads(capability_statement(SERVICE, [PATIENT, ENCOUNTER]))
    without = json.loads(capability_statement(SERVICE, [ENCOUNTER]))

    assert with_index["instantiates"] == [PATIENT_INDEX_PROVIDER, CLINICAL_DATA_PROVIDER]
    assert without["instantiates"] == [CLINICAL_DATA_PROVIDER]


def test_equal_services_give_equal_bytes_in_any_order() -> None:
    assert capability_statement(SERVICE, [PATIENT, ENCOUNTER]) == capability_statement(
        SERVICE, [ENCOUNTER, PATIENT]
    )


def test_a_service_without_system_operations_claims_none() -> None:
    read = json.loads(capability_statement(SERVICE, [ENCOUNTER]))

    assert sorted(read["rest"][0]) == ["mode", "resource", "security"]


@pytest.mark.parametrize(
    "resources",
    [
        [PATIENT, PATIENT],
        [ServedResource("Flag", (), (BY_PATIENT, BY_PATIENT))],
        [ServedResource("Flag", (), operations=(EVERYTHING, EVERYTHING))],
    ],
)
def test_what_is_declared_twice_is_refused(resources: list[ServedResource]) -> None:
    with pytest.raises(ValueError, match="declared twice"):
        capability_statement(SERVICE, resources)
