from datetime import UTC, date, datetime

import pytest

from adapters.contract import Notice, NoticeKind, Outcome
from fhir_profiles.vocabulary import Category
from gateway.patient.people import Difference
from gateway.patient.sections import section_of
from gateway.settings import Settings
from gateway.web.dates_in_words import date_in_words, period_in_words
from gateway.web.section_words import statement_in_words, warning_in_words
from gateway.web.source_words import SourceName, line_in_words, source_names
from gateway.web.status_words import status_in_words
from tests.web.factories import allergy, ground, line, no_known_allergy, status

GP = SourceName("GP record", "The GP record")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019", "2019"),
        ("2019-03", "March 2019"),
        ("2019-03-02", "2 March 2019"),
        ("2019-07-02T09:30:00Z", "2 July 2019, 10:30"),
        ("2019-01-02T09:30:00.123+00:00", "2 January 2019, 09:30"),
        ("2019-01-02T09:30:00", "2 January 2019, 09:30"),
        ("about Easter", "about Easter"),
        ("2019-02-31", "2019-02-31"),
        ("0001-01-01T00:00:00Z", "1 January 1, 00:00"),
        ("9999-12-31T23:59:59Z", "31 December 9999, 23:59"),
        (None, ""),
    ],
)
def test_a_date_is_never_told_more_precisely_than_it_was_recorded(text, expected):
    assert date_in_words(text) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2019-01-02", "2019-01-04", "2 January 2019 to 4 January 2019"),
        ("2019-01-02T09:30:00Z", "2019-01-02T10:00:00Z", "2 January 2019, 09:30 to 10:00"),
        ("2019-01-02", None, "2 January 2019, no end recorded"),
        (None, "2019", "until 2019"),
        (None, None, ""),
    ],
)
def test_a_period_says_when_it_has_no_end(start, end, expected):
    assert period_in_words(start, end) == expected


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.DATA, Outcome.EMPTY}))
def test_a_source_that_gave_less_than_its_record_is_never_told_as_having_none(outcome):
    words = " ".join(line_in_words(line("gp", outcome, 0), GP).sentences)

    assert "missing" in words or "not shown" in words or "not available" in words
    assert "no " not in words.lower().replace("no longer", "")


def test_a_source_of_somebody_elses_record_is_told_like_one_that_refused():
    wrong, refused = line("gp", Outcome.WRONG_PATIENT, 0), line("gp", Outcome.REFUSED, 0)

    assert line_in_words(wrong, GP) == line_in_words(refused, GP)


def test_a_section_warns_in_the_words_of_its_own_absence():
    words = warning_in_words(line("gp", Outcome.TIMED_OUT, 0), GP, Category.ALLERGIES)

    assert words == "The GP record did not answer: do not read this page as ‘no known allergies’."


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (Notice(NoticeKind.AREA_SWITCHED_OFF, Category.ALLERGIES),
         "Not available from the GP record, which has this part switched off"),
        (Notice(NoticeKind.CONFIDENTIAL_ITEMS, Category.ALLERGIES),
         "The GP record holds something back here"),
        (Notice(NoticeKind.DATA_IN_TRANSIT, None, date(2026, 1, 2)),
         "The GP record's transfer is not complete: entries before 2 January 2026 may be missing"),
        (Notice(NoticeKind.DATA_IN_TRANSIT),
         "The GP record's transfer is not complete: entries may be missing"),
        (Notice(NoticeKind.DATA_AWAITING_FILING, Category.ALLERGIES),
         "The GP record has items that are not yet filed"),
        (Notice(NoticeKind.UNREADABLE_PART, Category.ALLERGIES),
         "The GP record gave something here that could not be read"),
    ],
)  # fmt: skip
def test_a_section_warns_of_what_its_source_says_of_it(notice, said):
    words = warning_in_words(line(notices=(notice,)), GP, Category.ALLERGIES)

    assert words == f"{said}: do not read this page as ‘no known allergies’."


def test_a_section_warns_of_the_gravest_notice_and_of_no_other_sections():
    notices = (
        Notice(NoticeKind.DATA_AWAITING_FILING, Category.ALLERGIES),
        Notice(NoticeKind.AREA_SWITCHED_OFF, Category.ALLERGIES),
        Notice(NoticeKind.UNREADABLE_PART, Category.PROBLEMS),
    )

    words = warning_in_words(line(notices=notices), GP, Category.ALLERGIES)

    assert words.startswith("Not available from the GP record")


def test_old_information_is_told_with_its_age():
    since = datetime(2026, 3, 1, 8, tzinfo=UTC)

    words = line_in_words(line("gp", Outcome.STALE, 1, stale_since=since), GP)

    assert words.sentences == (
        "Gave old information, from 1 March 2026, 08:00. Newer information may be missing.",
        "What others show may have been corrected or withdrawn there.",
    )


@pytest.mark.parametrize("outcome", Outcome)
def test_only_a_source_that_said_all_it_should_cannot_have_withdrawn_what_others_show(outcome):
    words = " ".join(line_in_words(line("gp", outcome, 0), GP).sentences)

    is_whole = outcome in {Outcome.DATA, Outcome.EMPTY, Outcome.NOT_ASKED}
    assert ("withdrawn" in words) is not is_whole


def test_a_held_record_is_not_told_as_the_patients_wish():
    held = line("gp", Outcome.WITHHELD, 0, notices=(Notice(NoticeKind.IDENTITY_HOLD),))

    words = line_in_words(held, GP).sentences

    assert words[0].startswith("Was not asked, because its record may be somebody else's.")
    assert "withheld until it is checked whose it is" in words[1]
    assert not [each for each in words if "request" in each]


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_notice_of_a_source_is_told(kind):
    notices = (Notice(kind, Category.MEDICATIONS, date(2026, 1, 2)),)

    assert len(line_in_words(line(notices=notices), GP).sentences) == 2


def test_a_transfer_is_told_with_its_date_and_an_area_by_its_name():
    notices = (
        Notice(NoticeKind.DATA_IN_TRANSIT, None, date(2026, 1, 2)),
        Notice(NoticeKind.DATA_IN_TRANSIT),
        Notice(NoticeKind.AREA_SWITCHED_OFF, Category.MEDICATIONS),
        Notice(NoticeKind.AREA_SWITCHED_OFF),
    )

    _answered, *told = line_in_words(line(notices=notices), GP).sentences

    assert told == [
        "The record's transfer is not complete: entries before 2 January 2026 may be missing.",
        "The record's transfer is not complete: entries may be missing.",
        "Medications: not available, switched off at this source.",
        "One area: not available, switched off at this source.",
    ]


def test_a_source_that_knows_the_person_otherwise_is_told_as_such():
    words = line_in_words(line(differences=frozenset({Difference.BIRTH_DATE})), GP)

    assert "another date of birth" in words.sentences[1]


@pytest.mark.parametrize(
    ("items", "lines", "expected"),
    [
        ([allergy()], [line()], ""),
        ([no_known_allergy()], [line()], "A source states: no known allergies."),
        ([], [line()], "Nothing to show: no source that answered gave allergies that you may see. "
         "This does not say that there are none."),
        ([allergy()], [line(outcome=Outcome.FAILED)], "Incomplete: allergies may be missing here."),
        ([], [line(outcome=Outcome.FAILED, shown_count=0)],
         "Not available: no source that may hold allergies gave its record."),
    ],
)  # fmt: skip
def test_each_state_of_a_section_has_its_own_words(items, lines, expected):
    section = section_of(Category.ALLERGIES, items, ground(*lines))

    assert statement_in_words(section) == expected


def test_a_source_that_was_not_asked_is_told_as_a_matter_of_role():
    words = line_in_words(line("gp", Outcome.NOT_ASKED, 0), GP)

    assert words.sentences == ("Was not asked. Some information is not available in your role.",)


def test_a_section_that_a_role_does_not_see_says_so():
    levels = ground().levels.__class__({}, frozenset())

    section = section_of(Category.ALLERGIES, [], ground(levels=levels))

    assert "your role does not see" in statement_in_words(section)


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        (
            {"clinicalStatus": status("active"), "verificationStatus": status("unconfirmed")},
            "Active, Unconfirmed",
        ),
        ({"clinicalStatus": status("active"), "verificationStatus": status("confirmed")}, "Active"),
        (
            {"clinicalStatus": status("active"), "verificationStatus": status("entered-in-error")},
            "Entered in error: withdrawn by the source",
        ),
        ({"status": "local-word"}, "local-word"),
        ({}, ""),
    ],
)
def test_statuses_are_told_in_words_and_unknown_ones_as_sent(elements, expected):
    assert status_in_words(allergy(**elements)) == expected


def test_what_a_source_says_of_everything_is_not_shown_as_doubt():
    item = allergy(verificationStatus={"coding": [{"code": "unconfirmed"}]})

    assert status_in_words(item, frozenset({"unconfirmed"})) == status_in_words(allergy())
    assert "Unconfirmed" in status_in_words(item)


def test_sources_are_named_after_what_they_are_and_who_runs_them():
    settings = Settings.model_validate(
        {
            "base_url": "https://record.example",
            "database_url": "sqlite:///x",
            "key_file": "x",
            "source": [
                {"id": "pds", "kind": "pds", "base_url": "https://pds.example"},
                {"id": "gp", "kind": "gp-connect", "base_url": "https://gp.example"},
                {"id": "gl", "kind": "gp-london", "base_url": "https://gl.example/api/STU3"},
                {"id": "h1", "kind": "fhir-r4", "base_url": "https://h", "organisation": "RRV"},
                {"id": "a1", "kind": "ambulance-r4", "base_url": "https://a"},
            ],
            "organisation": [{"code": "RRV", "kind": "trust", "name": "UCLH"}],
        }
    )

    labels = {source: name.label for source, name in source_names(settings).items()}

    assert labels == {
        "pds": "Personal Demographics Service",
        "gp": "GP record",
        "gl": "GP record, London",
        "h1": "Hospital record, UCLH",
        "a1": "Ambulance record",
    }
