import json

import pytest

from fhir_profiles.spans import read_resource
from fhir_profiles.systems import SNOMED_CT
from fhir_profiles.vocabulary import Category, Label
from gateway.patient.evidence import evidence_of
from gateway.patient.label import labels_by_lists
from gateway.patient.mentions import NOTHING, MentionReader
from gateway.patient.work import worked_of
from tests.patient.factories import coded, encoded, labelled, resource, worked

LEGAL_STATUS = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-LegalStatus"


def evidence(content):
    return evidence_of(worked(content).span)


def test_evidence_is_what_the_item_says_of_itself():
    found = evidence(
        resource("Encounter", meta=labelled("R"), type=[{**coded("1"), "text": "a word"}])
    )

    assert found.security == (("urn:any", "R"),)
    assert found.codings == ((SNOMED_CT, "1"),)
    assert found.texts == ("a word",)
    assert (found.services, found.extensions) == ((), ())


def test_what_stands_inside_an_item_is_part_of_it():
    inside = resource("Observation", meta=labelled("HIV"), code={**coded("2"), "text": "inner"})

    found = evidence(resource("DiagnosticReport", code=coded("1"), contained=[inside]))

    assert found.security == (("urn:any", "HIV"),)
    assert found.codings == ((SNOMED_CT, "1"), (SNOMED_CT, "2"))
    assert found.texts == ("inner",)


def test_services_and_specialties_are_evidence_of_their_own():
    found = evidence(
        resource(
            "Appointment", serviceType=[coded("360", "urn:s")], specialty=[coded("710", "urn:t")]
        )
    )

    assert found.services == (("urn:s", "360"), ("urn:t", "710"))


@pytest.mark.parametrize("slash", ["/", "\\/", "\\u002f", "\\u002F"])
def test_a_sensitive_extension_is_found_however_its_address_is_written(slash):
    content = resource("Encounter", extension=[{"url": LEGAL_STATUS, "valueCode": "x"}])
    written = worked(content).span.body.replace(b"/Extension", slash.encode() + b"Extension")

    found = evidence_of(type(worked(content).span)(written, worked(content).header))

    assert found.extensions == (LEGAL_STATUS,)
    assert labels_by_lists(found) == {Label.MENTAL_HEALTH}


HIV = {"coding": [{"system": SNOMED_CT, "code": "86406008"}]}


@pytest.mark.parametrize(
    "members",
    [
        {"valueCodeableConcept": HIV},
        {"component": [{"code": HIV}]},
        {"conclusionCode": [HIV]},
        {"extension": [{"url": "u", "valueCoding": HIV["coding"][0]}]},
        {"activity": [{"detail": {"code": {"coding": [{"code": "86406008"}]}}}]},
        {"conclusion": "No HIV was found"},
        {"conclusion": 'Said: "HIV \\u00e9"'},
        {"content": [{"attachment": {"title": "GUM clinic letter"}}]},
        {"context": {"practiceSetting": {"coding": [{"system": "urn:s", "code": "360"}]}}},
        {"diagnosis": [{"a": {"system": "http://hl7.org/fhir/sid/icd-10", "code": "B20.1"}}]},
    ],
)
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), (" ,", "\n:")])
@pytest.mark.parametrize("code", ["8", "\\u0038"])
def test_a_topic_is_found_wherever_in_the_resource_it_is_mentioned(members, separators, code):
    written = json.dumps(resource("Observation", **members), separators=separators)
    body = written.replace('"86406008', f'"{code}6406008').encode()

    found = labels_by_lists(worked_of(read_resource(body)).evidence)

    assert found == {Label.SEXUAL_HEALTH}


def test_what_a_patient_mentions_in_words_does_not_cover_a_whole_source():
    said = resource("Patient", contact=[{"relationship": [{"text": "adoptive mother"}]}])

    assert labels_by_lists(evidence(said)) == frozenset()


def test_a_mention_moves_nothing_to_another_category():
    noted = resource("Observation", note=[{"text": "end of life care, HIV"}])

    assert worked(noted).category is Category.RESULTS


def test_a_page_of_very_many_mentions_is_read_resource_by_resource():
    page = encoded([{"text": f"HIV {number}"} for number in range(40)])

    assert MentionReader(page).of(b'{"text":"HIV 7"}', "Observation").texts == ("HIV 7",)
    assert MentionReader(page).of(b'{"text":"other"}', "Observation") == NOTHING
