"""What somebody could have been shown at most at a past instant: the rules, over entries and rows that are made up."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from fhir_profiles.vocabulary import Category
from gateway.access.permit import RefusalReason
from gateway.audit.acts import AuditAction
from gateway.policy.as_at import as_at
from gateway.policy.as_at_unknown import Unknown
from gateway.store.policies import Activation
from gateway.store.relationships import Relationship
from gateway.store.words import DataItem, RelationshipType
from rbac.types import Act, Purpose
from tests.policy.pasts import (
    AT,
    HOSPITAL,
    POLICY,
    PROFILE,
    SUSPENDED,
    TERMS,
    USER,
    added,
    answer,
    hours,
    noted,
    of,
    on_team,
    past,
    signed_in,
    staff,
)


def test_the_policy_of_then_says_what_could_be_shown_less_what_no_agreement_covered():
    possible = of(Purpose.TREAT, answer())

    assert (possible.against, possible.agreements) == (None, ("a1",))
    assert {category for category, _label in possible.levels.view} == {Category.MEDICATIONS}


@pytest.mark.parametrize(
    ("purpose", "against"),
    [
        (Purpose.TREAT, None),
        (Purpose.ETREAT, None),
        (Purpose.BTG, RefusalReason.NOT_FOR_ROLE),
        (Purpose.HSYSADMIN, RefusalReason.PURPOSE_NOT_ALLOWED),
        (Purpose.HRESCH, RefusalReason.AGREEMENT_MISSING),
    ],
)
def test_each_purpose_is_told_with_what_stood_against_it(purpose, against):
    assert of(purpose, answer()).against == against


def test_an_agreement_that_covers_nothing_of_the_role_leaves_nothing():
    other = replace(TERMS, items=frozenset({DataItem.HOUSING}))

    found = answer(terms={HOSPITAL: (other,)})

    assert of(Purpose.TREAT, found).against == RefusalReason.NO_PATIENT_ACCESS


def test_without_an_active_policy_nothing_could_be_shown():
    found = as_at(USER, AT, past(activation=None), None, is_about_somebody=False)

    assert {each.against for each in found.roles[0].possible} == {
        RefusalReason.CHECK_FAILED,
        RefusalReason.AGREEMENT_MISSING,
    }


def test_an_officer_could_read_the_audit_and_no_record_without_any_agreement():
    officer = signed_in(role="ig_privacy_officer", organisation="QMJ", organisation_kind="icb")

    found = answer(acting=(officer,))

    possible = of(Purpose.HSYSADMIN, found)
    assert (possible.against, possible.levels.view) == (None, {})
    assert {act for act, _category in possible.levels.acts} == {Act.READ_AUDIT}
    assert of(Purpose.TREAT, found).against == RefusalReason.AGREEMENT_MISSING


def test_an_agreement_is_looked_at_before_a_suspension_as_in_a_decision():
    ended = {HOSPITAL: (replace(TERMS, ends_at=hours(-1)),)}

    found = answer(terms=ended, staff=(staff(SUSPENDED, -1),))

    assert of(Purpose.TREAT, found).against == RefusalReason.AGREEMENT_ENDED
    assert of(Purpose.HSYSADMIN, found).against == RefusalReason.SUSPENDED
    assert found.is_suspended


ACTING = (
    signed_in(-3, role_profile_id="long-ago"),
    signed_in(-1),
    signed_in(-0.5, role=""),
    signed_in(5, role_profile_id="later"),
    signed_in(2, role_profile_id="soon"),
    signed_in(3),
    signed_in(4),
)


def test_roles_are_told_the_nearest_use_before_first_and_then_those_that_came_later():
    found = answer(acting=ACTING).roles

    told = [(each.who.role_profile_id, each.last_before, each.first_after) for each in found]
    assert told == [
        (PROFILE, hours(-1), hours(3)),
        ("long-ago", hours(-3), None),
        ("soon", None, hours(2)),
        ("later", None, hours(5)),
    ]


def test_the_last_sign_in_and_sign_out_are_told():
    signing = (
        signed_in(-3),
        noted(AuditAction.SIGNED_OUT, -2),
        noted(AuditAction.PROVIDER_SIGNED_OUT, -1),
    )

    found = answer(signing=signing)

    assert (found.last_signed_in, found.last_signed_out) == (hours(-3), hours(-1))


ALWAYS = {Unknown.ROLES_NOT_USED, Unknown.SESSIONS, Unknown.SCOPES, Unknown.SETTINGS}
OF_A_PERSON = {
    *(Unknown.SOURCES, Unknown.DEMOGRAPHICS, Unknown.CONTACTS),
    *(Unknown.OBJECTIONS, Unknown.IDENTITY_HOLDS),
}
IMPORT = noted(AuditAction.RELATIONSHIPS_IMPORTED, 1)
PURGE = noted(AuditAction.ENTRIES_PURGED, 1)
SECONDS = 1 / 3600


@pytest.mark.parametrize(
    ("about", "changes", "more"),
    [
        (False, {}, set()),
        (True, {}, OF_A_PERSON),
        (False, {"imports": (IMPORT,)}, set()),
        (True, {"imports": (IMPORT,)}, {*OF_A_PERSON, Unknown.RELATIONSHIPS_REPLACED}),
        (False, {"purges": (PURGE,)}, {Unknown.PURGED}),
        (False, {"activation": None}, set()),
        (False, {"staff": (staff(SUSPENDED, -9 * SECONDS),)}, {Unknown.UNDER_WAY}),
        (False, {"staff": (staff(SUSPENDED, -11 * SECONDS),)}, set()),
        (False, {"agreements": (added(-9 * SECONDS),)}, {Unknown.UNDER_WAY}),
        (False, {"agreements": (added(1),)}, set()),
        (
            False,
            {"activation": Activation(2, POLICY.version, AT)},
            {Unknown.UNDER_WAY},
        ),
    ],
)
def test_what_cannot_be_rebuilt_is_told_where_it_matters(about, changes, more):
    found = answer(about=about, **changes)

    assert set(found.unknown) == ALWAYS | more


def relationship(**changes: Any) -> Relationship:
    usual = Relationship(
        UUID(int=2),
        "k" * 64,
        HOSPITAL,
        RelationshipType("referral"),
        "test",
        hours(-5),
        None,
        "registry",
    )
    return replace(usual, **changes)


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({}, True),
        ({"organisation": "RJ1"}, False),
        ({"user_id": USER}, True),
        ({"user_id": "another"}, False),
        ({"team": "ward"}, True),
        ({"team": "another"}, False),
        ({"source": "break-glass"}, False),
    ],
)
def test_only_relationships_that_they_could_rest_on_are_told(changes, is_told):
    found = answer(about=True, relationships=(relationship(**changes),), staff=(on_team(-2, -2),))

    assert found.person is not None
    assert bool(found.person.relationships) is is_told
