from fhir_profiles.vocabulary import Category
from gateway.patient.reading_order import (
    Force,
    by_date,
    current_first,
    force_of,
    of_one_drug,
    with_copies,
)
from rbac.types import Level
from tests.web.factories import allergy, shown, status


def encounter(start=None, **other):
    period = {"period": {"start": start}} if start else {}
    return shown(Category.ENCOUNTERS, resourceType="Encounter", **period, **other)


def test_what_is_not_known_to_have_ended_counts_as_current():
    assert force_of(allergy()) is Force.CURRENT
    assert force_of(allergy(clinicalStatus=status("made-up"))) is Force.CURRENT
    assert force_of(allergy(clinicalStatus=status("resolved"))) is Force.ENDED
    assert force_of(allergy(verificationStatus=status("entered-in-error"))) is Force.RETRACTED


def test_current_items_come_first_then_the_newest_and_the_undated_last():
    retracted = allergy(recordedDate="2026-01-01", verificationStatus=status("entered-in-error"))
    ended = allergy(recordedDate="2025-01-01", clinicalStatus=status("resolved"))
    old, new, undated = allergy(recordedDate="2019"), allergy(recordedDate="2024-05"), allergy()

    assert current_first([retracted, undated, ended, old, new]) == (
        new,
        old,
        undated,
        ended,
        retracted,
    )


def test_undated_encounters_stand_apart_from_the_timeline():
    early, late, undated = encounter("2024-01-01"), encounter("2025-01-01"), encounter()

    ordered = by_date([early, undated, late])

    assert (ordered.dated, ordered.undated) == ((late, early), (undated,))


def test_copies_of_one_thing_are_tied_and_nothing_is_lost():
    first, copy, alone = allergy(group=1), allergy(group=1, source="hospital"), allergy()

    assert with_copies([first, alone, copy]) == ((first, copy), (alone,))


def test_a_masked_item_is_tied_to_nothing():
    first, masked = allergy(group=1), allergy(group=1, level=Level.MASK)

    assert with_copies([first, masked]) == ((first,), (masked,))


def test_medicines_are_put_together_by_equal_codes_alone():
    one, same, other, uncoded, masked = allergy(), allergy(), allergy(), allergy(), allergy()
    drugs = {one.id: ("s", "1"), same.id: ("s", "1"), other.id: ("s", "2"), uncoded.id: None}
    masked = allergy(level=Level.MASK)

    grouped = of_one_drug(
        [(one,), (other,), (uncoded,), (masked,), (same,)], lambda item: drugs[item.id]
    )

    assert grouped == (((one,), (same,)), ((other,),), ((uncoded,),), ((masked,),))
