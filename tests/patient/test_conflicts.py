"""Doses of one medicine that sources state differently are named, and nothing else is."""

import json

import pytest

from gateway.patient.conflicts import DEGRADED_MEDICINE, conflicts_in
from gateway.patient.derive import derive
from gateway.patient.ties import tied
from rbac.types import Level
from tests.patient.factories import PATIENT_ID, coded, resource, shown_item

AMLODIPINE = coded("319284000")
RAMIPRIL = coded("318906001")


def dosed(text=None, value=None, unit="mg", **more):
    quantity = {} if value is None else {"doseQuantity": {"value": value, "unit": unit}}
    rates = [quantity] if quantity else []
    return {key: each for key, each in (("text", text), ("doseAndRate", rates)) if each} | more


def prescribed(local_id, *dosages, source="gp", code=AMLODIPINE, group=None, **members):
    said = {"medicationCodeableConcept": code, "status": "active", **members}
    content = resource(
        "MedicationRequest", local_id, dosageInstruction=list(dosages) or None, **said
    )
    return shown_item(content, source=source, group=group)


def taken(local_id, *dosages, source="hospital", code=AMLODIPINE, **members):
    said = {"medicationCodeableConcept": code, "status": "active", **members}
    return shown_item(
        resource("MedicationStatement", local_id, dosage=list(dosages), **said), source=source
    )


def found(*items):
    return [(each.severity, [member.id for member in each.members]) for each in conflicts_in(items)]


TEN = prescribed("1", dosed("10 mg once daily", 10))
FIVE = prescribed("2", dosed("5.00 mg once daily", 5), source="hospital")
BOTH = ("high", ["gp-MedicationRequest-1", "hospital-MedicationRequest-2"])


def test_two_doses_of_one_medicine_are_a_conflict_that_names_both():
    [issue] = [json.loads(each.body) for each in derive(PATIENT_ID, [TEN, FIVE])]

    assert (issue["resourceType"], issue["severity"]) == ("DetectedIssue", "high")
    assert [each["reference"] for each in issue["implicated"]] == [
        f"MedicationRequest/{local_id}" for local_id in BOTH[1]
    ]
    assert "different doses" in issue["detail"]


def test_copies_of_one_prescription_that_differ_in_dose_are_linked_and_a_conflict():
    one = prescribed("1", dosed("10 mg", 10), group=4, code=AMLODIPINE)
    other = prescribed("2", dosed("5 mg", 5), source="hospital", group=4, code={"text": "Istin"})

    kinds = [each.resource_type for each in derive(PATIENT_ID, [one, other])]

    assert kinds == ["Linkage", "DetectedIssue"]


def test_the_same_number_written_otherwise_is_no_conflict():
    other = prescribed("2", dosed("10.00 MG  once daily.", 10.0), source="hospital")

    assert found(TEN, other) == []


@pytest.mark.parametrize(
    ("dosage", "severity"),
    [
        (dosed("10 mg twice daily", 10), "moderate"),
        (dosed("10 mg twice daily"), "moderate"),
        (dosed("10 mg once daily", 10, unit="g"), "moderate"),
        (dosed(None, 20), "high"),
    ],
    ids=["frequency", "wording", "unit", "number"],
)
def test_a_difference_in_frequency_wording_or_unit_is_a_conflict(dosage, severity):
    assert found(TEN, taken("2", dosage)) == [
        (severity, ["gp-MedicationRequest-1", "hospital-MedicationStatement-2"])
    ]


@pytest.mark.parametrize(
    "other",
    [
        prescribed("2", dosed("5 mg once daily", 5)),
        prescribed("2", dosed("5 mg", 5), source="hospital", code=RAMIPRIL),
        prescribed("2", dosed("5 mg", 5), source="hospital", status="stopped"),
        prescribed("2", dosed("5 mg", 5), source="hospital", status="entered-in-error"),
        prescribed("2", source="hospital"),
        prescribed("2", dosed(route=coded("26643006")), source="hospital"),
        prescribed("2", dosed("5 mg", 5), source="hospital", code={"text": "Amlodipine"}),
        shown_item(resource("MedicationAdministration", "2", medicationCodeableConcept=AMLODIPINE)),
    ],
    ids=[
        "same source",
        "other medicine",
        "ended",
        "retracted",
        "no dosage",
        "no dose",
        "uncoded",
        "given",
    ],
)
def test_what_is_no_other_current_dose_of_the_same_medicine_is_no_conflict(other):
    assert found(TEN, other) == []


def test_a_masked_dose_tells_of_no_conflict():
    hidden = shown_item(
        resource("MedicationRequest", "2", medicationCodeableConcept=AMLODIPINE),
        source="hospital",
        level=Level.MASK,
    )

    assert derive(PATIENT_ID, [TEN, hidden]) == ()


def test_the_code_that_practices_give_to_any_medicine_makes_no_two_things_one():
    unnamed = coded(DEGRADED_MEDICINE)
    pair = (
        prescribed("1", dosed("10 mg", 10), code=unnamed),
        prescribed("2", dosed("5 mg", 5), source="hospital", code=unnamed),
    )

    assert found(*pair) == []


def test_everyone_who_states_a_dose_that_another_source_does_not_is_implicated():
    agreeing = [
        taken("3", dosed("10 mg once daily", 10), source="ambulance"),
        taken("4", source="ambulance"),
    ]

    assert found(TEN, FIVE, *agreeing) == [
        (
            "high",
            [BOTH[1][0], BOTH[1][1], "ambulance-MedicationStatement-3"],
        )
    ]
    assert found(TEN, *agreeing) == []


def test_two_medicines_are_two_conflicts_whatever_the_order():
    more = (
        prescribed("5", dosed("1 mg", 1), code=RAMIPRIL),
        prescribed("6", dosed("2 mg", 2), source="hospital", code=RAMIPRIL),
    )

    forwards, backwards = found(TEN, FIVE, *more), found(*reversed((TEN, FIVE, *more)))

    assert [len(members) for _severity, members in forwards] == [2, 2]
    assert {frozenset(each) for _s, each in forwards} == {frozenset(each) for _s, each in backwards}


@pytest.mark.parametrize(
    "dosage",
    [
        [{"text": 5}],
        "5 mg",
        [{"doseAndRate": [{"doseQuantity": {"value": "x", "unit": "mg"}}]}],
        [{"doseAndRate": [{"doseRange": {"low": {"value": 1}}}]}],
        [{"doseAndRate": [{"doseQuantity": {"unit": "mg"}}]}],
        [{"doseAndRate": [{"doseQuantity": {"value": None, "unit": "mg"}}]}],
        [{"doseAndRate": [{"doseQuantity": {"value": "sNaN", "unit": "mg"}}]}],
        [{"doseAndRate": [{"doseQuantity": {"value": "Infinity", "unit": "mg"}}]}],
        [{"doseAndRate": [{"doseQuantity": {"value": 10**40, "unit": "mg"}}]}],
    ],
    ids=[
        "number for text",
        "text for list",
        "text for number",
        "a range",
        "no number",
        "nothing for number",
        "a signalling NaN",
        "infinity",
        "no dose is that large",
    ],
)
def test_a_dose_that_cannot_be_read_is_no_conflict(dosage):
    content = resource(
        "MedicationRequest",
        "2",
        medicationCodeableConcept=AMLODIPINE,
        status="active",
        dosageInstruction=dosage,
    )

    assert found(TEN, shown_item(content, source="hospital")) == []


def test_a_medicine_that_is_told_by_reference_is_known_by_its_product():
    product = shown_item(resource("Medication", "m", code=AMLODIPINE), "new-m", "hospital")
    by_reference = prescribed(
        "2",
        dosed("5 mg", 5),
        source="hospital",
        code=None,
        medicationReference={"reference": "Medication/new-m"},
    )

    assert found(TEN, product, by_reference) == [BOTH]
    assert found(TEN, by_reference) == []


@pytest.mark.parametrize(
    ("inner", "is_known"),
    [({"code": AMLODIPINE}, True), ({}, False), ({"code": 5}, False)],
    ids=["coded", "uncoded", "unreadable"],
)
def test_a_medicine_that_is_told_inside_the_prescription_is_known_by_it(inner, is_known):
    holding = prescribed(
        "2",
        dosed("5 mg", 5),
        source="hospital",
        code=None,
        medicationReference={"reference": "#m"},
        contained=[{"resourceType": "Medication", "id": "m", **inner}],
    )

    assert found(TEN, holding) == ([BOTH] if is_known else [])


def test_a_medicine_without_a_name_is_like_no_other():
    nameless = prescribed("2", dosed("5 mg", 5), source="hospital", code=None)
    misnamed = prescribed(
        "3", dosed("5 mg", 5), source="hospital", code=None, medicationReference={"display": "X"}
    )

    assert found(TEN, nameless, misnamed) == []


def test_a_long_chain_of_ties_is_one():
    count = 20_000
    pairs = [[position, position + 1] for position in range(count - 1)]

    assert tied(count, reversed(pairs)) == [list(range(count))]


def test_a_number_of_a_million_digits_is_a_word_of_its_own():
    endless = dosed("9" * 1_000_001 + " mg once daily")

    [(severity, _members)] = found(TEN, taken("2", endless))

    assert severity == "moderate"


FOOD, ENVIRONMENT, DRUG = coded("429625007"), coded("428607008"), coded("409137002")


def allergic(local_id, code, *categories, source="gp"):
    said = {"code": code, "category": list(categories) or None}
    return shown_item(resource("AllergyIntolerance", local_id, **said), source=source)


@pytest.mark.parametrize(
    ("denied", "stated", "is_conflict"),
    [
        (FOOD, ["food"], True),
        (FOOD, ["medication", "food"], True),
        (FOOD, ["medication"], False),
        (FOOD, [], False),
        (ENVIRONMENT, ["environment"], True),
        (ENVIRONMENT, ["food"], False),
        (DRUG, ["medication"], True),
        (DRUG, ["biologic"], True),
        (DRUG, ["environment"], False),
        (coded("716186003"), [], True),
        (coded("716186003"), ["food"], True),
    ],
)
def test_a_denial_of_one_kind_contradicts_an_allergy_of_that_kind_alone(
    denied, stated, is_conflict
):
    items = allergic("1", denied), allergic("2", coded("91936005"), *stated, source="hospital")

    assert bool(found(*items)) is is_conflict


def test_denials_of_two_kinds_contradict_nothing():
    assert found(allergic("1", FOOD, "food"), allergic("2", coded("716186003"))) == []
