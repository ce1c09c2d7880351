"""Lists of a GP record: the shape of consultations, items that a system cannot give, ended allergies."""

import json
from collections import Counter

import pytest

from fhir_profiles.systems import DATA_ABSENT_REASON
from tests.adapters.scalar_account import unaccounted
from tests.adapters.stu3_records import body_of, map_bundle, mapped, mapped_one, record_list

ENDED = "1103671000000101"
HEADING = "24781000000107"
ABSENT = {"item": {"extension": [{"url": DATA_ABSENT_REASON, "valueCode": "unsupported"}]}}
HELD = {"item": {"reference": "Observation/1"}}


@pytest.mark.parametrize(
    "item",
    [
        {"display": "Referral items are not supported by the provider system"},
        {"reference": "Referral items are not supported by the provider system"},
    ],
)
def test_an_item_that_the_system_cannot_give_keeps_its_place_and_its_words(item):
    heading = record_list(HEADING, entry=[HELD, {"item": item}], note=[{"text": "before"}])

    found = mapped_one(heading)

    assert found["entry"] == [HELD, ABSENT]
    assert found["note"] == [{"text": "before"}, {"text": next(iter(item.values()))}]


def test_no_word_of_an_item_that_cannot_be_given_is_lost():
    body = body_of(
        record_list(HEADING, id="h", entry=[{"item": {"display": "Not supported"}, "date": "2020"}])
    )

    assert unaccounted(body, map_bundle(body)) == Counter()


@pytest.mark.parametrize(
    "entry",
    [
        {"item": {"reference": "Observation/1", "display": "Blood pressure"}},
        {"item": {"reference": "Consultation1-Topic1-Observation-1"}},
        {"item": {"display": "x", "identifier": {"value": "1"}}},
        {"item": "odd"},
        "odd",
    ],
)
def test_an_entry_that_names_an_item_otherwise_is_left_as_it_is(entry):
    assert mapped_one(record_list(HEADING, entry=[entry]))["entry"] == [entry]


@pytest.mark.parametrize("entry", ["odd", {"item": HELD}])
def test_entries_of_an_impossible_shape_are_left_as_they_are(entry):
    assert mapped_one(record_list(HEADING, entry=entry))["entry"] == entry


@pytest.mark.parametrize("notes", ["odd", {"text": "alone"}])
def test_notes_of_an_impossible_shape_are_left_and_the_words_stay_where_they_were(notes):
    worded = {"item": {"display": "Not supported"}}

    found = mapped_one(record_list(HEADING, entry=[worded], note=notes))

    assert (found["note"], found["entry"]) == (notes, [worded])


@pytest.mark.parametrize("stated", ["active", "resolved", None])
@pytest.mark.parametrize("is_list_first", [True, False])
def test_an_allergy_that_the_list_of_ended_ones_names_is_never_active(stated, is_list_first):
    status = {} if stated is None else {"clinicalStatus": stated}
    allergy = {"resourceType": "AllergyIntolerance", "id": "7", **status}
    entries = [
        {"item": {"display": "Not supported"}},
        {"item": {"reference": "AllergyIntolerance/7"}},
    ]
    named = record_list(ENDED, id="l", entry=entries)

    _, found = mapped(*([named, allergy] if is_list_first else [allergy, named]))

    [result] = [one for one in found if one["resourceType"] == "AllergyIntolerance"]
    assert [one["code"] for one in result["clinicalStatus"]["coding"]] == ["resolved"]


def test_an_allergy_that_is_contained_in_the_list_of_ended_ones_is_never_active():
    held = {"resourceType": "AllergyIntolerance", "id": "7", "clinicalStatus": "active"}

    _, found = mapped(record_list(ENDED, "#7", id="l", contained=[held]))

    [ended] = [one for one in found if one["resourceType"] == "AllergyIntolerance"]
    [listed] = [one for one in found if one["resourceType"] == "List"]
    assert ended["clinicalStatus"]["coding"][0]["code"] == "resolved"
    assert listed["entry"][0]["item"]["reference"] == f"AllergyIntolerance/{ended['id']}"
    assert "active" not in json.dumps(found)


@pytest.mark.parametrize("entry", ["odd", ["odd"], [{"item": "odd"}]])
def test_a_list_of_ended_allergies_that_cannot_be_read_ends_none_and_hides_none(entry):
    allergy = {"resourceType": "AllergyIntolerance", "id": "7", "clinicalStatus": "active"}

    _, found = mapped(record_list(ENDED, id="l", entry=entry), allergy)

    assert "active" in json.dumps([one for one in found if one["id"] == "7"])


def test_the_status_that_an_ended_allergy_had_is_listed():
    body = body_of(
        record_list(ENDED, "AllergyIntolerance/7", id="l"),
        {"resourceType": "AllergyIntolerance", "id": "7", "clinicalStatus": "active"},
    )

    assert unaccounted(body, map_bundle(body)) == Counter()


def test_an_issue_without_its_plan_is_kept():
    issue = {
        "resourceType": "MedicationRequest",
        "id": "7",
        "intent": "order",
        "basedOn": [{"reference": "MedicationRequest/gone"}],
    }

    record, [found] = mapped(issue)

    assert (found["intent"], found["basedOn"]) == ("order", issue["basedOn"])
    assert record.unreadable == 0


FILING = "Patient data may be incomplete as there is data supplied by a third party awaiting review before becoming available."


def test_the_words_of_a_warning_are_told_by_the_receipt_and_do_not_make_the_list_about_somebody_else():
    others = {"text": "Items excluded due to confidentiality and/or patient preferences."}
    notes = [others, {"text": f"Not complete; {FILING}"}]
    body = body_of(record_list("886921000000105", id="l", note=notes))

    record, [found] = mapped(record_list("886921000000105", id="l", note=notes))

    assert found["note"] == [others]
    assert unaccounted(body, record) == Counter()


def test_a_list_without_other_notes_has_none():
    assert "note" not in mapped_one(record_list(HEADING, note=[{"text": FILING}]))
