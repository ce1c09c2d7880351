"""What stands in an item's place, or is left of it, is what this reader at this level may be told."""

import pytest

from fhir_profiles.vocabulary import Label
from gateway.patient.items import LabelledItem
from rbac.types import Level
from tests.patient.factories import coded, item, resource, worked
from tests.patient.test_narrow import about, narrowed


def test_a_stub_says_that_a_medicine_is_restricted_or_an_item():
    [medicine] = narrowed(about(resource("MedicationRequest")), medications=Level.MASK).kept
    [problem] = narrowed(about(resource("Condition")), problems=Level.MASK).kept

    assert b"Restricted medicine: contact the source" in medicine.worked.body
    assert b"Restricted item: contact the source" in problem.worked.body


def test_a_label_that_leaves_a_summary_of_everything_leaves_our_words_and_no_code():
    given = about(resource("Condition", code=coded("1")), "mental-health")
    says = b"Mental-health information exists: contact the service"

    [in_words] = narrowed(given, mental_health=Level.SUMMARY).kept
    [by_category] = narrowed(given, problems=Level.SUMMARY).kept
    [masked] = narrowed(given, mental_health=Level.MASK).kept

    assert in_words.level is masked.level is Level.MASK
    assert says in in_words.worked.body
    assert says not in masked.worked.body
    assert b"Restricted item" in masked.worked.body
    assert by_category.level is Level.SUMMARY
    assert b"coding" in by_category.worked.body


def test_a_role_with_a_summary_of_its_own_has_that_one():
    given = about(resource("Encounter", type=[coded("1")], period={"start": "2026-02-01"}))

    [of_desk] = narrowed(given, encounters=Level.SUMMARY, role="practice_admin").kept
    [of_gp] = narrowed(given, encounters=Level.SUMMARY).kept

    assert b"period" in of_desk.worked.body
    assert b'"type"' not in of_desk.worked.body
    assert b'"type"' in of_gp.worked.body


@pytest.mark.parametrize("of_label", [Level.NONE, Level.MASK, Level.SUMMARY])
def test_who_wrote_an_item_down_is_left_out_where_that_is_not_for_this_reader(of_label):
    whole, nameless = item(resource("Condition", note=["by"])), worked(resource("Condition"))
    wrote = frozenset({Label.MENTAL_HEALTH})
    given = LabelledItem(whole, frozenset(), 0, wrote, nameless)

    [left_out] = narrowed(given, mental_health=of_label).kept
    [told] = narrowed(given).kept

    assert (left_out.worked, left_out.level) == (nameless, Level.ALL)
    assert (told.worked, told.level) == (whole.worked, Level.ALL)


def test_what_cannot_be_shown_without_whereabouts_is_withheld():
    found = narrowed(about(resource("EpisodeOfCare")), hides_whereabouts=True)

    assert (found.kept, found.withheld) == ((), {"encounters": 1})
