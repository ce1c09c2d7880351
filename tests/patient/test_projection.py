import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_profiles.headers import subject_of
from fhir_profiles.spans import read_resource
from fhir_profiles.validate import verdict_r4
from fhir_profiles.vocabulary import Category
from gateway.patient.projection import mask, mask_stub, project, summarise, without_whereabouts
from gateway.patient.reductions import Filter, reductions
from gateway.patient.summary_filters import passes
from gateway.patient.summary_rows import Reading, row_of
from gateway.patient.work import worked_of
from tests.resource_strategies import FORMATS, STUB, read, resources, write

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SUBSETTED = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
REDUCED = {"tag": [{"system": SUBSETTED, "code": "SUBSETTED"}]}


def span(resource_type, **members):
    return read_resource(json.dumps({"resourceType": resource_type, "id": "1", **members}).encode())


@settings(max_examples=150)
@given(resources(), FORMATS, st.sets(st.sampled_from(["code", "subject", "note"])))
def test_a_projection_holds_the_listed_elements_as_they_were_and_nothing_else(
    resource, style, elements
):
    resource.pop("contained", None)
    source = read_resource(write(resource, style))

    shown = read(project(source, frozenset(elements)).body)

    whole = read(source.body)
    assert shown.pop("meta")["tag"] == REDUCED["tag"]
    assert shown.keys() == (elements | {"resourceType", "id"}) & whole.keys()
    assert '"#' in json.dumps(whole) or all(shown[key] == whole[key] for key in shown)


def test_a_projection_keeps_labels_and_version_but_no_tag_or_profile_of_the_source():
    source = span(
        "Flag", meta={"versionId": "2", "profile": ["p"], "security": [{"code": "R"}], "tag": [{}]}
    )

    meta = json.loads(project(source, frozenset()).body)["meta"]

    assert meta == {"versionId": "2", "security": [{"code": "R"}], **REDUCED}


def test_a_projection_keeps_how_its_source_was_named_and_read():
    source = span("Flag", status=3)
    named = type(source)(source.body, source.header, "urn:uuid:1", "match", source.is_lenient)

    shown = project(named, frozenset())

    assert (shown.full_url, shown.search_mode, shown.is_lenient) == ("urn:uuid:1", "match", True)


def test_a_path_keeps_that_part_of_each_item_and_no_other():
    source = span(
        "DocumentReference",
        content=[{"attachment": {"title": "t", "url": "u", "data": "d"}, "format": {}}, "odd"],
        context={"event": []},
    )

    shown = json.loads(project(source, frozenset({"content.attachment.title"})).body)

    assert shown["content"] == [{"attachment": {"title": "t"}}, {}]
    assert "context" not in shown


def test_of_contained_resources_only_the_drug_s_name_is_kept():
    source = span(
        "MedicationRequest",
        contained=[
            {"resourceType": "Medication", "id": "m", "code": {"text": "Drug"}, "batch": {}},
            {"resourceType": "Organization", "id": "o"},
            {"resourceType": "Medication"},
        ],
        medicationReference={"reference": "#m"},
        requester={"reference": "#o"},
        note="x",
    )

    shown = json.loads(project(source, frozenset({"medicationReference", "requester"})).body)

    assert shown["contained"] == [
        {"resourceType": "Medication", "id": "m", "code": {"text": "Drug"}}
    ]
    assert shown["medicationReference"] == {"reference": "#m"}
    assert shown["requester"] == STUB


@pytest.mark.parametrize("contained", [None, 5, [5]])
def test_a_reference_to_a_contained_resource_that_is_not_there_names_nothing(contained):
    source = span(
        "Observation", contained=contained, subject={"reference": "#p"}, code={"text": "#"}
    )

    shown = json.loads(project(source, frozenset({"subject", "code"})).body)

    assert shown["subject"] == STUB
    assert shown["code"] == {"text": "#"}


ACTIVE = {"coding": [{"code": "active"}]}
RESOLVED = {"coding": [{"code": "resolved"}]}
MINOR = [{"url": "https://x/Extension-CareConnect-ProblemSignificance-1", "valueCode": "minor"}]
MAJOR = [{"url": "https://x/Extension-CareConnect-ProblemSignificance-1", "valueCode": "major"}]


@pytest.mark.parametrize(
    ("wanted", "members", "expected"),
    [
        (Filter.ACTIVE, {"clinicalStatus": ACTIVE}, True),
        (Filter.ACTIVE, {"clinicalStatus": RESOLVED}, False),
        (Filter.ACTIVE, {}, True),
        (Filter.NOT_MINOR, {"extension": MINOR}, False),
        (Filter.NOT_MINOR, {"extension": MAJOR}, True),
        (Filter.NOT_MINOR, {"extension": 5}, True),
        (Filter.NOT_MINOR, {}, True),
        (Filter.CURRENT_OR_LAST_6_MONTHS, {"status": "active", "authoredOn": "2019"}, True),
        (Filter.CURRENT_OR_LAST_6_MONTHS, {"status": "stopped", "authoredOn": "2026-01"}, True),
        (Filter.CURRENT_OR_LAST_6_MONTHS, {"status": "stopped", "authoredOn": "2025-08-01"}, False),
        (Filter.CURRENT_OR_LAST_6_MONTHS, {}, True),
        (Filter.CURRENT_OR_LAST_6_MONTHS, {"status": "unknown", "authoredOn": "soon"}, True),
        (Filter.CURRENT_OR_LAST_6_MONTHS, {"status": "unknown", "authoredOn": "2019"}, False),
        (Filter.CURRENT_OR_LAST_6_MONTHS, {"status": "stopped"}, False),
        (Filter.LAST_6_MONTHS, {"effectiveDateTime": "2025-12-01"}, True),
        (Filter.LAST_6_MONTHS, {"effectiveDateTime": "2025-08-01"}, False),
        (Filter.LAST_12_MONTHS, {"effectiveDateTime": "2025"}, True),
        (Filter.LAST_12_MONTHS, {"effectiveDateTime": "2025-02-01"}, False),
        (Filter.LAST_12_MONTHS, {}, False),
    ],
)
def test_a_filter_decides_by_what_the_item_states(wanted, members, expected):
    assert passes(span("Condition", **members), frozenset({wanted}), NOW) is expected


def test_every_filter_of_a_row_must_be_met():
    both = frozenset({Filter.ACTIVE, Filter.NOT_MINOR})

    assert not passes(span("Condition", clinicalStatus=ACTIVE, extension=MINOR), both, NOW)
    assert passes(span("Condition", clinicalStatus=ACTIVE), both, NOW)


def summary(source, category, role="gp", labels=frozenset()):
    row = row_of(source.header.resource_type, Reading(category, role, labels))
    return None if row is None else json.loads(summarise(worked_of(source), row).body)


def test_a_summary_of_a_problem_is_its_name_and_standing():
    source = span(
        "Condition",
        code={"text": "Asthma"},
        clinicalStatus=ACTIVE,
        note=[{"text": "x"}],
        subject={},
    )

    assert summary(source, Category.PROBLEMS).keys() == {
        "resourceType",
        "id",
        "meta",
        "clinicalStatus",
        "code",
        "subject",
    }


@pytest.mark.parametrize(
    ("resource_type", "category"),
    [
        ("Condition", Category.RESULTS),
        ("Unheard", Category.PROBLEMS),
        ("Patient", Category.DEMOGRAPHICS),
    ],
)
def test_what_no_row_of_the_table_names_has_no_summary(resource_type, category):
    assert summary(span(resource_type), category) is None


@pytest.mark.parametrize("resource_type", sorted(reductions().masks.types))
def test_a_stub_is_valid_and_holds_nothing_of_the_source_s(resource_type):
    subject = reductions().masks.types[resource_type].subject
    source = span(
        resource_type, **{subject: {"reference": "Patient/1", "display": "SECRET"}}, note="SECRET"
    )

    shown = mask(worked_of(source), Category.MEDICATIONS)

    assert b"SECRET" not in shown.body
    assert subject_of(shown.header).reference == "Patient/1"
    faults = {issue.kind for issue in verdict_r4(shown.body).issues}
    assert faults == set()


def test_a_masked_medicine_says_whom_to_ask():
    body = json.loads(mask_stub("MedicationStatement", Category.MEDICATIONS, None))

    assert body["medicationCodeableConcept"]["text"] == "Restricted medicine: contact the source"
    assert body["meta"] == REDUCED
    assert "subject" not in body


@pytest.mark.parametrize(
    ("resource_type", "element"),
    [("CarePlan", "title"), ("Condition", "code"), ("EpisodeOfCare", "id")],
)
def test_a_masked_item_says_so_where_its_type_has_words(resource_type, element):
    body = json.loads(mask_stub(resource_type, Category.CARE_PLANS, None))

    assert element == "id" or "Restricted item: contact the source" in json.dumps(body[element])


def test_an_item_of_a_type_without_a_stub_is_not_shown_masked():
    assert mask(worked_of(span("Composition")), Category.DOCUMENTS) is None


@pytest.mark.parametrize("resource_type", ["Location", "Organization", "PractitionerRole"])
def test_places_and_organisations_are_taken_out_where_whereabouts_are_hidden(resource_type):
    assert without_whereabouts(worked_of(span(resource_type))) is None


def test_a_patient_whose_whereabouts_are_hidden_keeps_only_who_they_are():
    source = span(
        "Patient",
        name=[{"family": "A"}],
        birthDate="1970-01-01",
        address=[{"city": "SECRET"}],
        telecom=[{"value": "SECRET"}],
        contact=[{"address": {"city": "SECRET"}}],
        extension=[{"valueAddress": {"city": "SECRET"}}],
        unheard="SECRET",
    )

    shown = without_whereabouts(worked_of(source))

    assert b"SECRET" not in shown.body
    assert json.loads(shown.body).keys() >= {"name", "birthDate"}


def test_an_item_that_names_a_place_keeps_the_rest_where_whereabouts_are_hidden():
    source = span("Encounter", status="finished", location=[{"location": {"display": "SECRET"}}])

    shown = json.loads(without_whereabouts(worked_of(source)).body)

    assert shown["status"] == "finished"
    assert "location" not in shown


@pytest.mark.parametrize("resource_type", ["DocumentReference", "Practitioner", "Composition"])
def test_what_could_tell_the_place_in_words_is_not_shown_at_all(resource_type):
    assert without_whereabouts(worked_of(span(resource_type))) is None
