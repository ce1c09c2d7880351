"""What a GP record says of itself: warnings on lists, areas switched off."""

from datetime import date

import pytest

from adapters.contract import Notice, NoticeKind
from adapters.gp_record import notices_of_list, notices_of_outcome
from fhir_profiles.vocabulary import Category
from tests.adapters.stu3_records import CARE_CONNECT, GPC, record_list

CODED_LATER = (Category.END_OF_LIFE, Category.SOCIAL_CARE)


def warning(code, base=GPC):
    return {"url": f"{base}ListWarningCode-1", "valueCode": code}


@pytest.mark.parametrize(
    ("list_code", "category"),
    [
        ("886921000000105", Category.ALLERGIES),
        ("1103671000000101", Category.ALLERGIES),
        ("933361000000108", Category.MEDICATIONS),
        ("717711000000103", Category.PROBLEMS),
        ("1149501000000101", Category.ENCOUNTERS),
        ("1102181000000102", Category.IMMUNISATIONS),
        ("826501000000100", Category.RESULTS),
        ("887191000000108", Category.RESULTS),
        ("792931000000107", Category.PROCEDURES),
        ("714311000000108", Category.PROCEDURES),
        ("consultations-medications-contained-in-consultations", Category.MEDICATIONS),
        ("consultations-problems-contained-in-consultations", Category.PROBLEMS),
        ("consultations-documents-contained-in-consultations", Category.DOCUMENTS),
        ("consultations-outbound-referrals-in-consultations", Category.PROCEDURES),
        ("problems-allergies-that-have-been-ended-related-to-problems", Category.ALLERGIES),
        ("problems-consultations-related-to-problems", Category.ENCOUNTERS),
        ("problems-linked-problems-not-relating-to-the-primary-query", Category.PROBLEMS),
        ("problems-uncategorised-data-related-to-problems", Category.RESULTS),
        ("something-else", None),
    ],
)
def test_a_warning_concerns_the_category_that_its_list_holds(list_code, category):
    warned = record_list(list_code, extension=[warning("confidential-items")])

    assert notices_of_list(warned)[0] == Notice(NoticeKind.CONFIDENTIAL_ITEMS, category)


@pytest.mark.parametrize(
    ("list_code", "categories"),
    [
        ("886921000000105", [Category.ALLERGIES]),
        ("887191000000108", [Category.RESULTS]),
        ("717711000000103", [Category.PROBLEMS, *CODED_LATER]),
        ("826501000000100", [Category.RESULTS, *CODED_LATER]),
        ("problems-uncategorised-data-related-to-problems", [Category.RESULTS, *CODED_LATER]),
    ],
)
def test_a_warning_concerns_every_category_that_items_of_the_list_can_turn_out_to_be(
    list_code, categories
):
    warned = record_list(list_code, extension=[warning("confidential-items")])

    assert [one.category for one in notices_of_list(warned)] == categories


@pytest.mark.parametrize(
    ("note", "since"),
    [
        ("information recorded before 23-Jun-2010 may be missing.", date(2010, 6, 23)),
        ("registered 3 September 2024", date(2024, 9, 3)),
        ("registered 23/06/2010", date(2010, 6, 23)),
        ("registered 2010-06-23", date(2010, 6, 23)),
        ("before 31-Feb-2010", None),
        ("before 23-Xxx-2010", None),
        ("not yet complete", None),
    ],
)
def test_a_transfer_in_progress_concerns_everything_since_the_day_in_the_note(note, since):
    warned = record_list(
        "717711000000103", extension=[warning("data-in-transit")], note=[{"text": note}]
    )

    assert notices_of_list(warned) == [Notice(NoticeKind.DATA_IN_TRANSIT, None, since)]


def test_every_warning_of_a_list_is_read_in_either_form():
    coding = {"url": f"{GPC}ListWarningCode-1", "valueCoding": {"code": "data-awaiting-filing"}}
    both = [warning("confidential-items", CARE_CONNECT), {"url": "https://x.example"}, coding]

    assert [one.kind for one in notices_of_list(record_list("1", extension=both))] == [
        NoticeKind.CONFIDENTIAL_ITEMS,
        NoticeKind.DATA_AWAITING_FILING,
    ]


def test_a_warning_in_an_unknown_word_still_warns():
    warned = record_list("717711000000103", extension=[warning("new-word")])

    assert notices_of_list(warned)[0] == Notice(NoticeKind.UNREADABLE_PART, Category.PROBLEMS)


def test_an_empty_list_without_warning_says_nothing():
    empty = record_list(
        "886921000000105", emptyReason={"coding": [{"code": "no-content-recorded"}]}
    )

    assert notices_of_list(empty) == []


def issue(diagnostics, code="NOT_IMPLEMENTED", severity="warning"):
    coding = [{"code": code}]
    return {"severity": severity, "details": {"coding": coding}, "diagnostics": diagnostics}


@pytest.mark.parametrize(
    ("said", "notices"),
    [
        (
            issue("includeProblems"),
            [
                Notice(NoticeKind.AREA_SWITCHED_OFF, category)
                for category in (Category.PROBLEMS, *CODED_LATER)
            ],
        ),
        (
            issue("includeReferrals and includeImmunisations are off"),
            [
                Notice(NoticeKind.AREA_SWITCHED_OFF, Category.PROCEDURES),
                Notice(NoticeKind.AREA_SWITCHED_OFF, Category.IMMUNISATIONS),
            ],
        ),
        (issue("some areas are off"), [Notice(NoticeKind.AREA_SWITCHED_OFF)]),
        (issue("", code="OTHER"), [Notice(NoticeKind.UNREADABLE_PART)]),
        (issue("", severity="information"), []),
    ],
)
def test_an_outcome_in_a_record_names_the_areas_that_are_switched_off(said, notices):
    assert notices_of_outcome({"issue": [said]}) == notices
