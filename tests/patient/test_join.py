import json

import pytest

from adapters.contract import AddressUse, Notice, NoticeKind, Outcome, Reason, SourceAnswer, Stage
from fhir_profiles.systems import CATEGORY
from fhir_profiles.vocabulary import Category
from gateway.access.agreements import coverage_of
from gateway.access.sharing import Sharing
from gateway.errors import UnavailableError
from gateway.patient.directory import SourceDirectory
from gateway.patient.own_items import person_item
from gateway.store.words import DataItem
from rbac.types import Level
from tests.patient.factories import (
    ME,
    NUMBER,
    OTHER_NUMBER,
    PATIENT_ID,
    answer,
    bundle,
    coded,
    joined,
    joiner,
    known_source,
    labelled,
    levels,
    named_by,
    patient,
    permit,
    person,
    principal,
    rendered,
    resource,
    shown,
    unanswered,
)

STUB = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "unknown",
        }
    ]
}


def lines(view):
    return {each.source_id: (each.outcome, each.shown) for each in view.receipt.lines}


def test_a_view_holds_the_person_the_sources_in_order_and_what_was_derived():
    same = {"identifier": [{"system": "urn:s", "value": "ABC"}]}
    view = joined(
        answer(resource("Condition", note=[1], **same), source="hospital"),
        answer(resource("Condition", "2", **same), source="gp"),
    )

    assert [(each.source_id, each.resource_type) for each in view.items] == [
        ("pds", "Patient"),
        ("gp", "Patient"),
        ("gp", "Condition"),
        ("hospital", "Patient"),
        ("hospital", "Condition"),
        (None, "Linkage"),
        (None, "Linkage"),
    ]
    assert lines(view)["gp"] == (Outcome.DATA, 2)
    assert list(lines(view)) == ["gp", "hospital", "ambulance"]


def test_the_person_is_as_pds_knows_them_under_the_opaque_id():
    [first, *_rest] = joined().items

    told = rendered(first)
    assert (told["id"], told["name"]) == (PATIENT_ID, patient()["name"])
    assert told["meta"]["source"] == "urn:scr:source:pds"
    assert told["meta"]["tag"] == [{"system": CATEGORY, "code": "demographics"}]
    assert first.original() is None


def test_references_of_the_person_lead_nowhere():
    body = json.dumps(patient(generalPractitioner=[named_by("Organization")])).encode()

    assert rendered(person_item(person(body=body), PATIENT_ID))["generalPractitioner"] == [STUB]


def test_a_restricted_person_has_no_whereabouts_whatever_pds_sent():
    restricted = person(
        address_use=AddressUse.RESTRICTED,
        body=json.dumps(patient(address=[{"line": ["1 High Street"]}])).encode(),
    )

    told = rendered(person_item(restricted, PATIENT_ID))

    assert ("address" in told, told["name"]) == (False, patient()["name"])


def test_a_role_without_demographics_does_not_get_the_person():
    assert joined(levels=levels(demographics=Level.SUMMARY)).items == ()


def test_a_person_who_cannot_be_read_is_no_view():
    with pytest.raises(UnavailableError):
        person_item(person(body=b"<html>"), PATIENT_ID)


def test_a_resource_is_told_under_our_id_with_its_source_and_category():
    view = joined(answer(resource("Condition", code=coded("1"), text={"div": "<p>x</p>"})))

    [told] = shown(view, "Condition")
    assert told == {
        "resourceType": "Condition",
        "id": told["id"],
        "meta": {
            "source": "urn:scr:source:hospital",
            "tag": [{"system": CATEGORY, "code": "problems"}],
        },
        "subject": {"reference": f"Patient/{PATIENT_ID}"},
        "code": coded("1"),
    }
    assert told["id"].startswith(PATIENT_ID)
    assert [each.id for each in view.items if each.resource_type == "Condition"] == [told["id"]]


def test_what_belongs_to_nobody_has_no_category_tag_and_is_no_copy_of_anything():
    role = {"resourceType": "Practitioner", "id": "x"}
    encounter = resource("Encounter", performer=named_by("Practitioner"))

    view = joined(answer(encounter, role), answer(encounter, role, source="gp"))

    assert all("tag" not in each["meta"] for each in shown(view, "Practitioner"))
    assert [each.group for each in view.items if each.resource_type == "Practitioner"] == [
        None,
        None,
    ]


def test_references_lead_to_what_is_in_view_and_otherwise_read_alike():
    given = answer(
        resource("Encounter", "shown"),
        resource("Encounter", "hidden", meta=labelled("sexual-health")),
        resource("Observation", "1", encounter=named_by("Encounter", "shown")),
        resource("Observation", "2", encounter=named_by("Encounter", "hidden"), note=[2]),
        resource("Observation", "3", encounter=named_by("Encounter", "never"), note=[3]),
    )

    view = joined(given, levels=levels(sexual_health=Level.NONE))

    [encounter] = shown(view, "Encounter")
    assert [each["encounter"] for each in shown(view, "Observation")] == [
        {"reference": f"Encounter/{encounter['id']}"},
        STUB,
        STUB,
    ]


def test_every_patient_of_a_source_is_the_person():
    about_second = resource("Condition", subject=named_by("Patient", "p2"))
    view = joined(answer(patient("p2"), about_second))

    [condition] = shown(view, "Condition")
    assert condition["subject"] == {"reference": f"Patient/{PATIENT_ID}"}


def test_a_masked_item_can_still_be_referred_to():
    given = answer(
        resource("Encounter", meta=labelled("sexual-health")),
        resource("Observation", encounter=named_by("Encounter", "1")),
    )

    view = joined(given, levels=levels(sexual_health=Level.MASK))

    [stub], [observation] = shown(view, "Encounter"), shown(view, "Observation")
    assert observation["encounter"] == {"reference": f"Encounter/{stub['id']}"}
    assert stub["subject"] == {"reference": f"Patient/{PATIENT_ID}"}


def test_a_reference_by_a_hidden_identifier_leads_nowhere():
    named = {"identifier": [{"system": "urn:s", "value": "ABC"}]}
    given = answer(
        resource("Encounter", **named),
        resource("Observation", encounter={"reference": "Encounter?identifier=urn:s|ABC"}),
    )

    def encounter_of(**by_word):
        [told] = shown(joined(given, levels=levels(**by_word)), "Observation")
        return told["encounter"]

    assert "reference" in encounter_of()
    assert encounter_of(encounters=Level.SUMMARY) == STUB


@pytest.mark.parametrize(
    ("organisation", "practice", "is_seen"),
    [("F84004", "F84004", True), ("F84004", "F83021", False), ("F83021", None, False)],
)
def test_the_callers_own_items_are_own_by_who_wrote_them(organisation, practice, is_seen):
    view = joined(
        answer(resource("Condition", meta=labelled("sexual-health")), source="gp"),
        levels=levels(sexual_health=Level.NONE),
        principal=principal(organisation=organisation),
        person=person(practice=practice),
    )

    assert bool(shown(view, "Condition")) is is_seen


def test_a_source_at_the_stage_safety_shows_what_safety_needs():
    directory = SourceDirectory((known_source("gp", stage=Stage.SAFETY),))
    view = joined(
        answer(resource("Condition"), resource("AllergyIntolerance"), source="gp"),
        directory=directory,
    )

    assert (len(shown(view, "Condition")), len(shown(view, "AllergyIntolerance"))) == (0, 1)
    assert view.withheld == {"demographics": 1, "problems": 1}


def test_the_receipt_counts_what_is_shown_and_the_ends_are_the_truth():
    view = joined(
        answer(patient("p9", OTHER_NUMBER), source="gp"),
        answer(resource("Condition")),
        unanswered("ambulance"),
        levels=levels(problems=Level.NONE, demographics=Level.NONE),
    )

    assert lines(view) == {
        "gp": (Outcome.REFUSED, 0),
        "hospital": (Outcome.EMPTY, 0),
        "ambulance": (Outcome.TIMED_OUT, 0),
    }
    assert [(each.outcome, each.reason) for each in view.ends] == [
        (Outcome.WRONG_PATIENT, Reason.FOREIGN_SUBJECT),
        (Outcome.DATA, Reason.NONE),
        (Outcome.TIMED_OUT, Reason.DEADLINE),
    ]
    assert [each.has_proven_data for each in view.ends] == [False, True, False]


@pytest.mark.parametrize(
    ("category", "is_told"),
    [(None, True), (Category.MEDICATIONS, True), (Category.RESULTS, False)],
)
def test_a_notice_is_told_if_the_reader_sees_anything_of_its_category(category, is_told):
    notice = Notice(NoticeKind.CONFIDENTIAL_ITEMS, category)
    view = joined(
        answer(source="gp", notices=(notice,)),
        levels=levels(results=Level.NONE, medications=Level.MASK),
    )

    assert bool(view.receipt.lines[0].notices) is is_told
    assert view.ends[0].notices == (notice,)


def test_the_number_that_pds_replaced_is_still_the_person():
    view = joined(
        answer(resource("Condition")), patient=NUMBER, person=person(nhs_number=OTHER_NUMBER)
    )

    assert len(shown(view, "Condition")) == 1


def test_the_basis_fixes_what_every_source_said():
    def basis(*answers):
        return joiner().join(permit(), answers).basis

    one, other = answer(resource("Condition")), answer(resource("Procedure"))
    split = SourceAnswer("hospital", Outcome.DATA, bodies=(*one.bodies, bundle()))

    bases = [basis(one), basis(other), basis(split), basis(unanswered("hospital")), basis()]
    assert basis(answer(resource("Condition"))) == bases[0]
    assert len(set(bases)) == 5


def test_labels_that_cannot_be_told_refuse_the_view():
    def fails(_evidence):
        raise LookupError

    with pytest.raises(UnavailableError):
        joiner(labels_by=fails).join(permit(), [answer(resource("Condition", about=ME))])


def test_a_source_says_of_a_category_only_what_agreements_cover():
    social = Notice(NoticeKind.CONFIDENTIAL_ITEMS, Category.SOCIAL_CARE)
    whole = Notice(NoticeKind.CONFIDENTIAL_ITEMS)
    health = Sharing({"F84004": coverage_of({DataItem.HEALTH_RECORDS})})

    view = joined(answer(source="gp", notices=(social, whole)), sharing=health)

    assert view.receipt.lines[0].notices == (whole,)
    assert view.ends[0].notices == (social, whole)
