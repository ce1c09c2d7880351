"""What an identity hold leaves to be asked, and who may look at holds and settle them."""

from dataclasses import dataclass

import pytest

from adapters.contract import TraceOutcome
from fhir_profiles.vocabulary import Category
from gateway.access.decision import PERMIT_LASTS
from gateway.access.holds import is_ones_own, may_know_whose
from gateway.access.permit import Permit, Refusal, RefusalReason, Reviewing, ReviewPermit
from gateway.access.registry import StoredRegistry, patient_key
from gateway.store.identity_holds import IdentityHold, hold_identity
from rbac.types import Act, OrganisationKind, Purpose
from tests.access.parts import VERSION, Parts, Policies, Registry, pds, seen
from tests.patient.factories import NOW, NUMBER, OLD_NUMBER, clock, person, principal
from tests.store_factories import SIGNED_OUT

READS_AUDIT = seen({}, frozenset({(Act.READ_AUDIT, Category.ALLERGIES)}))
KEY = b"k" * 64


@dataclass(frozen=True)
class Held:
    source: str


@pytest.mark.parametrize("recorded_under", [NUMBER, OLD_NUMBER])
async def test_a_source_is_held_under_every_number_of_the_person(recorded_under):
    registry = Registry(held={recorded_under: (Held("hospital"),)})
    merged = pds(TraceOutcome.FOUND, person(superseded=(OLD_NUMBER,)))

    permit = await Parts(registry=registry, pds=merged).decide(number=OLD_NUMBER)

    assert isinstance(permit, Permit)
    assert permit.held_sources == {"hospital"}


async def test_nothing_is_held_where_nothing_is_recorded():
    assert (await Parts().decide()).held_sources == frozenset()


OFFICE = OrganisationKind.ICB


async def review(role, reviewing, allowed=READS_AUDIT, purpose=Purpose.HSYSADMIN):
    asks = principal(role=role, organisation_kind=OFFICE, purposes=frozenset({purpose}))
    policies = Policies(allowed, (role, OFFICE, Purpose.HSYSADMIN))
    return await Parts(policies).access.review_permit(asks, purpose, reviewing)


@pytest.mark.parametrize(
    ("role", "settles"),
    [("ig_privacy_officer", True), ("caldicott_guardian", True), ("system_auditor", False)],
)
async def test_who_reads_the_audit_sees_the_queue_and_only_some_settle_what_is_in_it(role, settles):
    look, settle = await review(role, Reviewing.LOOK), await review(role, Reviewing.SETTLE)

    assert isinstance(look, ReviewPermit)
    assert (look.reviewing, look.policy_version) == (Reviewing.LOOK, VERSION)
    assert look.expires_at == NOW + PERMIT_LASTS
    assert isinstance(settle, ReviewPermit) is settles


@pytest.mark.parametrize("reviewing", Reviewing)
async def test_a_role_that_reads_no_audit_sees_no_queue(reviewing):
    refusal = await review("ig_privacy_officer", reviewing, seen({}, frozenset()))

    assert isinstance(refusal, Refusal)
    assert refusal.reason is RefusalReason.NOT_FOR_ROLE


async def test_a_queue_is_not_looked_at_for_care():
    refusal = await review("ig_privacy_officer", Reviewing.LOOK, purpose=Purpose.TREAT)

    assert refusal.reason is RefusalReason.PURPOSE_NOT_ALLOWED


async def test_holds_are_found_by_the_keyed_number(store, log):
    registry = StoredRegistry(store, KEY, clock)
    hold = IdentityHold(patient_key(KEY, NUMBER), "gp", "demographics-differ", NOW)
    async with log.recorded(SIGNED_OUT) as session:
        await session.do(hold_identity, hold)

    assert await registry.holds(NUMBER) == (hold,)
    assert await registry.holds(OLD_NUMBER) == ()


@pytest.mark.parametrize(
    ("reviewing", "concerned", "expected"),
    [
        (Reviewing.SETTLE, "u1", True),
        (Reviewing.SETTLE, "u2", False),
        (Reviewing.SETTLE, None, False),
        (Reviewing.LOOK, "u1", False),
    ],
)
async def test_nobody_settles_what_is_about_themselves(reviewing, concerned, expected):
    permit = await review("ig_privacy_officer", reviewing)

    assert is_ones_own(permit, concerned) is expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("ig_privacy_officer", True),
        ("caldicott_guardian", True),
        ("system_auditor", False),
        ("gp", False),
    ],
)
def test_whose_record_it_is_is_told_to_those_who_settle_it(role, expected):
    assert may_know_whose(role) is expected
