import pytest

from fhir_profiles.systems import SNOMED_CT
from fhir_profiles.vocabulary import Label
from gateway.patient.evidence import evidence_of
from gateway.patient.label import labels_by_lists
from tests.patient.factories import coded, labelled, resource, worked

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
