from gateway.web.entries import NOT_WELL_MADE, SUMMARY_ONLY
from gateway.web.record_page import record_page
from rbac.types import Level
from tests.web.factories import NOW, allergy, view
from tests.web.test_record_page import DEPLOYMENT


def notices(item, faulty):
    page = record_page(view(item), DEPLOYMENT, NOW, frozenset(faulty))
    [section] = [each for each in page.sections if each.name == "allergies"]
    return [line.notice for entry in section.entries for line in entry.lines]


def test_an_item_that_is_not_well_made_is_shown_and_says_so():
    item = allergy()

    assert notices(item, {("gp", f"AllergyIntolerance/{item.id}")}) == [NOT_WELL_MADE]


def test_another_sources_item_of_that_name_is_not_meant():
    item = allergy()

    assert notices(item, {("hospital", f"AllergyIntolerance/{item.id}")}) == [""]


def test_a_fault_of_the_whole_is_not_told_of_a_summary():
    item = allergy(level=Level.SUMMARY)

    assert notices(item, {("gp", f"AllergyIntolerance/{item.id}")}) == [SUMMARY_ONLY]
