"""Whatever element of a resource points to a sensitive topic, the resource is labelled for it."""

import json

import pytest

from fhir_profiles.spans import read_resource
from fhir_profiles.systems import SNOMED_CT
from fhir_profiles.vocabulary import Label
from gateway.patient.evidence import evidence_of
from gateway.patient.label import labels_by_lists
from gateway.patient.mentions import NOTHING, MentionReader
from gateway.patient.work import read_work, worked_of
from tests.patient.factories import bundle, coded, patient, resource

MENTAL = "828821000000105"
HIV = "abacavir"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"
LEGAL_STATUS = "https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland"
ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"

STYLES = {
    "compact": {"separators": (",", ":")},
    "spaced": {},
    "indented": {"indent": "\t", "separators": (" ,", " : ")},
}


def labels(content, style="compact", slash="/", letter="", escape=""):
    body = json.dumps(content, **STYLES[style]).replace("/", slash)
    span = read_resource(body.replace(letter, escape).encode() if letter else body.encode())
    alone, with_others = evidence_of(span), worked_of(span).evidence
    assert labels_by_lists(alone) == labels_by_lists(with_others)
    return set(labels_by_lists(alone))


WHERE = [
    ({"valueCodeableConcept": coded(MENTAL)}, Label.MENTAL_HEALTH),
    ({"component": [{"code": coded(MENTAL)}]}, Label.MENTAL_HEALTH),
    ({"conclusionCode": [coded(MENTAL, None)]}, Label.MENTAL_HEALTH),
    ({"valueCodeableConcept": coded("F20.0", ICD_10)}, Label.MENTAL_HEALTH),
    ({"component": [{"valueCodeableConcept": coded("CIV", LEGAL_STATUS)}]}, Label.MENTAL_HEALTH),
    ({"participant": [{"role": coded("ADOPTF", ROLE)}]}, Label.ADOPTION),
    ({"context": {"practiceSetting": coded("360", "urn:nhs")}}, Label.SEXUAL_HEALTH),
    ({"note": [{"text": f"started on {HIV} today"}]}, Label.SEXUAL_HEALTH),
    ({"valueString": f"{HIV.upper()} 300mg"}, Label.SEXUAL_HEALTH),
    ({"conclusion": f"on {HIV}."}, Label.SEXUAL_HEALTH),
    ({"content": [{"attachment": {"title": f"{HIV} clinic letter"}}]}, Label.SEXUAL_HEALTH),
    ({"dosage": [{"route": {"coding": [{"display": HIV}]}}]}, Label.SEXUAL_HEALTH),
]


@pytest.mark.parametrize(("members", "label"), WHERE)
@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_topic_is_found_wherever_it_stands_and_however_it_is_written(members, label, style):
    assert labels(resource("Observation", **members), style) == {label}


@pytest.mark.parametrize(("members", "label"), WHERE)
def test_a_topic_is_found_though_slashes_are_escaped(members, label):
    assert labels(resource("Observation", **members), slash="\\/") == {label}


@pytest.mark.parametrize(
    ("members", "letter", "escape", "label"),
    [
        ({"valueCodeableConcept": coded(MENTAL)}, MENTAL, "\\u0038" + MENTAL[1:], "mental-health"),
        ({"valueCodeableConcept": coded("F20", ICD_10)}, "F20", "\\u004620", "mental-health"),
        ({"valueString": HIV}, HIV, "\\u0061bacavir", "sexual-health"),
        (
            {"context": {"practiceSetting": coded("360", "urn:nhs")}},
            "360",
            "3\\u00360",
            "sexual-health",
        ),
    ],
)
def test_a_topic_is_found_though_letters_are_escaped(members, letter, escape, label):
    content = resource("Observation", **members)

    assert labels(content, letter=letter, escape=escape) == {Label(label)}


@pytest.mark.parametrize(
    "members",
    [
        {"valueString": 'a "quoted" word and a backslash \\'},
        {"valueString": 'said \\"code\\":\\"' + MENTAL},
        {"component": [{"code": coded("360")}]},
        {"valueCodeableConcept": coded("F20", SNOMED_CT)},
        {"valueCodeableConcept": coded("CIV", "urn:other")},
        {"context": {"practiceSetting": {"coding": [{"system": "urn:nhs"}]}}},
        {"context": {"practiceSetting": {"coding": [{"code": 360}]}}},
        {"valueInteger": int(MENTAL)},
    ],
)
@pytest.mark.parametrize("style", sorted(STYLES))
def test_what_only_looks_like_a_topic_labels_nothing(members, style):
    assert labels(resource("Observation", **members), style) == set()


def test_a_patients_own_words_do_not_cover_the_whole_source():
    assert labels(patient(contact=[{"name": {"text": HIV}}])) == set()


def test_what_mentions_nothing_is_one_and_the_same():
    body = json.dumps(resource("Observation", valueString="well")).encode()
    reader = MentionReader(body)

    assert reader.of(body, "Observation") is NOTHING
    assert reader.of(body, "Observation") is NOTHING


def test_each_resource_of_a_page_has_its_own_evidence_however_alike_it_is():
    plain = [resource("Observation", str(number), valueString="well") for number in range(3)]
    told = resource("Observation", "4", valueString=HIV)
    extended = resource("Observation", "5", extension=[{"url": "urn:x"}], valueString=HIV)

    found = read_work(bundle(*plain, told, extended, *plain[:1])).resources

    assert [bool(labels_by_lists(each.evidence)) for each in found] == [
        False,
        False,
        False,
        True,
        True,
        False,
    ]
    assert found[0].evidence is found[1].evidence


@pytest.mark.parametrize(
    "members",
    [
        {"payload": [{"contentString": "HIV test positive"}]},
        {"summary": "HIV positive"},
        {"alias": ["Ward 5", "HIV clinic"]},
        {"text": {"status": "generated", "div": "<div>HIV positive</div>"}},
        {"anElementOfTomorrow": {"words": ["HIV positive"]}},
    ],
)
@pytest.mark.parametrize("style", STYLES)
def test_a_wording_tells_whatever_its_element_is_called(members, style):
    assert labels(resource("Communication", **members), style) == {Label.SEXUAL_HEALTH}


@pytest.mark.parametrize(
    "members",
    [
        {"instantiatesUri": None, "url": "urn:HIV positive"},
        {"identifier": [{"system": "urn:x", "value": "HIV positive"}]},
        {"contact": [{"name": {"family": "HIV positive", "given": ["HIV positive"]}}]},
        {"content": [{"attachment": {"data": "HIV+"}}]},
    ],
)
def test_an_address_a_number_or_a_persons_name_is_no_wording(members):
    assert labels(resource("Communication", **members)) == set()
