"""Whose record a token's scopes open, and for what: decided before anything about the person is read."""

from dataclasses import replace

import pytest

from fhir_profiles.vocabulary import Category
from gateway.access.administration import PolicyAccess
from gateway.access.decision import Question
from gateway.access.granting import reaches
from gateway.access.permit import (
    Administering,
    FindPermit,
    Permit,
    Refusal,
    RefusalReason,
    Reviewing,
)
from gateway.access.scopes import EVERYTHING, Interaction, Wanted
from gateway.app_context import AppContext
from rbac.types import Act, OrganisationKind, Purpose
from tests.access.parts import Parts, Policies, seen
from tests.patient.factories import NUMBER, PATIENT_ID, levels, principal

READ_CONDITION = Wanted(Interaction.READ, frozenset({"Condition"}))
SEARCH_CONDITION = Wanted(Interaction.SEARCH, frozenset({"Condition"}))
ANYTHING = Wanted(Interaction.SEARCH)
OUT, OTHER = RefusalReason.OUT_OF_SCOPE, RefusalReason.NOT_THE_LAUNCHED


def app(scope="", patient=None, needs_scopes=False):
    return AppContext("an-app", scope, patient, needs_scopes)


async def decide(context, wanted=ANYTHING, parts=None):
    asks = principal(app=context)
    question = Question(asks, Purpose.TREAT, NUMBER, PATIENT_ID, wanted)
    return await (parts or Parts()).access.decide(question)


@pytest.mark.parametrize(
    ("context", "wanted", "refused"),
    [
        (app(), ANYTHING, None),
        (app("openid profile"), READ_CONDITION, None),
        (app(needs_scopes=True), ANYTHING, OUT),
        (app("openid", needs_scopes=True), READ_CONDITION, OUT),
        (app("openid launch/patient", PATIENT_ID), ANYTHING, OUT),
        (app("", PATIENT_ID), READ_CONDITION, OUT),
        (app("openid", ""), ANYTHING, OUT),
        (app("user/Condition.rs", needs_scopes=True), SEARCH_CONDITION, None),
        (app("user/Condition.rs"), SEARCH_CONDITION, None),
        (app("user/Condition.r"), SEARCH_CONDITION, OUT),
        (app("user/Condition.r"), READ_CONDITION, None),
        (app("user/Condition.s"), READ_CONDITION, OUT),
        (app("user/Condition.s"), ANYTHING, None),
        (app("user/Condition.r"), ANYTHING, OUT),
        (app("user/Observation.rs"), SEARCH_CONDITION, OUT),
        (app("user/Condition.rs?category=x"), SEARCH_CONDITION, OUT),
        (app("user/Condition.cud"), SEARCH_CONDITION, OUT),
        (app("system/*.rs"), SEARCH_CONDITION, OUT),
        (app("system/*.rs", PATIENT_ID), SEARCH_CONDITION, OUT),
        (app("patient/Condition.rs", PATIENT_ID), SEARCH_CONDITION, None),
        (app("patient/Condition.rs", "another"), SEARCH_CONDITION, OTHER),
        (app("patient/Condition.rs", PATIENT_ID.upper()), SEARCH_CONDITION, OTHER),
        (app("patient/Condition.rs"), SEARCH_CONDITION, OUT),
        (app("patient/Observation.rs", "another"), SEARCH_CONDITION, OUT),
        (app("patient/Condition.rs user/Observation.rs", "another"), SEARCH_CONDITION, OTHER),
        (app("patient/Observation.rs user/Condition.rs", "another"), SEARCH_CONDITION, None),
    ],
)
async def test_scopes_open_what_they_name_of_whom_they_name(context, wanted, refused):
    parts = Parts()

    decision = await decide(context, wanted, parts)

    if refused is None:
        assert isinstance(decision, Permit)
    else:
        assert isinstance(decision, Refusal)
        assert (decision.reason, decision.looks_like_not_found) == (refused, False)
        assert (parts.pds.asked, parts.registry.asked, parts.contacts.asked) == ([], [], [])


async def test_a_permit_holds_what_scopes_leave_beside_what_the_policy_gives():
    permit = await decide(app("patient/Condition.rs user/Patient.r", PATIENT_ID))

    assert (permit.granted.read, permit.granted.searched) == (
        {"Condition", "Patient"},
        {"Condition"},
    )
    assert permit.levels == levels()
    in_scope = {category for category, _label in permit.levels_in_scope.view}
    assert Category.PROBLEMS in in_scope
    assert Category.MEDICATIONS not in in_scope


async def test_without_scopes_a_permit_holds_what_the_policy_gives():
    permit = await decide(app())

    assert (permit.granted, permit.levels) == (EVERYTHING, levels())


async def test_scopes_do_not_open_what_the_role_may_not_see():
    decision = await decide(app("user/*.cruds"), parts=Parts(Policies(seen(view={}))))

    assert decision.reason is RefusalReason.NO_PATIENT_ACCESS


@pytest.mark.parametrize(
    ("context", "refused"),
    [
        (app(), None),
        (app(needs_scopes=True), OUT),
        (app("user/Patient.rs"), None),
        (app("user/Patient.r"), OUT),
        (app("user/Condition.rs"), OUT),
        (app("patient/*.rs", PATIENT_ID), OTHER),
        (app("patient/*.rs"), OUT),
        (app("system/Patient.rs"), OUT),
        (app("openid", PATIENT_ID), OUT),
    ],
)
async def test_people_are_looked_up_with_a_users_scope_for_that(context, refused):
    decision = await Parts().find(app=context)

    found = None if isinstance(decision, FindPermit) else decision.reason
    assert found is refused


@pytest.mark.parametrize(("scope", "is_refused"), [("openid", False), ("user/*.cruds", True)])
async def test_a_token_for_records_reviews_nothing(scope, is_refused):
    scope_row = ("ig_privacy_officer", OrganisationKind.ICB, Purpose.HSYSADMIN)
    reads = seen(view={}, acts=frozenset({(Act.READ_AUDIT, Category.DEMOGRAPHICS)}))
    officer = principal(
        app=app(scope),
        role="ig_privacy_officer",
        organisation_kind=OrganisationKind.ICB,
        purposes=frozenset({Purpose.HSYSADMIN}),
    )

    decision = await Parts(Policies(reads, scope_row)).access.review_permit(
        officer, Purpose.HSYSADMIN, Reviewing.LOOK
    )

    assert (getattr(decision, "reason", None) is OUT) is is_refused


class Named:
    async def named(self):
        return ("u1",)


@pytest.mark.parametrize(
    ("context", "is_refused"),
    [
        (app("openid"), False),
        (app("patient/*.rs"), True),
        (app("openid", PATIENT_ID), True),
        (AppContext("own", "user/*.rs", is_own=True), False),
    ],
)
async def test_an_applications_token_for_records_changes_no_policy(context, is_refused):
    edits = seen(view={}, acts=frozenset({(Act.EDIT_POLICY, Category.DEMOGRAPHICS)}))
    parts = Parts(Policies(edits))
    access = PolicyAccess(parts.policies, Named(), parts.access.new_id, parts.staff)
    asks = replace(principal(), app=context)

    decision = await access.permit(asks, Purpose.TREAT, Administering.PROPOSE)

    assert (getattr(decision, "reason", None) is OUT) is is_refused


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (app(), True),
        (app("user/Condition.s"), True),
        (app("user/Condition.r"), False),
        (app(needs_scopes=True), False),
        (app("patient/Condition.s", PATIENT_ID), True),
        (app("patient/Condition.s", "somebody-else"), False),
    ],
)
def test_a_person_is_told_of_where_scopes_leave_anything_of_them(context, expected):
    assert reaches(principal(app=context), PATIENT_ID) is expected
