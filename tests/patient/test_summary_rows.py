"""A role or a label may have a summary of its own, beside the category's."""

import json

import pytest

from fhir_profiles.validate import verdict_r4
from fhir_profiles.vocabulary import Category, Label
from gateway.patient.reductions import Summary, reductions
from gateway.patient.summary_rows import Reading, label_words, row_of
from rbac.types import Level
from tests.patient.factories import coded, named_by, resource
from tests.patient.test_narrow import about, narrowed

LEGAL_STATUS = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-LegalStatus"
SAFEGUARDING = "Safeguarding information exists: contact the lead"
MENTAL_HEALTH = "Mental-health information exists: contact the service"
ACTIVE = coded("active", "http://terminology.hl7.org/CodeSystem/condition-clinical")
VISIT = resource(
    "Encounter",
    status="finished",
    **{"class": {"code": "EMER"}},
    type=[{"text": "Psychiatric review"}],
    reasonCode=[{"text": "why"}],
    period={"start": "2026-02-01"},
    serviceProvider=named_by("Organization"),
    participant=[{"individual": named_by("Practitioner")}],
    location=[{"location": {"display": "Ward 5"}, "status": "completed"}],
    extension=[
        {"url": LEGAL_STATUS, "valueCodeableConcept": coded("02")},
        {"url": "https://other.example/", "valueString": "secret"},
    ],
)


def shown(content, *labels, **of_terms):
    """What is shown of one item, with its level; None when it is withheld."""
    kept = narrowed(about(content, *labels), **of_terms).kept
    return (json.loads(kept[0].worked.body), kept[0].level) if kept else None


def elements(content, *labels, **of_terms):
    found = shown(content, *labels, **of_terms)
    return found[0].keys() - {"resourceType", "id", "meta"}


def test_a_practices_desk_is_left_dates_and_places_of_encounters():
    [whole, _level] = shown(VISIT, role="practice_admin", encounters=Level.SUMMARY)

    assert whole["location"] == [{"location": {"display": "Ward 5"}}]
    assert whole["class"]["extension"][0]["valueCode"] == "masked"
    assert whole["period"] == VISIT["period"]
    assert whole.keys() - {"resourceType", "id", "meta"} == {
        "status",
        "subject",
        "period",
        "location",
        "class",
    }
    assert not verdict_r4(json.dumps(whole).encode()).issues


def test_others_are_left_what_the_category_gives():
    assert elements(VISIT, encounters=Level.SUMMARY) == {
        "status",
        "class",
        "type",
        "subject",
        "period",
        "serviceProvider",
    }


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        ({"reference": "Location/1", "display": "Room"}, True),
        ({"reference": "https://h.example/fhir/Location/1"}, True),
        ({"type": "Location", "display": "Room"}, True),
        ({"reference": "urn:uuid:6d2c3b1e-0000-4000-8000-000000000000", "type": "Location"}, True),
        ({"reference": "Practitioner/1", "type": "Location", "display": "Dr Who"}, False),
        ({"reference": "Patient/p1"}, False),
        ({"display": "Dr Who"}, False),
        (["odd"], False),
    ],
)
def test_of_an_appointment_the_desk_is_left_where_it_is_and_not_with_whom(actor, expected):
    booked = resource(
        "Appointment",
        status="booked",
        start="2026-04-01T10:00:00Z",
        reasonCode=[{"text": "why"}],
        participant=[{"actor": actor, "status": "accepted"}],
    )

    whole, level = shown(booked, role="practice_admin", appointments=Level.SUMMARY)

    kept = {"actor": actor} if expected else {}
    assert whole["participant"] == [{**kept, "status": "accepted"}]
    assert (level, "reasonCode" in whole) == (Level.SUMMARY, False)


def test_the_desk_has_no_summary_of_other_kinds_of_encounter():
    sent = resource("Communication", status="completed", payload=[{"contentString": "secret"}])

    assert shown(sent, role="practice_admin", encounters=Level.SUMMARY) is None


def test_a_form_of_one_role_says_nothing_of_other_categories():
    assert elements(
        resource("Condition", code={"text": "Asthma"}),
        role="practice_admin",
        problems=Level.SUMMARY,
    ) == {"code", "subject"}


def test_of_mental_health_a_summary_tells_of_contact_and_legal_status_and_not_why():
    whole, level = shown(VISIT, "mental-health", mental_health=Level.SUMMARY)

    assert whole["extension"] == VISIT["extension"][:1]
    assert whole.keys().isdisjoint({"type", "reasonCode", "participant"})
    assert whole["serviceProvider"] == named_by("Organization")
    assert level is Level.SUMMARY


@pytest.mark.parametrize("label", ["mental-health", "substance"])
def test_a_diagnosis_under_a_label_is_words_of_ours(label):
    word = label.replace("-", "_")
    diagnosis = resource(
        "Condition", code={"text": "SECRET"}, clinicalStatus=ACTIVE, recorder={"display": "SECRET"}
    )

    whole, level = shown(diagnosis, label, **{word: Level.SUMMARY})

    assert "SECRET" not in json.dumps(whole)
    assert (whole["code"]["text"] in label_words(), level) == (True, Level.MASK)


def test_of_safeguarding_a_summary_tells_that_it_exists_and_whom_to_contact():
    flag = resource(
        "Flag", status="active", code={"text": "SECRET"}, author={**named_by("Practitioner")}
    )

    whole, level = shown(flag, "safeguarding", safeguarding=Level.SUMMARY)

    assert (whole["code"], whole["author"]) == ({"text": SAFEGUARDING}, named_by("Practitioner"))
    assert ("SECRET" in json.dumps(whole), level) == (False, Level.MASK)
    assert not verdict_r4(json.dumps(whole).encode()).issues


def test_a_contact_that_is_contained_is_not_told():
    flag = resource(
        "Flag",
        contained=[{"resourceType": "Practitioner", "id": "a", "name": [{"text": "SECRET"}]}],
        author={"reference": "#a"},
    )

    whole, _level = shown(flag, "safeguarding", safeguarding=Level.SUMMARY)

    assert "reference" not in whole["author"]
    assert "SECRET" not in json.dumps(whole)


@pytest.mark.parametrize("label", ["mental-health", "safeguarding"])
@pytest.mark.parametrize("kind", ["MedicationRequest", "AllergyIntolerance"])
def test_medicines_and_allergies_keep_their_own_summary_under_a_label(label, kind):
    word = label.replace("-", "_")
    item = resource(kind, status="active", code={"text": "Clozapine"}, authoredOn="2026-02-01")

    assert shown(item, label, **{word: Level.SUMMARY})[1] is Level.SUMMARY


@pytest.mark.parametrize("label", ["mental-health", "safeguarding"])
def test_a_label_that_leaves_a_reader_more_elsewhere_is_not_what_makes_a_summary(label):
    """A mental-health worker's results are summaries because results are, not for the label."""
    result = resource("Observation", code={"text": "Lithium"}, effectiveDateTime="2026-02-01")

    whole, level = shown(result, label, results=Level.SUMMARY)

    assert (whole["code"], level) == ({"text": "Lithium"}, Level.SUMMARY)


@pytest.mark.parametrize("level", [Level.MASK, Level.SUMMARY])
@pytest.mark.parametrize(
    "untold",
    [
        resource("Condition", clinicalStatus=coded("resolved", None)),
        resource("Condition", verificationStatus=coded("entered-in-error", None)),
        resource("ClinicalImpression", status="completed"),
    ],
)
def test_words_stand_only_for_what_a_summary_would_hold_and_for_no_retraction(untold, level):
    assert shown(untold, "safeguarding", safeguarding=level) is None


def test_an_item_of_a_type_without_a_stub_is_not_shown_in_words():
    sent = resource("Composition", title="secret")

    assert shown(sent, "safeguarding", safeguarding=Level.SUMMARY) is None


def row(resource_type, category, *labels, role="gp"):
    return row_of(resource_type, Reading(category, role, frozenset(map(Label, labels))))


def test_where_two_labels_hold_what_both_keep_is_kept_and_words_go_before():
    both = row("Encounter", Category.ENCOUNTERS, "mental-health", "substance")
    alone = row("Encounter", Category.ENCOUNTERS, "substance")

    assert both == alone
    assert row("Flag", Category.ALERTS, "mental-health", "safeguarding") == Summary(
        frozenset({"author"}), says=SAFEGUARDING
    )
    assert row("Condition", Category.PROBLEMS, "mental-health", "safeguarding").says == (
        MENTAL_HEALTH
    )


def test_where_a_role_and_a_label_hold_what_both_keep_is_kept():
    both = row("Encounter", Category.ENCOUNTERS, "mental-health", role="practice_admin")

    assert both == Summary(frozenset({"status", "subject", "period"}), absent=("class",))
    assert row("Communication", Category.ENCOUNTERS, "mental-health", role="practice_admin") is None


def test_a_label_has_a_form_of_its_own_only_where_some_role_has_a_summary_of_it():
    assert set(reductions().narrower.labels) == {
        Label.MENTAL_HEALTH,
        Label.SUBSTANCE,
        Label.SAFEGUARDING,
    }
