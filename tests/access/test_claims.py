"""Who may claim a relationship: what the emergency rows of the policy say, and what nobody's word opens."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.contract import AddressUse, ContactProbe, Outcome, TraceOutcome
from fhir_profiles.vocabulary import Category
from gateway.access.claims import CLAIM_LASTS, ClaimPermit, SelfClaims
from gateway.access.decision import Question
from gateway.access.permit import Offer, Permit, Refusal, RefusalReason
from rbac.canonical import length_prefixed
from rbac.decide import CompiledPolicy
from rbac.types import Act, Level, Levels, OrganisationKind, Purpose
from tests.access.parts import VERSION, Against, Parts, Probed, Registry, Row, pds
from tests.patient.factories import (
    NOW,
    NUMBER,
    OLD_NUMBER,
    PATIENT_ID,
    levels,
    person,
    principal,
)

WHO = principal(organisation="RRV", session="5" * 64)
RESTRICTED = person(address_use=AddressUse.RESTRICTED)
KIND = OrganisationKind.GENERAL_PRACTICE
EMERGENCY = Levels({}, frozenset({(Act.BREAK_GLASS, Category.ALERTS)}))


class Rows:
    """A policy with rows of direct care, and of emergencies."""

    def __init__(self, emergency=EMERGENCY, direct=None):
        found = {Purpose.TREAT: direct or levels(), Purpose.ETREAT: emergency}
        self.by_key = {
            length_prefixed(("gp", KIND, purpose)): each
            for purpose, each in found.items()
            if each is not None
        }

    async def active(self):
        return CompiledPolicy(VERSION, {}, 0, self.by_key)


async def asked(given, purpose=Purpose.TREAT, who=WHO):
    return await SelfClaims(given.access).permit(Question(who, purpose, NUMBER, PATIENT_ID))


def parts(**changes):
    return Parts(**{"policies": Rows(), **changes})


async def test_who_may_act_in_an_emergency_may_claim_for_a_day():
    permit = await asked(parts())

    assert isinstance(permit, ClaimPermit)
    assert (permit.claimed_at, permit.ends_at) == (NOW, NOW + CLAIM_LASTS)
    assert timedelta(hours=24) == CLAIM_LASTS


@pytest.mark.parametrize(
    ("given", "purpose", "reason"),
    [
        (parts(policies=Rows(None)), Purpose.TREAT, RefusalReason.NOT_FOR_ROLE),
        (parts(policies=Rows(levels())), Purpose.TREAT, RefusalReason.NOT_FOR_ROLE),
        (
            parts(policies=Rows(direct=levels(Level.NONE))),
            Purpose.TREAT,
            RefusalReason.NOT_FOR_ROLE,
        ),
        (parts(), Purpose.HRESCH, RefusalReason.PURPOSE_NOT_ALLOWED),
        (parts(), None, RefusalReason.PURPOSE_NOT_ALLOWED),
    ],
)
async def test_others_are_refused_before_anything_is_read(given, purpose, reason):
    decision = await asked(given, purpose)

    assert (isinstance(decision, Refusal), decision.reason) == (True, reason)
    assert (given.pds.asked, given.registry.asked) == ([], [])


async def test_a_purpose_other_than_direct_care_founds_no_claim():
    who = principal(organisation="RRV", purposes=frozenset({Purpose.HRESCH}))
    rows = Rows()
    rows.by_key[length_prefixed(("gp", KIND, Purpose.HRESCH))] = levels()

    decision = await asked(parts(policies=rows), Purpose.HRESCH, who)

    assert decision.reason is RefusalReason.PURPOSE_NOT_ALLOWED


async def test_a_token_without_the_scope_claims_nothing():
    who = replace(WHO, app=replace(WHO.app, needs_scopes=True))

    assert (await asked(parts(), who=who)).reason is RefusalReason.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("changes", "reason", "looks_like_not_found"),
    [
        ({"pds": pds(TraceOutcome.NOT_FOUND)}, RefusalReason.UNKNOWN_PERSON, True),
        ({"pds": pds(TraceOutcome.UNAVAILABLE)}, RefusalReason.CHECK_FAILED, False),
        ({"pds": pds(TraceOutcome.FOUND, RESTRICTED)}, RefusalReason.NO_RELATIONSHIP, True),
        (
            {"contacts": Probed(ContactProbe(Outcome.FAILED))},
            RefusalReason.CHECK_FAILED,
            False,
        ),
        (
            {"registry": Registry({NUMBER: (Row(),)})},
            RefusalReason.ALREADY_RELATED,
            False,
        ),
        (
            {"registry": Registry(against={NUMBER: (Against("*"),)})},
            RefusalReason.SHARING_RESTRICTED,
            False,
        ),
    ],
)
async def test_what_nobodys_word_opens(changes, reason, looks_like_not_found):
    decision = await asked(parts(**changes))

    assert (decision.reason, decision.looks_like_not_found) == (reason, looks_like_not_found)


CLAIMED = Row(type="self_claimed", user_id="u1")


async def read(given, who=WHO):
    return await given.access.decide(Question(who, Purpose.TREAT, NUMBER, PATIENT_ID))


async def test_a_claim_is_a_relationship():
    permit = await read(parts(registry=Registry({NUMBER: (CLAIMED,)})))

    assert (isinstance(permit, Permit), permit.relationship) == (True, "self_claimed")


async def test_a_claim_ends_where_the_person_is_restricted_meanwhile():
    found = pds(TraceOutcome.FOUND, RESTRICTED)

    decision = await read(parts(pds=found, registry=Registry({NUMBER: (CLAIMED,)})))
    other = await read(parts(pds=found, registry=Registry({NUMBER: (CLAIMED, Row())})))

    assert (decision.reason, decision.looks_like_not_found) == (RefusalReason.NO_RELATIONSHIP, True)
    assert other.relationship == "referral"


@pytest.mark.parametrize(
    ("rows", "purposes", "offers"),
    [
        (Rows(), {Purpose.TREAT, Purpose.ETREAT}, {Offer.SELF_CLAIM, Offer.BREAK_GLASS}),
        (Rows(), {Purpose.TREAT}, {Offer.SELF_CLAIM}),
        (Rows(None), {Purpose.TREAT, Purpose.ETREAT}, set()),
        (Rows(levels()), {Purpose.TREAT, Purpose.ETREAT}, set()),
    ],
)
async def test_a_stranger_is_offered_what_the_policy_gives(rows, purposes, offers):
    decision = await read(parts(policies=rows), replace(WHO, purposes=frozenset(purposes)))

    assert (decision.reason, decision.offers) == (RefusalReason.NO_RELATIONSHIP, offers)


async def test_a_restricted_person_is_no_occasion_for_an_offer():
    decision = await read(parts(pds=pds(TraceOutcome.FOUND, RESTRICTED)))

    assert decision.offers == frozenset()


@pytest.mark.parametrize("claimed_under", [NUMBER, OLD_NUMBER])
async def test_a_claim_holds_under_the_number_that_it_was_made_for(claimed_under):
    """Or it would open what the privacy officer who reviews it is not shown."""
    registry = Registry({claimed_under: (Row(type="self_claimed"),)})
    merged = pds(TraceOutcome.FOUND, person(superseded=(OLD_NUMBER,)))

    decision = await Parts(registry=registry, pds=merged).decide(
        number=OLD_NUMBER, organisation="RRV"
    )

    assert isinstance(decision, Permit) is (claimed_under == OLD_NUMBER)
