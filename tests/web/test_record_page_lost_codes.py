"""Items whose code was lost between practices, as the page tells of them."""

from fhir_profiles.vocabulary import Category
from gateway.web.entries import CODE_LOST, SUMMARY_ONLY
from rbac.types import Level
from tests.web.factories import shown, snomed
from tests.web.test_record_page import (
    medicine,
    only_line,
    section,
)

DEGRADED = "196421000000109"


def degraded(words):
    return {"medicationCodeableConcept": {**snomed(DEGRADED), "text": words}}


def test_two_medicines_that_lost_their_codes_are_not_put_together_as_one_drug():
    entries = section(
        "medications", medicine(**degraded("Iron")), medicine(**degraded("Zinc"))
    ).entries

    assert [each.what for each in entries] == ["Iron", "Zinc"]


def test_an_item_that_lost_its_code_is_told_in_its_own_words_and_said_to_have_lost_it():
    lost = {**snomed("196461000000101"), "text": "Penicillin V rash"}
    item = shown(Category.ALLERGIES, code=lost)

    told = only_line("allergies", item)

    assert told.what == "Penicillin V rash"
    assert told.notice == CODE_LOST


def test_a_medicine_whose_product_lost_its_code_says_so():
    product = shown(
        None, resourceType="Medication", code={**snomed(DEGRADED), "text": "Coal tar 5% mix"}
    )
    reference = {"reference": f"Medication/{product.id}"}
    item = shown(
        Category.MEDICATIONS, resourceType="MedicationStatement", medicationReference=reference
    )

    told = only_line("medications", item, product)

    assert (told.what, told.notice) == ("Coal tar 5% mix", CODE_LOST)


def test_a_summary_of_an_item_that_lost_its_code_says_both():
    lost = {**snomed("196461000000101"), "text": "Rash"}
    item = shown(Category.ALLERGIES, level=Level.SUMMARY, code=lost)

    assert only_line("allergies", item).notice == f"{SUMMARY_ONLY} {CODE_LOST}"
