"""Who may break the glass about whom: role, person, objection, and what the second step needs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.contract import AddressUse, ContactProbe, Outcome, TraceOutcome
from fhir_profiles.vocabulary import Category
from gateway.access.break_glass import BreakGlass, BreakGlassPermit
from gateway.access.decision import Question
from gateway.access.grants import GRANT_LASTS
from gateway.access.permit import Permit, Refusal, RefusalReason
from gateway.app_context import AppContext
from gateway.errors import UnavailableError
from rbac.types import Act, Level, Levels, OrganisationKind, Purpose
from tests.access.parts import Against, Broken, Parts, Policies, Probed, Registry, Row, grant, pds
from tests.patient.factories import NOW, NUMBER, PATIENT_ID, levels, person, principal

CARE = frozenset({Purpose.TREAT, Purpose.ETREAT})
WHO = principal(organisation="RRV", purposes=CARE, session="5" * 64)
RESTRICTED = person(address_use=AddressUse.RESTRICTED)
SILENT = Probed(ContactProbe(Outcome.TIMED_OUT))
EVERYTHING, NO_EXCEPTIONS = Against("*", "break-glass"), Against("*", "none")


def launched(patient, letters):
    """The same clinician behind an application that was launched for one person."""
    return replace(WHO, app=AppContext("an-app", f"patient/*.{letters}", patient))


def allowed(act=Act.BREAK_GLASS):
    return Levels(levels(Level.NONE, alerts=Level.ALL).view, frozenset({(act, Category.ALERTS)}))


def scope(step=Purpose.ETREAT):
    return ("gp", OrganisationKind.GENERAL_PRACTICE, step)


def parts(step=Purpose.ETREAT, act=Act.BREAK_GLASS, **changes):
    return Parts(Policies(allowed(act), scope(step)), **changes)


async def asked(given, step=Purpose.ETREAT, who=WHO):
    return await BreakGlass(given.access).permit(Question(who, step, NUMBER, PATIENT_ID))


def refused(decision):
    assert isinstance(decision, Refusal)
    return decision.reason


async def test_a_clinician_may_about_a_stranger_for_an_hour():
    permit = await asked(parts())

    assert isinstance(permit, BreakGlassPermit)
    assert (permit.relationship, permit.first_step) == (None, None)
    assert permit.opens == {Category.ALERTS}
    assert (permit.granted_at, permit.ends_at) == (NOW, NOW + GRANT_LASTS)


async def test_a_relationship_is_named_where_there_is_one():
    permit = await asked(parts(registry=Registry({NUMBER: (Row(),)})))

    assert permit.relationship == "referral"


@pytest.mark.parametrize(
    ("given", "step", "who", "reason"),
    [
        (parts(act=Act.SEARCH), Purpose.ETREAT, WHO, RefusalReason.NOT_FOR_ROLE),
        (parts(Purpose.BTG), Purpose.ETREAT, WHO, RefusalReason.PURPOSE_NOT_ALLOWED),
        (parts(Purpose.TREAT), Purpose.TREAT, WHO, RefusalReason.PURPOSE_NOT_ALLOWED),
        (parts(), None, WHO, RefusalReason.PURPOSE_NOT_ALLOWED),
        (parts(), Purpose.ETREAT, principal(), RefusalReason.PURPOSE_NOT_ALLOWED),
        (parts(), Purpose.ETREAT, launched(PATIENT_ID, "r"), RefusalReason.OUT_OF_SCOPE),
        (parts(), Purpose.ETREAT, launched("another", "rs"), RefusalReason.NOT_THE_LAUNCHED),
    ],
)
async def test_who_is_not_entitled_is_refused_before_anything_is_read(given, step, who, reason):
    assert refused(await asked(given, step, who)) is reason
    assert (given.pds.asked, given.registry.asked) == ([], [])


async def test_the_second_step_goes_on_from_the_first_and_ends_with_it():
    first = grant(WHO, ends_at=NOW + timedelta(minutes=7))

    permit = await asked(parts(Purpose.BTG, broken=Broken((first,))), Purpose.BTG)

    assert (permit.first_step, permit.ends_at) == (first, first.ends_at)


async def test_the_second_step_is_refused_before_anything_is_read_without_the_first():
    given = parts(Purpose.BTG)

    assert refused(await asked(given, Purpose.BTG)) is RefusalReason.BREAK_GLASS_REQUIRED
    assert (given.pds.asked, given.registry.asked) == ([], [])


@pytest.mark.parametrize(
    ("changes", "reason", "looks_like_not_found"),
    [
        ({"pds": pds(TraceOutcome.NOT_FOUND)}, RefusalReason.UNKNOWN_PERSON, True),
        ({"pds": pds(TraceOutcome.UNAVAILABLE)}, RefusalReason.CHECK_FAILED, False),
        ({"pds": pds(TraceOutcome.FOUND, RESTRICTED)}, RefusalReason.NO_RELATIONSHIP, True),
        (
            {"pds": pds(TraceOutcome.FOUND, RESTRICTED), "contacts": SILENT},
            RefusalReason.CHECK_FAILED,
            False,
        ),
        (
            {"pds": pds(TraceOutcome.NOT_FOUND), "contacts": SILENT},
            RefusalReason.CHECK_FAILED,
            False,
        ),
        (
            {"registry": Registry(against={NUMBER: (NO_EXCEPTIONS,)})},
            RefusalReason.SHARING_RESTRICTED,
            False,
        ),
    ],
)
async def test_what_no_emergency_opens(changes, reason, looks_like_not_found):
    decision = await asked(parts(**changes))

    assert refused(decision) is reason
    assert decision.looks_like_not_found is looks_like_not_found


async def test_a_silent_probe_keeps_nobody_from_an_emergency():
    assert isinstance(await asked(parts(contacts=SILENT)), BreakGlassPermit)


async def test_an_objection_with_an_exception_is_opened():
    given = parts(registry=Registry(against={NUMBER: (EVERYTHING,)}))

    assert isinstance(await asked(given), BreakGlassPermit)


async def test_a_restricted_person_whom_one_cares_for_is_opened():
    given = parts(pds=pds(TraceOutcome.FOUND, RESTRICTED), registry=Registry({NUMBER: (Row(),)}))

    assert isinstance(await asked(given), BreakGlassPermit)


async def test_steps_are_what_policy_and_token_give():
    both = {Purpose.ETREAT, Purpose.BTG}

    found = [await BreakGlass(parts(step).access).steps(WHO) for step in sorted(both)]

    assert found == [{step} for step in sorted(both)]
    assert await BreakGlass(parts().access).steps(principal()) == set()


async def test_without_a_policy_nothing_is_decided():
    given = parts()
    given.policies = Policies(scope=())
    given.policies.active = lambda: None

    with pytest.raises(UnavailableError):
        await BreakGlass(given.access).steps(WHO)


# What a broken glass then opens


async def read(given, step=Purpose.ETREAT, who=WHO):
    return await given.access.decide(Question(who, step, NUMBER, PATIENT_ID))


def open_parts(**changes):
    return parts(broken=Broken((grant(WHO),)), **changes)


async def test_a_stranger_is_read_under_a_grant_as_by_ones_own_claim():
    permit = await read(open_parts())

    assert isinstance(permit, Permit)
    assert (permit.relationship, permit.grant) == ("self_claimed", grant(WHO).id)
    assert (permit.purpose, permit.levels) == (Purpose.ETREAT, allowed())


@pytest.mark.parametrize("broken", [Broken(), Broken((grant(WHO, "other"),))])
async def test_without_a_grant_nothing_is_read(broken):
    given = parts(broken=broken)

    assert refused(await read(given)) is RefusalReason.BREAK_GLASS_REQUIRED
    assert (given.pds.asked, given.registry.asked) == ([], [])


async def test_rows_that_are_no_grants_refuse():
    assert refused(await read(parts(broken=Broken(("a grant",))))) is RefusalReason.CHECK_FAILED


@pytest.mark.parametrize(
    ("against", "objected"),
    [
        ((EVERYTHING,), frozenset()),
        ((Against("gp", "break-glass"), Against("hospital", "none")), {"hospital"}),
        ((Against("gp", "a word of tomorrow"),), {"gp"}),
    ],
)
async def test_an_emergency_opens_the_objections_that_say_so(against, objected):
    permit = await read(open_parts(registry=Registry(against={NUMBER: against})))

    assert permit.objected_sources == objected


async def test_a_restricted_person_stays_nobody_to_a_stranger_with_a_grant():
    decision = await read(open_parts(pds=pds(TraceOutcome.FOUND, RESTRICTED)))

    assert (refused(decision), decision.looks_like_not_found) == (
        RefusalReason.NO_RELATIONSHIP,
        True,
    )
