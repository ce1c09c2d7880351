import pytest

from adapters.contract import AddressUse, Contact, ContactProbe, Outcome, TraceOutcome
from fhir_profiles.vocabulary import Category
from gateway.access.decision import PERMIT_LASTS
from gateway.access.permit import FindPermit, Permit, Refusal, RefusalReason
from gateway.errors import UnavailableError
from rbac.types import Act, Level, Purpose
from tests.access.parts import VERSION, Against, Parts, Policies, Probed, Registry, Row, pds, seen
from tests.patient.factories import (
    NOW,
    NUMBER,
    OLD_NUMBER,
    OTHER_NUMBER,
    PATIENT_ID,
    levels,
    person,
    principal,
)

HOSPITAL = {"organisation": "RRV"}
OPEN = ContactProbe(Outcome.DATA, (Contact("in-progress", NOW, None),))
RESTRICTED = person(address_use=AddressUse.RESTRICTED)


def refused(decision):
    assert isinstance(decision, Refusal)
    return decision.reason


async def test_a_practice_sees_its_own_patient():
    permit = await Parts().decide()

    assert isinstance(permit, Permit)
    assert (permit.relationship, permit.policy_version) == ("registered-gp", VERSION)
    assert (permit.patient, permit.patient_id, permit.person) == (NUMBER, PATIENT_ID, person())
    assert (permit.principal, permit.purpose) == (principal(), Purpose.TREAT)
    assert (permit.levels, permit.expires_at) == (levels(), NOW + PERMIT_LASTS)
    assert (permit.objected_sources, permit.hides_whereabouts) == (frozenset(), False)


async def test_a_hospital_sees_whom_it_is_treating():
    permit = await Parts(contacts=Probed(OPEN)).decide(**HOSPITAL)

    assert permit.relationship == "contact"


async def test_a_recorded_relationship_is_enough():
    permit = await Parts(registry=Registry({NUMBER: (Row(),)})).decide(**HOSPITAL)

    assert permit.relationship == "referral"


async def test_nobody_sees_a_person_they_have_nothing_to_do_with():
    decision = await Parts().decide(**HOSPITAL)

    assert refused(decision) is RefusalReason.NO_RELATIONSHIP
    assert (decision.patient_id, decision.looks_like_not_found) == (PATIENT_ID, False)
    assert decision.policy_version == VERSION


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - {Purpose.TREAT}))
async def test_a_purpose_that_the_token_does_not_hold_is_refused_before_anything_is_read(purpose):
    parts = Parts()

    assert refused(await parts.decide(purpose)) is RefusalReason.PURPOSE_NOT_ALLOWED
    assert refused(await parts.find(purpose)) is RefusalReason.PURPOSE_NOT_ALLOWED
    assert (parts.pds.asked, parts.registry.asked) == ([], [])


@pytest.mark.parametrize("purpose", [Purpose.ETREAT, Purpose.BTG])
async def test_an_emergency_needs_break_glass(purpose):
    asks = {"purposes": frozenset({Purpose.ETREAT})}
    scope = ("gp", principal().organisation_kind, purpose)
    parts = Parts(Policies(seen(acts={(Act.BREAK_GLASS, Category.ALERTS)}), scope))

    assert refused(await parts.decide(purpose, **asks)) is RefusalReason.BREAK_GLASS_REQUIRED
    assert refused(await parts.find(purpose, **asks)) is RefusalReason.BREAK_GLASS_REQUIRED
    assert (parts.pds.asked, parts.registry.asked) == ([], [])


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - {Purpose.ETREAT, Purpose.BTG}))
async def test_a_purpose_that_the_policy_does_not_know_for_the_role_is_refused(purpose):
    asks = {"purposes": frozenset({purpose}), "role": "other"}

    assert refused(await Parts().decide(purpose, **asks)) is RefusalReason.PURPOSE_NOT_ALLOWED
    assert refused(await Parts().find(purpose, **asks)) is RefusalReason.PURPOSE_NOT_ALLOWED


async def test_a_role_that_sees_nothing_is_refused_before_anything_is_read():
    parts = Parts(Policies(levels(Level.NONE)))

    assert refused(await parts.decide()) is RefusalReason.NO_PATIENT_ACCESS
    assert parts.pds.asked == []


async def test_a_role_that_sees_one_thing_is_not():
    assert isinstance(await Parts(Policies(levels(Level.NONE, alerts=Level.MASK))).decide(), Permit)


@pytest.mark.parametrize(
    ("found", "reason", "looks_like_not_found"),
    [
        (pds(TraceOutcome.NOT_FOUND), RefusalReason.UNKNOWN_PERSON, True),
        (pds(TraceOutcome.UNAVAILABLE), RefusalReason.CHECK_FAILED, False),
        (pds(TraceOutcome.TOO_MANY), RefusalReason.CHECK_FAILED, False),
        (pds(TraceOutcome.FOUND), RefusalReason.CHECK_FAILED, False),
        (pds(TraceOutcome.FOUND, person(), person()), RefusalReason.CHECK_FAILED, False),
    ],
)
async def test_without_one_person_in_pds_there_is_no_permit(found, reason, looks_like_not_found):
    decision = await Parts(pds=found).decide()

    assert refused(decision) is reason
    assert (decision.looks_like_not_found, decision.patient_id) == (
        looks_like_not_found,
        PATIENT_ID,
    )


async def test_a_restricted_person_looks_like_nobody_to_those_not_entitled():
    asks = {**HOSPITAL}
    restricted = await Parts(pds=pds(TraceOutcome.FOUND, RESTRICTED)).decide(**asks)
    nobody = await Parts(pds=pds(TraceOutcome.NOT_FOUND)).decide(**asks)

    assert restricted.looks_like_not_found
    assert nobody.looks_like_not_found


@pytest.mark.parametrize(
    "found", [pds(TraceOutcome.FOUND, RESTRICTED), pds(TraceOutcome.NOT_FOUND)]
)
async def test_a_restricted_person_looks_like_nobody_while_the_probe_is_silent(found):
    silent = Probed(ContactProbe(Outcome.TIMED_OUT))

    decision = await Parts(pds=found, contacts=silent).decide(**HOSPITAL)

    assert (refused(decision), decision.looks_like_not_found) == (RefusalReason.CHECK_FAILED, False)


async def test_a_restricted_person_is_seen_by_those_entitled_without_whereabouts():
    permit = await Parts(pds=pds(TraceOutcome.FOUND, RESTRICTED)).decide()

    assert permit.hides_whereabouts


@pytest.mark.parametrize("outcome", sorted(Outcome))
async def test_a_silent_probe_is_no_proof_that_there_is_no_relationship(outcome):
    decision = await Parts(contacts=Probed(ContactProbe(outcome))).decide(**HOSPITAL)

    told = {Outcome.DATA, Outcome.EMPTY, Outcome.NOT_ASKED}
    assert refused(decision) is (
        RefusalReason.NO_RELATIONSHIP if outcome in told else RefusalReason.CHECK_FAILED
    )


async def test_a_silent_probe_takes_nothing_from_another_relationship():
    parts = Parts(
        registry=Registry({NUMBER: (Row(),)}), contacts=Probed(ContactProbe(Outcome.FAILED))
    )

    assert isinstance(await parts.decide(**HOSPITAL), Permit)


async def test_only_the_callers_own_source_is_probed():
    parts = Parts()
    await parts.decide()
    assert parts.contacts.asked == []

    await parts.decide(**HOSPITAL)
    assert parts.contacts.asked == [NUMBER]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [(("gp",), {"gp"}), (("gp", "hospital"), {"gp", "hospital"})],
)
async def test_a_source_that_the_person_objects_to_is_named_on_the_permit(sources, expected):
    against = tuple(map(Against, sources))

    permit = await Parts(registry=Registry(against={NUMBER: against})).decide()

    assert permit.objected_sources == expected


async def test_an_objection_to_the_shared_record_refuses_every_view():
    against = {NUMBER: (Against("gp"), Against("*"))}

    decision = await Parts(registry=Registry(against=against)).decide()

    assert refused(decision) is RefusalReason.SHARING_RESTRICTED
    assert not decision.looks_like_not_found


async def test_an_objection_is_not_told_to_those_without_a_relationship():
    parts = Parts(registry=Registry(against={NUMBER: (Against("*"),)}))

    assert refused(await parts.decide(**HOSPITAL)) is RefusalReason.NO_RELATIONSHIP


MERGED = person(superseded=(OLD_NUMBER, OTHER_NUMBER))


@pytest.mark.parametrize("asked_under", [NUMBER, OLD_NUMBER, OTHER_NUMBER])
@pytest.mark.parametrize("recorded_under", [NUMBER, OLD_NUMBER, OTHER_NUMBER])
async def test_an_objection_holds_under_every_number_of_the_person(recorded_under, asked_under):
    registry = Registry(against={recorded_under: (Against("*"),)})
    parts = Parts(registry=registry, pds=pds(TraceOutcome.FOUND, MERGED))

    decision = await parts.decide(number=asked_under)

    assert refused(decision) is RefusalReason.SHARING_RESTRICTED
    assert len(set(registry.asked)) == len(registry.asked) == 9


@pytest.mark.parametrize("recorded_under", [NUMBER, OLD_NUMBER, OTHER_NUMBER])
async def test_a_relationship_holds_under_every_number_of_the_person(recorded_under):
    registry = Registry({recorded_under: (Row(),)})
    parts = Parts(registry=registry, pds=pds(TraceOutcome.FOUND, MERGED))

    assert isinstance(await parts.decide(number=OLD_NUMBER, **HOSPITAL), Permit)


async def test_all_parts_are_read_whatever_the_others_say():
    parts = Parts(pds=pds(TraceOutcome.NOT_FOUND))

    await parts.decide(**HOSPITAL)

    recorded = ("relationships", "objections", "holds")
    assert parts.registry.asked == [(each, NUMBER) for each in recorded]
    assert (parts.contacts.asked, parts.pds.asked) == ([NUMBER], [NUMBER])


async def test_a_caller_who_may_search_gets_a_permit_to_find():
    permit = await Parts().find()

    assert isinstance(permit, FindPermit)
    assert (permit.principal, permit.purpose) == (principal(), Purpose.TREAT)
    assert (permit.policy_version, permit.expires_at) == (VERSION, NOW + PERMIT_LASTS)


@pytest.mark.parametrize(
    "allowed",
    [
        levels(Level.NONE),
        seen(acts=frozenset()),
        seen(acts=frozenset((Act.VIEW, category) for _act, category in levels().acts)),
        seen(acts=levels().acts - {(Act.SEARCH, Category.DEMOGRAPHICS)}),
        levels(demographics=Level.NONE),
    ],
)
async def test_a_role_that_sees_nobody_or_may_not_search_finds_nobody(allowed):
    assert refused(await Parts(Policies(allowed)).find()) is RefusalReason.NO_PATIENT_ACCESS


async def test_finding_reads_nothing_about_anybody():
    parts = Parts()
    await parts.find()

    assert (parts.pds.asked, parts.registry.asked, parts.contacts.asked) == ([], [], [])


@pytest.mark.parametrize(
    "broken",
    [
        {"registry": Registry({NUMBER: [Row()]})},
        {"registry": Registry({NUMBER: (None,)})},
        {"registry": Registry(against={NUMBER: True})},
        {"contacts": Probed(None)},
        {"contacts": Probed(True)},
    ],
)
async def test_a_part_that_gives_something_else_is_a_failed_check(broken):
    decision = await Parts(**broken).decide(**HOSPITAL)

    assert refused(decision) is RefusalReason.CHECK_FAILED


async def test_an_address_use_that_is_not_clear_counts_as_restricted():
    unclear = person(address_use="maybe")

    assert (await Parts(pds=pds(TraceOutcome.FOUND, unclear)).decide()).hides_whereabouts


class NoPolicy:
    async def active(self):
        return None


@pytest.mark.parametrize("policies", [NoPolicy(), Policies(True), Policies(())])
async def test_without_a_usable_policy_nothing_is_decided(policies):
    with pytest.raises(UnavailableError):
        await Parts(policies).decide()
    with pytest.raises(UnavailableError):
        await Parts(policies).find()
