"""Who may have what pulled and released: what an agreement names, to whom it names, and never by one person alone."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from fhir_profiles.vocabulary import Category
from gateway.access.feeding import FEED_PERMIT_LASTS, FEED_PURPOSES, FeedPermit, permitted
from gateway.access.permit import RefusalReason
from gateway.app_context import AppContext
from gateway.store.words import DataItem
from rbac.types import Purpose
from tests.access.feeds import (
    ANALYST,
    ASSAULTS,
    COSTS,
    DOCTOR,
    GUARDIAN,
    LINKED,
    PLANNER,
    RESEARCHER,
    STUDY,
    Feeds,
    Given,
    approved_by,
    asked_by,
    feed_of,
    policy,
    why,
)
from tests.access.parts import Suspended
from tests.agreed import DAY, agreed
from tests.patient.factories import NOW


async def test_a_planner_may_ask_for_what_an_agreement_in_force_names_for_a_day_at_most():
    lasting = Feeds(rows=(agreed(ends_at=NOW + 40 * DAY),))

    permit = await asked_by(PLANNER, COSTS, agreements=lasting)

    until = NOW + FEED_PERMIT_LASTS
    assert permit == FeedPermit("linked-activity", "costs", "QMJ", "all", until)


@pytest.mark.parametrize(
    ("who", "wanted", "expires_after"),
    [
        (PLANNER, COSTS, timedelta(hours=3)),
        (ANALYST, ASSAULTS, timedelta(hours=3)),
        (RESEARCHER, STUDY, timedelta(hours=3)),
    ],
    ids=["planner", "analyst", "researcher"],
)
async def test_a_permit_ends_with_its_agreement(who, wanted, expires_after):
    ending = Feeds(rows=(agreed(ends_at=NOW + expires_after),))

    assert (await asked_by(who, wanted, agreements=ending)).expires_at == NOW + expires_after


async def test_a_permit_ends_with_its_ethics_approval():
    assert (await asked_by(RESEARCHER, STUDY)).expires_at == NOW + timedelta(hours=5)


@pytest.mark.parametrize(
    ("who", "wanted", "reason"),
    [
        # Decision test 10: an analyst of violence takes no rows as of the linked dataset.
        (
            ANALYST,
            replace(ASSAULTS, categories=LINKED),
            RefusalReason.NOT_FOR_ROLE,
        ),
        (DOCTOR, COSTS, RefusalReason.PURPOSE_NOT_ALLOWED),
        (DOCTOR, replace(COSTS, purpose=Purpose.TREAT), RefusalReason.NOT_FOR_ROLE),
        (PLANNER, replace(COSTS, purpose=Purpose.TREAT), RefusalReason.PURPOSE_NOT_ALLOWED),
        (PLANNER, replace(COSTS, purpose=Purpose.HRESCH), RefusalReason.PURPOSE_NOT_ALLOWED),
        (GUARDIAN, COSTS, RefusalReason.PURPOSE_NOT_ALLOWED),
        (
            GUARDIAN,
            replace(COSTS, purpose=Purpose.HSYSADMIN),
            RefusalReason.NOT_FOR_ROLE,
        ),
        (PLANNER, ASSAULTS, RefusalReason.NOT_THE_RECIPIENT),
        (PLANNER, replace(COSTS, project="other"), RefusalReason.FEED_NOT_AGREED),
        (PLANNER, replace(COSTS, dataset="violence"), RefusalReason.FEED_NOT_AGREED),
        (PLANNER, replace(COSTS, categories=frozenset()), RefusalReason.FEED_NOT_AGREED),
        (
            PLANNER,
            replace(COSTS, categories=frozenset({Category.DOCUMENTS})),
            RefusalReason.NOT_FOR_ROLE,
        ),
        (
            replace(PLANNER, app=AppContext(scope="user/*.rs")),
            COSTS,
            RefusalReason.OUT_OF_SCOPE,
        ),
    ],
)
async def test_nobody_else_may_ask_and_for_nothing_else(who, wanted, reason):
    assert why(await asked_by(who, wanted)) is reason


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ((), RefusalReason.AGREEMENT_MISSING),
        ((agreed(ends_at=NOW),), RefusalReason.AGREEMENT_ENDED),
        ((agreed(starts_at=NOW + DAY / 2),), RefusalReason.AGREEMENT_NOT_STARTED),
        ((agreed(purposes=[Purpose.PUBHLTH]),), RefusalReason.AGREEMENT_MISSING),
        ((agreed("other"),), RefusalReason.FEED_NOT_AGREED),
        ((agreed(items=[DataItem.HEALTH_RECORDS]),), RefusalReason.FEED_NOT_AGREED),
        (None, RefusalReason.CHECK_FAILED),
        ((object(),), RefusalReason.CHECK_FAILED),
    ],
)
async def test_without_an_agreement_in_force_that_covers_it_nothing_is_fed(rows, reason):
    agreements = Feeds(rows=rows)
    job = Given(agreements).access

    assert why(await asked_by(PLANNER, COSTS, agreements=agreements)) is reason
    assert why(await approved_by(GUARDIAN, agreements=agreements)) is reason
    assert why(await job.release_permit(COSTS, "p1", "g1")) is reason
    assert why(await job.pull_permit(COSTS, "RRV")) is reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        # Decision test 20: a researcher whose ethics approval has ended.
        ({"ethics": "26/LO/1", "ethics_ends_at": NOW}, RefusalReason.ETHICS_ENDED),
        ({"ethics": "26/LO/1", "ethics_ends_at": None}, RefusalReason.ETHICS_MISSING),
        ({}, RefusalReason.ETHICS_MISSING),
    ],
)
async def test_decision_20_a_researcher_without_a_living_ethics_approval_gets_nothing(
    changes, reason
):
    agreements = Feeds(named=(feed_of(STUDY, **changes),))

    assert why(await asked_by(RESEARCHER, STUDY, agreements=agreements)) is reason
    assert why(await Given(agreements).access.release_permit(STUDY, "r1", "g1")) is reason


async def test_an_ethics_approval_that_ended_stands_against_planning_too():
    ended = feed_of(COSTS, ethics="26/LO/2", ethics_ends_at=NOW - DAY)

    refused = await asked_by(PLANNER, COSTS, agreements=Feeds(named=(ended,)))

    assert why(refused) is RefusalReason.ETHICS_ENDED


async def test_of_two_agreements_that_name_it_the_longer_one_is_rested_on():
    rows = (agreed("a", ends_at=NOW + DAY / 4), agreed("b", ends_at=NOW + DAY / 2), agreed("c"))
    named = tuple(feed_of(COSTS, each) for each in ("a", "b"))

    permit = await asked_by(PLANNER, COSTS, agreements=Feeds(rows=rows, named=named))

    assert (permit.agreement, permit.expires_at) == ("b", NOW + DAY / 2)


async def test_a_guardian_approves_what_somebody_else_asked_for():
    assert isinstance(await approved_by(GUARDIAN), FeedPermit)
    assert isinstance(await approved_by(replace(GUARDIAN, role="ig_privacy_officer")), FeedPermit)


@pytest.mark.parametrize(
    ("who", "requested_by", "reason"),
    [
        (GUARDIAN, "g1", RefusalReason.OWN_ACT),
        (GUARDIAN, "", RefusalReason.OWN_ACT),
        (replace(GUARDIAN, role="system_auditor"), "p1", RefusalReason.NOT_FOR_ROLE),
        (replace(GUARDIAN, role="policy_admin"), "p1", RefusalReason.NOT_FOR_ROLE),
        (replace(GUARDIAN, app=AppContext(scope="user/*.rs")), "p1", RefusalReason.OUT_OF_SCOPE),
        (PLANNER, "p2", RefusalReason.PURPOSE_NOT_ALLOWED),
    ],
)
async def test_nobody_else_approves_and_nobody_their_own(who, requested_by, reason):
    assert why(await approved_by(who, requested_by=requested_by)) is reason


@pytest.mark.parametrize(
    ("requested_by", "approved", "reason"),
    [
        ("p1", "g1", None),
        ("p1", "p1", RefusalReason.SECOND_PERSON_NEEDED),
        ("p1", "", RefusalReason.SECOND_PERSON_NEEDED),
        ("", "g1", RefusalReason.SECOND_PERSON_NEEDED),
        ("", "", RefusalReason.SECOND_PERSON_NEEDED),
        ("gone", "g1", RefusalReason.SUSPENDED),
        ("p1", "gone", RefusalReason.SUSPENDED),
    ],
)
async def test_a_release_is_made_for_two_people_who_are_both_still_here(
    requested_by, approved, reason
):
    given = Given(staff=Suspended(("gone",)))

    decision = await given.access.release_permit(COSTS, requested_by, approved)

    assert getattr(decision, "reason", None) is reason


@pytest.mark.parametrize("answer", [None, 0, "no"])
async def test_a_register_of_staff_that_gives_no_answer_refuses_a_release(answer):
    class Broken:
        async def is_suspended(self, _user_id, _profile):
            return answer

    refused = await Given(staff=Broken()).access.release_permit(COSTS, "p1", "g1")

    assert why(refused) is RefusalReason.CHECK_FAILED


async def test_a_source_is_pulled_only_if_its_organisation_is_a_party_too():
    mine, others = frozenset({("all", "RRV")}), frozenset({("all", "RRU"), ("other", "RRV")})

    bound = await Given(Feeds(parties_to=mine)).access.pull_permit(COSTS, "RRV")
    unbound = await Given(Feeds(parties_to=others)).access.pull_permit(COSTS, "RRV")

    assert isinstance(bound, FeedPermit)
    assert why(unbound) is RefusalReason.AGREEMENT_MISSING


async def test_a_refusal_of_a_job_names_the_policy_and_a_decision():
    refused = await Given(Feeds(rows=())).access.pull_permit(COSTS, "RRV")

    assert (refused.decision_id, refused.policy_version) == (UUID(int=7), policy().version)


@pytest.mark.parametrize("purpose", [each for each in Purpose if each not in FEED_PURPOSES])
def test_no_agreement_feeds_another_purpose(purpose):
    wanted = replace(COSTS, purpose=purpose)

    assert permitted((agreed(),), (feed_of(COSTS),), wanted, NOW) is (
        RefusalReason.PURPOSE_NOT_ALLOWED
    )
