import json

import pytest
from structlog.testing import capture_logs

from fhir_profiles.systems import CATEGORY, GATEWAY_SOURCE_URI
from fhir_profiles.vocabulary import Category
from gateway.patient.conflicts import NO_KNOWN_ALLERGY
from gateway.patient.derive import derive, guarded, journeys
from rbac.types import Level
from tests.patient.factories import PATIENT_ID, coded, resource, shown_item

PENICILLIN = coded("764146007")
NONE_KNOWN = coded("716186003")
ACTIVE = coded("active", "urn:status")


def derived(*items):
    return [json.loads(each.body) for each in derive(PATIENT_ID, items)]


def types(*items):
    return [each["resourceType"] for each in derived(*items)]


def copy(number, group=1, level=Level.ALL, source=None):
    return shown_item(
        resource("Condition", str(number)), source=source or f"s{number}", group=group, level=level
    )


def allergy(local_id, code, source="gp", clinical=ACTIVE, **members):
    content = resource(
        "AllergyIntolerance", local_id, code=code, clinicalStatus=clinical, **members
    )
    return shown_item(content, source=source)


def encounter(local_id, value="INC-1", source="hospital", system="urn:incident", **members):
    identifiers = [{"system": system, "value": value}]
    return shown_item(
        resource("Encounter", local_id, identifier=identifiers, **members), source=source
    )


def test_nothing_is_derived_from_nothing():
    assert derived() == []
    assert derived(copy(1, group=1), copy(2, group=2), copy(3, group=None)) == []


def test_copies_across_sources_are_linked():
    [linkage] = derived(copy(1), copy(2), copy(3))

    assert linkage["resourceType"] == "Linkage"
    assert linkage["active"] is True
    assert [each["type"] for each in linkage["item"]] == ["source", "alternate", "alternate"]
    assert linkage["item"][0]["resource"] == {"reference": "Condition/s1-Condition-1"}


def test_what_the_gateway_derives_says_so_and_is_named_by_its_members_alone():
    [one], [same] = derive(PATIENT_ID, [copy(1), copy(2)]), derive(PATIENT_ID, [copy(2), copy(1)])
    [other] = derive(PATIENT_ID, [copy(1), copy(3)])

    assert json.loads(one.body)["meta"] == {"source": GATEWAY_SOURCE_URI}
    assert (one.resource_type, one.category) == ("Linkage", None)
    assert one.id == same.id == json.loads(one.body)["id"] != other.id
    assert one.id.startswith(PATIENT_ID)


def test_a_masked_item_is_tied_to_nothing():
    assert derived(copy(1), copy(2, level=Level.MASK)) == []
    assert derived(copy(1), copy(2, level=Level.SUMMARY)) != []


@pytest.mark.parametrize("code", sorted(NO_KNOWN_ALLERGY))
def test_an_allergy_against_no_known_allergy_is_a_conflict_that_names_both(code):
    denial, stated = allergy("1", coded(code)), allergy("2", PENICILLIN, "hospital")

    [issue] = derived(denial, stated)

    assert (issue["resourceType"], issue["severity"]) == ("DetectedIssue", "high")
    assert issue["patient"] == {"reference": f"Patient/{PATIENT_ID}"}
    assert [each["reference"] for each in issue["implicated"]] == [
        "AllergyIntolerance/gp-AllergyIntolerance-1",
        "AllergyIntolerance/hospital-AllergyIntolerance-2",
    ]
    assert issue["meta"]["tag"] == [{"system": CATEGORY, "code": Category.ALERTS.value}]


def test_every_denial_is_set_against_a_stated_allergy():
    denials = allergy("1", NONE_KNOWN), allergy("2", NONE_KNOWN, "hospital")

    assert types(*denials, allergy("3", PENICILLIN), allergy("4", PENICILLIN)) == [
        "DetectedIssue",
        "DetectedIssue",
    ]


@pytest.mark.parametrize(
    "other",
    [
        allergy("2", NONE_KNOWN),
        allergy("2", PENICILLIN, clinical=coded("resolved", "urn:s")),
        allergy("2", PENICILLIN, clinical=coded("inactive", "urn:s")),
        allergy("2", PENICILLIN, verificationStatus=coded("refuted", "urn:v"), clinical=None),
        allergy("2", PENICILLIN, verificationStatus=coded("entered-in-error", "urn:v")),
        shown_item(resource("Condition", "2", code=PENICILLIN)),
    ],
)
def test_no_known_allergy_conflicts_only_with_an_allergy_that_stands(other):
    assert types(allergy("1", NONE_KNOWN), other) == []


def test_the_same_digits_in_another_code_system_deny_nothing():
    other = allergy("2", coded("716186003", "urn:other"))

    assert types(allergy("1", NONE_KNOWN), other) == ["DetectedIssue"]
    assert types(allergy("1", PENICILLIN), other) == []


def test_a_denial_that_does_not_stand_conflicts_with_nothing():
    withdrawn = allergy("1", NONE_KNOWN, clinical=coded("inactive", "urn:s"))

    assert types(withdrawn, allergy("2", PENICILLIN)) == []


def test_two_versions_that_one_source_sent_are_a_conflict():
    one = shown_item(resource("Condition"), "a", source="gp")
    other = shown_item(resource("Condition"), "b", source="gp")

    [issue] = derived(one, other)

    assert (issue["resourceType"], issue["severity"]) == ("DetectedIssue", "moderate")
    assert [each["reference"] for each in issue["implicated"]] == ["Condition/a", "Condition/b"]


@pytest.mark.parametrize(
    "other",
    [
        shown_item(resource("Condition"), source="hospital"),
        shown_item(resource("Procedure"), source="gp"),
        shown_item(resource("Condition", "2"), source="gp"),
    ],
)
def test_another_source_type_or_id_is_another_resource(other):
    assert derived(shown_item(resource("Condition"), source="gp"), other) == []


def test_resources_without_an_id_or_a_source_are_no_versions_of_each_other():
    nameless = (
        shown_item(resource("Condition", None), "a"),
        shown_item(resource("Condition", None), "b"),
    )
    ours = (
        shown_item(resource("Condition"), "c", source=None),
        shown_item(resource("Condition"), "d", source=None),
    )

    assert derived(*nameless, *ours) == []


def test_encounters_of_one_incident_are_one_journey_in_time_order():
    ward = encounter("1", period={"start": "2026-01-02"})
    call = encounter("2", " inc-1 ", "ambulance", period={"start": "2026-01-01"})
    undated = encounter("3")

    [journey] = derived(undated, ward, call)

    assert (journey["resourceType"], journey["mode"]) == ("List", "snapshot")
    assert journey["subject"] == {"reference": f"Patient/{PATIENT_ID}"}
    assert [each["item"]["reference"].rsplit("-", 1)[1] for each in journey["entry"]] == [
        "2",
        "1",
        "3",
    ]
    assert journey["meta"]["tag"] == [{"system": CATEGORY, "code": Category.ENCOUNTERS.value}]


def test_journeys_reach_over_a_third_encounter():
    both = shown_item(
        resource(
            "Encounter",
            "m",
            identifier=[{"system": "a", "value": "x1"}, {"system": "b", "value": "y1"}],
        )
    )
    chain = [encounter("1", "x1", system="a"), encounter("2", "y1", system="b"), both]

    assert [len(each) for each in journeys(chain)] == [3]
    assert [len(each) for each in journeys(reversed(chain))] == [3]


@pytest.mark.parametrize(
    "other",
    [
        encounter("2", "INC-2"),
        encounter("2", system="urn:other"),
        encounter("2", system=None),
        encounter("2", None),
        shown_item(
            resource("Procedure", "2", identifier=[{"system": "urn:incident", "value": "INC-1"}])
        ),
    ],
)
def test_what_shares_no_identifier_is_no_part_of_a_journey(other):
    assert journeys([encounter("1"), other]) == []


def test_encounters_without_system_or_value_are_not_tied_by_that():
    assert journeys([encounter("1", system=None), encounter("2", system=None)]) == []
    assert journeys([encounter("1", None), encounter("2", None)]) == []


def test_two_journeys_stay_two():
    found = journeys([encounter("1"), encounter("2", "B"), encounter("3"), encounter("4", "B")])

    assert [[each.header.id for each in journey] for journey in found] == [["1", "3"], ["2", "4"]]


def test_a_rule_that_fails_takes_away_neither_the_record_nor_what_it_derived_before():
    found = derive(PATIENT_ID, [])

    def fails_half_way():
        yield "first"
        raise ValueError("Ada Okafor")

    with capture_logs() as said:
        kept = guarded("copies", fails_half_way)

    assert (found, kept) == ((), ["first"])
    assert said == [
        {
            "event": "derived items dropped",
            "log_level": "error",
            "rule": "copies",
            "fault": "ValueError",
        }
    ]
