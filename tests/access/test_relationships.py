from datetime import timedelta

import pytest

from adapters.contract import AddressUse, Contact, ContactProbe, Outcome
from gateway.access.relationships import CONTACT_LASTS, Evidence, relationship_of
from rbac.types import OrganisationKind
from tests.access.parts import Member, Row
from tests.patient.factories import NOW, person, principal

SECOND = timedelta(seconds=1)
NO_CONTACT = ContactProbe(Outcome.EMPTY)
HOSPITAL = principal(organisation="RRV", organisation_kind=OrganisationKind.TRUST)


def relationship(*rows, probe=NO_CONTACT, asks=HOSPITAL, practice=None, teams=()):
    return relationship_of(asks, Evidence(rows, teams, person(practice=practice), probe), NOW)


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        (Row(), True),
        (Row(organisation="RJ1"), False),
        (Row(user_id="u1"), True),
        (Row(user_id="u2"), False),
        (Row(team="ward 9"), False),
        (Row(starts_at=NOW + SECOND), False),
        (Row(starts_at=NOW - SECOND), True),
        (Row(ends_at=NOW + SECOND), True),
        (Row(ends_at=NOW), False),
        (Row(ends_at=NOW - SECOND), False),
    ],
)
def test_a_recorded_relationship_holds_for_its_organisation_user_and_time(row, holds):
    assert relationship(row) == ("referral" if holds else None)


@pytest.mark.parametrize(
    ("member", "is_on_it"),
    [
        (Member(), True),
        (Member(team="ward 8"), False),
        (Member(team="WARD 9"), False),
        (Member(organisation="RJ1"), False),
        (Member(user_id="u2"), False),
        (Member(starts_at=NOW + SECOND), False),
        (Member(starts_at=NOW - SECOND), True),
        (Member(ends_at=NOW + SECOND), True),
        (Member(ends_at=NOW), False),
        (Member(ends_at=NOW - SECOND), False),
    ],
)
def test_what_is_a_teams_is_its_present_members_in_that_organisation(member, is_on_it):
    row = Row(team="ward 9", type="caseload")

    assert relationship(row, teams=(member,)) == ("caseload-by-team" if is_on_it else None)


@pytest.mark.parametrize(
    "row",
    [
        Row(team="ward 9", organisation="RJ1"),
        Row(team="ward 9", user_id="u2"),
        Row(team="ward 9", ends_at=NOW),
        Row(team="ward 9", starts_at=NOW + SECOND),
    ],
)
def test_a_member_has_no_more_than_what_the_row_says(row):
    assert relationship(row, teams=(Member(),)) is None


def test_a_member_has_what_is_the_whole_organisations_by_its_own_name():
    assert relationship(Row(), Row(team="ward 9"), teams=(Member(),)) == "referral"
    assert relationship(Row(type="caseload"), teams=(Member(),)) == "caseload"


@pytest.mark.parametrize(
    ("address_use", "holds"),
    [
        (AddressUse.UNRESTRICTED, False),
        (AddressUse.RESTRICTED, True),
    ],
)
def test_a_recorded_registration_counts_only_where_pds_does_not_tell_the_practice(
    address_use, holds
):
    row = Row(type="registered_gp")
    known = person(practice=None, address_use=address_use)
    evidence = Evidence((row,), (), known, NO_CONTACT)

    assert relationship_of(HOSPITAL, evidence, NOW) == ("registered_gp" if holds else None)


def test_the_first_recorded_relationship_that_holds_is_named():
    rows = Row(organisation="RJ1", type="a"), Row(type="inpatient"), Row(type="c")

    assert relationship(*rows) == "inpatient"


@pytest.mark.parametrize(
    ("kind", "organisation", "practice", "holds"),
    [
        (OrganisationKind.GENERAL_PRACTICE, "F84004", "F84004", True),
        (OrganisationKind.GENERAL_PRACTICE, "F84004", "F83021", False),
        (OrganisationKind.GENERAL_PRACTICE, "F84004", None, False),
        (OrganisationKind.TRUST, "F84004", "F84004", False),
    ],
)
def test_a_practice_has_to_do_with_those_registered_there(kind, organisation, practice, holds):
    asks = principal(organisation=organisation, organisation_kind=kind)

    found = relationship(asks=asks, practice=practice)

    assert found == ("registered-gp" if holds else None)


def contact(status, starts_at=NOW - SECOND, ends_at=None):
    return Contact(status, starts_at, ends_at)


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        (contact("in-progress"), True),
        (contact("arrived"), True),
        (contact("triaged"), True),
        (contact("onleave"), True),
        (contact("planned"), False),
        (contact("finished"), False),
        (contact("cancelled"), False),
        (contact("entered-in-error"), False),
        (contact("in-progress", None), False),
        (contact("in-progress", NOW), True),
        (contact("in-progress", NOW + SECOND), False),
        (contact("in-progress", ends_at=NOW + SECOND), True),
        (contact("finished", ends_at=NOW + SECOND), False),
        (contact("finished", ends_at=NOW), True),
        (contact("in-progress", ends_at=NOW), True),
        (contact("cancelled", ends_at=NOW), False),
        (contact("finished", NOW - 2 * CONTACT_LASTS, NOW - CONTACT_LASTS + SECOND), True),
        (contact("finished", NOW - 2 * CONTACT_LASTS, NOW - CONTACT_LASTS), False),
    ],
)
def test_a_contact_founds_a_relationship_until_72_hours_after_its_end(given, holds):
    found = relationship(probe=ContactProbe(Outcome.DATA, (contact("planned"), given)))

    assert found == ("contact" if holds else None)


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.DATA}))
def test_contacts_count_only_in_an_answer_that_is_one(outcome):
    assert relationship(probe=ContactProbe(outcome, (contact("in-progress"),))) is None


def test_a_recorded_relationship_is_named_before_the_practice_and_the_contact():
    asks = principal(organisation="RRV")
    probe = ContactProbe(Outcome.DATA, (contact("in-progress"),))

    assert relationship(Row(), probe=probe, asks=asks, practice="RRV") == "referral"
    assert relationship(probe=probe, asks=asks, practice="RRV") == "registered-gp"
