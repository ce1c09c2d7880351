"""What agreements in force let organisations share, and what is refused without one."""

from datetime import timedelta

import pytest

from fhir_profiles.vocabulary import Category, Label
from gateway.access.agreements import (
    RENEWAL_ASKED_FOR,
    coverage_of,
    in_force,
    is_renewal_due,
    limited,
    sharing_of,
)
from gateway.access.data_items import LONDON_LIST
from gateway.access.permit import FindPermit, Permit, Refusal, RefusalReason
from gateway.access.sharing import NOTHING, Sharing
from gateway.store.words import DataItem
from rbac.types import Act, Level, Levels, Purpose
from tests.access.parts import Parts, Policies, seen
from tests.agreed import DAY, Agreed, agreed
from tests.patient.factories import NOW, levels

SECOND = timedelta(seconds=1)
MISSING = RefusalReason.AGREEMENT_MISSING
ENDED = RefusalReason.AGREEMENT_ENDED
TO_COME = RefusalReason.AGREEMENT_NOT_STARTED
HEALTH = frozenset({DataItem.HEALTH_RECORDS})


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ((), MISSING),
        ((agreed(purposes={Purpose.HRESCH}),), MISSING),
        ((agreed(starts_at=NOW),), ("all",)),
        ((agreed(starts_at=NOW + SECOND),), TO_COME),
        ((agreed(ends_at=NOW + SECOND),), ("all",)),
        ((agreed(ends_at=NOW),), ENDED),
        ((agreed(starts_at=NOW + DAY, ends_at=NOW + DAY),), ENDED),
        ((agreed("old", ends_at=NOW), agreed("new", starts_at=NOW + DAY / 2)), TO_COME),
        ((agreed("old", ends_at=NOW), agreed("new")), ("new",)),
        ((agreed("one"), agreed("two")), ("one", "two")),
    ],
)
def test_an_agreement_holds_for_its_purposes_from_its_start_until_just_before_its_end(rows, found):
    holding = in_force(rows, Purpose.TREAT, NOW)

    assert (
        holding is found
        if isinstance(found, RefusalReason)
        else (tuple(each.id for each in holding) == found)
    )


def test_without_a_purpose_any_agreement_will_do():
    assert in_force((agreed(purposes={Purpose.HRESCH}),), None, NOW) == (
        agreed(purposes={Purpose.HRESCH}),
    )


def test_every_data_item_has_its_line_and_all_together_cover_every_category():
    assert [each.item for each in LONDON_LIST] == list(DataItem)
    assert coverage_of(DataItem).categories == frozenset(Category)
    assert coverage_of(DataItem).lets_through(Category, frozenset(Label) - {Label.NORMAL})


@pytest.mark.parametrize("item", sorted(DataItem))
@pytest.mark.parametrize("category", sorted(Category))
def test_a_category_is_covered_by_the_items_that_open_it_and_by_no_others(item, category):
    opens = next(each.opens for each in LONDON_LIST if each.item is item)

    assert (category in coverage_of({item}).categories) is (category in opens)


def test_sexual_health_needs_an_item_of_its_own_whatever_the_category():
    without = coverage_of(set(DataItem) - {DataItem.SEX_LIFE})
    labels = frozenset({Label.SEXUAL_HEALTH})

    assert not without.lets_through((Category.RESULTS,), labels)
    assert without.lets_through((Category.RESULTS,), labels | {Label.OWN})
    assert coverage_of(DataItem).lets_through((Category.RESULTS,), labels)


def test_a_sources_own_patient_needs_what_cannot_be_taken_out_of_it():
    name_alone = coverage_of({DataItem.NAME_CONTACT_AGE})

    assert Category.DEMOGRAPHICS in name_alone.categories
    assert not name_alone.lets_through((Category.DEMOGRAPHICS,), frozenset())
    assert coverage_of({DataItem.NAME_CONTACT_AGE, DataItem.EQUALITIES}).lets_through(
        (Category.DEMOGRAPHICS,), frozenset()
    )


def test_nothing_lets_nothing_through():
    assert not any(NOTHING.lets_through((each,), frozenset()) for each in Category)


def test_what_is_inside_an_item_must_be_covered_too():
    assert coverage_of(HEALTH).lets_through((Category.RESULTS, Category.PROBLEMS), frozenset())
    assert not coverage_of(HEALTH).lets_through(
        (Category.RESULTS, Category.SOCIAL_CARE), frozenset()
    )


def test_levels_outside_what_is_covered_are_none_and_the_rest_is_as_the_policy_says():
    whole = Levels(levels(medications=Level.MASK).view, levels().acts, "digest")

    left = limited(whole, coverage_of(HEALTH))

    assert left.level_of(Category.MEDICATIONS, frozenset()) is Level.MASK
    assert left.level_of(Category.SOCIAL_CARE, frozenset()) is Level.NONE
    assert left.level_of(Category.RESULTS, frozenset({Label.SEXUAL_HEALTH})) is Level.NONE
    assert (Act.SEARCH, Category.SOCIAL_CARE) not in left.acts
    assert (Act.SEARCH, Category.MEDICATIONS) in left.acts
    assert left.digest == "digest"


def test_no_agreement_takes_administration_away():
    administers = seen({}, frozenset({(Act.READ_AUDIT, Category.ALLERGIES)}))

    assert limited(administers, NOTHING).acts == administers.acts


def test_each_organisation_shares_by_the_agreements_that_bind_it_and_the_caller():
    rows = (agreed("health", HEALTH), agreed("social", {DataItem.SOCIAL_SERVICES}))
    parties = frozenset({("health", "RRV"), ("social", "RRV"), ("social", "702")})

    sharing = sharing_of(rows, parties)

    assert sharing.with_organisation("RRV") == coverage_of(HEALTH | {DataItem.SOCIAL_SERVICES})
    assert sharing.with_organisation("702") == coverage_of({DataItem.SOCIAL_SERVICES})
    assert sharing.with_organisation("RRU") is None
    assert sharing.with_organisation(None) is None


@pytest.mark.parametrize(
    ("starts", "ends", "review", "is_due"),
    [
        (-DAY, RENEWAL_ASKED_FOR + SECOND, 2 * DAY, False),
        (-DAY, RENEWAL_ASKED_FOR, 2 * DAY, True),
        (-DAY, 500 * DAY, timedelta(0), True),
        (-DAY, 500 * DAY, SECOND, False),
        (-2 * DAY, timedelta(0), -DAY, False),
        (DAY, DAY, timedelta(0), False),
    ],
)
def test_renewal_is_asked_for_sixty_days_ahead_and_at_the_review_date(starts, ends, review, is_due):
    row = agreed(starts_at=NOW + starts, ends_at=NOW + ends)

    assert is_renewal_due(row, NOW + review, NOW) is is_due


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ((), MISSING),
        ((agreed(ends_at=NOW),), ENDED),
        ((agreed(starts_at=NOW + SECOND),), TO_COME),
        ((agreed(purposes={Purpose.HRESCH}),), MISSING),
    ],
)
async def test_without_an_agreement_in_force_nothing_is_read_and_one_word_is_told(rows, reason):
    parts = Parts(agreements=Agreed(rows))

    decisions = [await parts.decide(), await parts.find()]

    assert [each.reason for each in decisions] == [reason, reason]
    assert [each.told for each in decisions] == ["no-agreement", "no-agreement"]
    assert (parts.pds.asked, parts.registry.asked) == ([], [])


async def test_other_reasons_are_told_as_they_are():
    refusal = await Parts().decide(organisation="RRV")

    assert (refusal.reason, refusal.told) == (RefusalReason.NO_RELATIONSHIP, "no-relationship")


async def test_the_agreement_comes_before_the_purpose():
    parts = Parts(agreements=Agreed(()))

    refusal = await parts.decide(None)

    assert isinstance(refusal, Refusal)
    assert refusal.reason is MISSING


async def test_a_permit_names_its_agreements_and_what_each_organisation_shares():
    parts = Parts(agreements=Agreed((agreed("a", HEALTH), agreed("b", HEALTH))))

    permit = await parts.decide()

    assert isinstance(permit, Permit)
    assert permit.agreements == ("a", "b")
    assert permit.sharing == Sharing(dict.fromkeys(("RRV", "RRU", "F84004"), coverage_of(HEALTH)))
    assert permit.levels.level_of(Category.SOCIAL_CARE, frozenset()) is Level.NONE
    assert parts.agreements.asked == ["F84004", (("a", "b"), "F84004")]


async def test_parties_are_read_for_a_permit_only():
    parts = Parts()

    await parts.decide(organisation="RRV")

    assert parts.agreements.asked == ["RRV"]


async def test_people_are_looked_up_only_where_demographics_are_agreed():
    assert isinstance(await Parts().find(), FindPermit)
    assert (await Parts().find()).agreements == ("all",)

    refusal = await Parts(agreements=Agreed((agreed(items=HEALTH),))).find()

    assert refusal.reason is MISSING


@pytest.mark.parametrize("rows", [None, True, [agreed()], (None,)])
async def test_rows_that_are_none_are_a_failed_check(rows):
    parts = Parts(agreements=Agreed(rows))

    assert (await parts.decide()).reason is RefusalReason.CHECK_FAILED
    assert (await parts.decide(None)).reason is RefusalReason.CHECK_FAILED
    assert (await parts.find()).reason is RefusalReason.CHECK_FAILED


@pytest.mark.parametrize("parties", [(), ("a",), frozenset({"a"})])
async def test_parties_that_are_none_are_a_failed_check(parties):
    refusal = await Parts(agreements=Agreed(parties_to=parties)).decide()

    assert refusal.reason is RefusalReason.CHECK_FAILED


async def test_administration_needs_no_agreement_and_shows_no_record():
    purpose = Purpose.HSYSADMIN
    policies = Policies(scope=("gp", "general-practice", purpose))
    parts = Parts(policies, agreements=Agreed(()))

    refusal = await parts.decide(purpose, purposes=frozenset({purpose}))

    assert refusal.reason is RefusalReason.NO_PATIENT_ACCESS
    assert parts.agreements.asked == []
    assert (await parts.decide(purpose)).reason is RefusalReason.PURPOSE_NOT_ALLOWED


def test_images_are_covered_where_they_are_agreed_and_only_there():
    assert coverage_of([DataItem.IMAGES]).has_images
    assert not coverage_of(frozenset(DataItem) - {DataItem.IMAGES}).has_images
