"""A refusal names its decision, the policy that it was made under and, once they were looked at, the person."""

from dataclasses import replace
from uuid import UUID

import pytest

from adapters.contract import AddressUse, ContactProbe, Outcome, TraceOutcome
from gateway.access.asking import who_of
from gateway.access.break_glass import BreakGlass
from gateway.access.claims import SelfClaims
from gateway.access.decision import Question
from gateway.access.permit import Reviewing
from gateway.app_context import AppContext
from gateway.audit.acts import Who
from rbac.canonical import length_prefixed
from rbac.decide import CompiledPolicy
from rbac.types import Act, OrganisationKind, Purpose
from tests.access.parts import (
    SCOPE,
    VERSION,
    Broken,
    Parts,
    Policies,
    Probed,
    Registry,
    Suspended,
    grant,
    pds,
    seen,
)
from tests.access.test_break_glass import NO_EXCEPTIONS, WHO, scope
from tests.patient.factories import NUMBER, PATIENT_ID, person, principal

DECISION = UUID(int=7)
NOBODY = pds(TraceOutcome.NOT_FOUND)
SILENT = Probed(ContactProbe(Outcome.TIMED_OUT))
RESTRICTED = pds(TraceOutcome.FOUND, person(address_use=AddressUse.RESTRICTED, practice=None))
STRANGER = pds(TraceOutcome.FOUND, person(practice=None))
OBJECTS = Registry(against={NUMBER: (NO_EXCEPTIONS,)})
NO_RECORDS = AppContext("an-app", "user/Patient.c")
BREAKS = seen(acts=frozenset((Act.BREAK_GLASS, each) for each, _label in seen().view))


class ForEveryPurpose(Policies):
    """Levels for one role, whatever the purpose."""

    async def active(self):
        role, kind, _purpose = self.scope
        keys = {length_prefixed((role, kind, each)): self.levels for each in Purpose}
        return CompiledPolicy(VERSION, {}, 0, keys)


def emergency(**changes):
    return Parts(ForEveryPurpose(BREAKS), **changes)


def asks(purpose, who):
    return Question(who, purpose, NUMBER, PATIENT_ID)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        (emergency(pds=NOBODY), "unknown-person"),
        (emergency(pds=STRANGER), "no-relationship"),
        (emergency(pds=RESTRICTED), "no-relationship"),
        (emergency(registry=OBJECTS), "sharing-restricted"),
        (emergency(pds=STRANGER, contacts=SILENT), "check-failed"),
        (emergency(pds=pds(TraceOutcome.UNAVAILABLE)), "check-failed"),
    ],
)
async def test_a_view_that_is_refused_names_the_person(parts, reason):
    who = principal(organisation="RRV") if parts.contacts is SILENT else principal()
    decision = await parts.access.decide(asks(Purpose.TREAT, who))

    assert told(decision) == (DECISION, reason, VERSION, PATIENT_ID)


def told(decision):
    return (
        decision.decision_id,
        decision.reason.value,
        decision.policy_version,
        decision.patient_id,
    )


async def test_an_emergency_without_broken_glass_names_the_person():
    decision = await emergency().access.decide(asks(Purpose.ETREAT, WHO))

    assert told(decision) == (DECISION, "break-glass-required", VERSION, PATIENT_ID)


@pytest.mark.parametrize(
    ("parts", "changes", "reason"),
    [
        (emergency(pds=NOBODY), {}, "unknown-person"),
        (emergency(pds=RESTRICTED), {}, "no-relationship"),
        (emergency(registry=OBJECTS), {}, "sharing-restricted"),
        (emergency(pds=RESTRICTED, contacts=SILENT), {}, "check-failed"),
        (emergency(pds=pds(TraceOutcome.UNAVAILABLE)), {}, "check-failed"),
        (emergency(), {"app": NO_RECORDS}, "out-of-scope"),
        (emergency(), {"step": Purpose.BTG}, "break-glass-required"),
    ],
)
async def test_a_glass_that_is_not_broken_names_the_person(parts, changes, reason):
    of_who = {name: each for name, each in changes.items() if name != "step"}
    question = asks(changes.get("step", Purpose.ETREAT), replace(WHO, **of_who))

    decision = await BreakGlass(parts.access).permit(question)

    assert told(decision) == (DECISION, reason, VERSION, PATIENT_ID)


@pytest.mark.parametrize(
    ("parts", "changes", "reason"),
    [
        (emergency(pds=NOBODY), {}, "unknown-person"),
        (emergency(pds=RESTRICTED), {}, "no-relationship"),
        (emergency(pds=STRANGER, registry=OBJECTS), {}, "sharing-restricted"),
        (emergency(pds=STRANGER, contacts=SILENT), {}, "check-failed"),
        (emergency(pds=pds(TraceOutcome.UNAVAILABLE)), {}, "check-failed"),
        (emergency(pds=STRANGER), {"app": NO_RECORDS}, "out-of-scope"),
    ],
)
async def test_a_claim_that_is_refused_names_the_person(parts, changes, reason):
    question = asks(Purpose.TREAT, replace(WHO, **changes))

    decision = await SelfClaims(parts.access).permit(question)

    assert told(decision) == (DECISION, reason, VERSION, PATIENT_ID)


async def test_a_permit_to_break_the_glass_says_who_about_whom_and_under_what():
    question = asks(Purpose.ETREAT, WHO)

    permit = await BreakGlass(emergency().access).permit(question)

    assert (permit.decision_id, permit.policy_version) == (DECISION, VERSION)
    assert (permit.question, permit.step) == (question, Purpose.ETREAT)
    assert permit.practice == person().practice is not None


async def test_a_permit_to_claim_says_who_about_whom_and_under_what():
    question = asks(Purpose.TREAT, WHO)
    elsewhere = pds(TraceOutcome.FOUND, person(practice="F84012"))

    permit = await SelfClaims(emergency(pds=elsewhere).access).permit(question)

    assert (permit.question, permit.practice) == (question, "F84012")
    assert (permit.ground.decision_id, permit.ground.policy_version) == (DECISION, VERSION)


@pytest.mark.parametrize(
    ("parts", "purpose", "reason"),
    [
        (Parts(staff=Suspended(("u1",))), Purpose.TREAT, "suspended"),
        (Parts(), Purpose.HRESCH, "purpose-not-allowed"),
        (Parts(Policies(scope=scope())), Purpose.TREAT, "purpose-not-allowed"),
        (Parts(Policies(seen({}))), Purpose.TREAT, "no-patient-access"),
    ],
)
async def test_what_is_refused_to_a_role_names_nobody_but_the_decision(parts, purpose, reason):
    decision = await parts.access.decide(asks(purpose, principal()))

    assert told(decision) == (DECISION, reason, VERSION, None)


async def test_a_refusal_without_agreement_names_the_decision_and_the_policy():
    parts = Parts()
    parts.agreements.rows = ()

    decision = await parts.access.decide(asks(Purpose.TREAT, principal()))

    assert told(decision) == (DECISION, "agreement-missing", VERSION, None)


@pytest.mark.parametrize("reviewing", Reviewing)
async def test_a_permit_to_review_says_who_and_what_for(reviewing):
    acts = frozenset((Act.READ_AUDIT, each) for each, _label in seen().view)
    officer = principal(role="ig_privacy_officer", purposes=frozenset({Purpose.HSYSADMIN}))
    of_officer = ("ig_privacy_officer", SCOPE[1], Purpose.HSYSADMIN)
    parts = Parts(Policies(seen({}, acts), of_officer))

    permit = await parts.access.review_permit(officer, Purpose.HSYSADMIN, reviewing)

    assert (permit.decision_id, permit.principal) == (DECISION, officer)
    assert (permit.purpose, permit.reviewing) == (Purpose.HSYSADMIN, reviewing)


async def test_a_permit_to_look_people_up_names_its_decision():
    assert (await Parts().find()).decision_id == DECISION


def test_the_audit_keeps_who_asks_as_they_were():
    who = principal(organisation_kind=OrganisationKind.TRUST, organisation="RRV", role="student")

    assert who_of(who) == Who("u1", "student", "RRV", "trust", "Kim Example", "555021540101")


async def test_each_grant_is_looked_for_by_its_own_session_and_person():
    asked = []

    class Noted(Broken):
        async def of_session(self, who):
            asked.append(who)
            return (grant(WHO, patient_key="n" * 64),)

        def key_of(self, number):
            return "n" * 64 if number == NUMBER else "k" * 64

    permit = await emergency(broken=Noted()).access.decide(asks(Purpose.ETREAT, WHO))

    assert asked == [WHO]
    assert permit.grant == UUID(int=3)
