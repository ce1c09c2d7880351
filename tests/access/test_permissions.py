"""Permission to view: asked for where an organisation says so, in direct care alone, and what each answer opens."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest

from adapters.contract import AddressUse, ContactProbe, Outcome, TraceOutcome
from fhir_profiles.vocabulary import Category
from gateway.access.decision import Question
from gateway.access.permission_answers import AnswerPermit, PermissionAnswers
from gateway.access.permissions import EVERY_ROLE, PERMISSION_LASTS, NobodyAsks, StoredPermissions
from gateway.access.permit import Offer, Permit, Refusal, RefusalReason
from gateway.access.registry import StoredRegistry
from gateway.errors import UnavailableError
from gateway.store.view_permissions import ViewPermission, keep_permission
from gateway.store.words import PermissionAnswer
from rbac.types import Act, Level, Levels, Purpose
from tests.access.parts import Against, Broken, Parts, Probed, Registry, Row, grant, pds
from tests.access.test_claims import Rows
from tests.patient.factories import NOW, NUMBER, OTHER_NUMBER, PATIENT_ID, levels, person, principal
from tests.store_factories import SIGNED_OUT

YES, UNABLE, NO = PermissionAnswer
SESSION = "5" * 64
WHO = principal(organisation="RRV", session=SESSION)
RELATED = Registry({NUMBER: (Row(),)})
RESTRICTED = person(address_use=AddressUse.RESTRICTED)
EMERGENCY = Levels(levels().view, frozenset({(Act.BREAK_GLASS, Category.ALERTS)}))
REQUIRED = RefusalReason.PERMISSION_TO_VIEW_REQUIRED
SAID_NO = RefusalReason.PERMISSION_REFUSED


@dataclass
class Answers:
    """Everybody must ask; `rows` is what they recorded, or how reading it fails."""

    rows: object = ()
    asks: bool = True

    def must_ask(self, _principal):
        return self.asks

    async def of_session(self, _principal):
        if isinstance(self.rows, Exception):
            raise self.rows
        return self.rows

    def key_of(self, patient):
        return patient.digits.ljust(64, "k")


def row(answer=YES, number=NUMBER, **changes):
    made = ViewPermission(
        id=UUID(int=1),
        decision_id=UUID(int=2),
        patient_key=Answers().key_of(number),
        user_id=WHO.user_id,
        session=SESSION,
        answer=answer,
        recorded_at=NOW,
    )
    return replace(made, **changes)


def access_of(answers, **changes):
    parts = Parts(**{"policies": Rows(), "registry": RELATED, **changes})
    return replace(parts.access, permissions=answers)


async def decide(answers, purpose=Purpose.TREAT, who=WHO, **changes):
    question = Question(who, purpose, NUMBER, PATIENT_ID)
    return await access_of(answers, **changes).decide(question)


async def may_answer(answers, purpose=Purpose.TREAT, **changes):
    question = Question(WHO, purpose, NUMBER, PATIENT_ID)
    return await PermissionAnswers(access_of(answers, **changes)).permit(question)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ((), REQUIRED),
        ((row(YES),), None),
        ((row(UNABLE),), None),
        ((row(NO),), SAID_NO),
        ((row(YES), row(NO)), SAID_NO),
        ((row(NO), row(YES)), SAID_NO),
        ((row(YES, OTHER_NUMBER),), REQUIRED),
        ((row(NO, OTHER_NUMBER),), REQUIRED),
        ((row(session="6" * 64),), REQUIRED),
        ((row(user_id="u2"),), REQUIRED),
        ((row(recorded_at=NOW - PERMISSION_LASTS),), REQUIRED),
        ((row(recorded_at=NOW - PERMISSION_LASTS + timedelta(seconds=1)),), None),
        ((row(recorded_at=NOW + timedelta(seconds=1)),), REQUIRED),
        ((row(NO, recorded_at=NOW + timedelta(seconds=1)), row(YES)), SAID_NO),
        ((row(NO, recorded_at=NOW - PERMISSION_LASTS), row(YES)), None),
    ],
)
async def test_an_answer_opens_a_record_to_this_user_in_this_session_for_a_time(rows, reason):
    decision = await decide(Answers(rows))

    assert (decision.reason if isinstance(decision, Refusal) else None) is reason


async def test_an_answer_lasts_for_a_shift():
    assert timedelta(hours=8) == PERMISSION_LASTS


async def test_a_token_without_a_session_has_no_answer():
    decision = await decide(Answers((row(session=""),)), who=replace(WHO, session=""))

    assert decision.reason is REQUIRED


@pytest.mark.parametrize("answer", [YES, NO])
async def test_what_was_answered_under_another_number_of_theirs_was_answered_by_them(answer):
    merged = person(superseded=(OTHER_NUMBER,))
    found = {"pds": pds(TraceOutcome.FOUND, merged)}

    decision = await decide(Answers((row(answer, OTHER_NUMBER),)), **found)

    assert isinstance(decision, Permit) is (answer is YES)


async def test_nobody_is_asked_where_the_organisation_does_not_say_so():
    assert isinstance(await decide(Answers(asks=False)), Permit)
    assert isinstance(await decide(NobodyAsks()), Permit)
    assert (await NobodyAsks().of_session(WHO), NobodyAsks().key_of(NUMBER)) == ((), "")


async def test_nobody_is_asked_in_an_emergency_and_a_no_does_not_stand_against_one():
    who = replace(WHO, purposes=frozenset({Purpose.TREAT, Purpose.ETREAT}))

    decision = await decide(
        Answers((row(NO),)),
        Purpose.ETREAT,
        who,
        policies=Rows(EMERGENCY),
        broken=Broken((grant(who),)),
    )

    assert isinstance(decision, Permit)


@pytest.mark.parametrize(
    ("rows", "emergency", "offers"),
    [
        ((), True, {Offer.RECORD_PERMISSION, Offer.BREAK_GLASS}),
        ((), False, {Offer.RECORD_PERMISSION}),
        ((row(NO),), True, {Offer.BREAK_GLASS}),
        ((row(NO),), False, set()),
    ],
)
async def test_a_refusal_offers_to_ask_and_after_a_no_an_emergency_alone(rows, emergency, offers):
    who = replace(WHO, purposes=frozenset({Purpose.TREAT, Purpose.ETREAT}))
    policies = Rows() if emergency else Rows(None)

    decision = await decide(Answers(rows), who=who, policies=policies)

    assert decision.offers == offers


@pytest.mark.parametrize(
    ("changes", "reason", "looks_like_not_found"),
    [
        ({"pds": pds(TraceOutcome.NOT_FOUND)}, RefusalReason.UNKNOWN_PERSON, True),
        (
            {"pds": pds(TraceOutcome.FOUND, RESTRICTED), "registry": Registry()},
            RefusalReason.NO_RELATIONSHIP,
            True,
        ),
        ({"registry": Registry()}, RefusalReason.NO_RELATIONSHIP, False),
        (
            {"registry": Registry({NUMBER: (Row(),)}, against={NUMBER: (Against("*"),)})},
            RefusalReason.SHARING_RESTRICTED,
            False,
        ),
        ({"policies": Rows(direct=levels(Level.NONE))}, RefusalReason.NO_PATIENT_ACCESS, False),
        (
            {"registry": Registry(), "contacts": Probed(ContactProbe(Outcome.FAILED))},
            RefusalReason.CHECK_FAILED,
            False,
        ),
    ],
)
@pytest.mark.parametrize("ask", [decide, may_answer], ids=["view", "answer"])
async def test_whose_record_stays_closed_all_the_same_is_not_asked_about(
    ask, changes, reason, looks_like_not_found
):
    decision = await ask(Answers(), **changes)

    assert (decision.reason, decision.looks_like_not_found) == (reason, looks_like_not_found)
    assert Offer.RECORD_PERMISSION not in decision.offers


@pytest.mark.parametrize("rows", [UnavailableError("down"), OSError("down"), None, (None,), True])
@pytest.mark.parametrize("ask", [decide, may_answer], ids=["view", "answer"])
async def test_nothing_opens_while_it_cannot_be_read_what_they_answered(ask, rows):
    decision = await ask(Answers(rows))

    assert decision.reason is RefusalReason.CHECK_FAILED


@pytest.mark.parametrize("rows", [(), (row(YES),)])
async def test_an_answer_may_be_recorded_where_it_is_asked_for(rows):
    permit = await may_answer(Answers(rows))

    assert isinstance(permit, AnswerPermit)
    assert (permit.recorded_at, permit.ends_at) == (NOW, NOW + PERMISSION_LASTS)


async def test_after_a_no_no_other_answer_is_recorded():
    assert (await may_answer(Answers((row(NO),)))).reason is SAID_NO


@pytest.mark.parametrize("found", [TraceOutcome.FOUND, TraceOutcome.NOT_FOUND])
async def test_no_answer_is_recorded_where_none_is_asked_for_whoever_it_is_about(found):
    people = pds(found, person())

    decision = await may_answer(Answers(asks=False), pds=people)

    assert decision.reason is RefusalReason.PERMISSION_NOT_ASKED_FOR
    assert people.asked == []


async def test_no_answer_is_recorded_by_a_role_without_rows_for_direct_care():
    policies = Rows()
    policies.by_key.clear()

    decision = await may_answer(Answers(), policies=policies)

    assert decision.reason is RefusalReason.PURPOSE_NOT_ALLOWED


async def test_an_emergency_records_no_answer():
    who = replace(WHO, purposes=frozenset({Purpose.TREAT, Purpose.ETREAT}))
    access = access_of(
        Answers(),
        policies=Rows(EMERGENCY),
        broken=Broken((grant(who),)),
    )

    question = Question(who, Purpose.ETREAT, NUMBER, PATIENT_ID)
    decision = await PermissionAnswers(access).permit(question)

    assert decision.reason is RefusalReason.PURPOSE_NOT_ALLOWED


@pytest.mark.parametrize(
    ("roles", "asked"),
    [((), False), (("gp",), True), (("paramedic",), False), ((EVERY_ROLE,), True)],
)
async def test_an_organisation_says_which_roles_ask(store, roles, asked):
    stored = StoredPermissions(registry_of(store), {"RRV": roles, "F84004": (EVERY_ROLE,)})

    assert stored.must_ask(WHO) is asked
    assert stored.must_ask(replace(WHO, organisation="OTHER")) is False


async def test_stored_answers_are_those_of_the_session(store, log):
    stored = StoredPermissions(registry_of(store), {})
    kept = row(patient_key=stored.key_of(NUMBER))
    async with log.recorded(SIGNED_OUT) as session:
        await session.do(keep_permission, kept)

    assert await stored.of_session(WHO) == (kept,)
    assert await stored.of_session(replace(WHO, session="6" * 64)) == ()


def registry_of(store):
    return StoredRegistry(store, b"k" * 64, lambda: NOW)
