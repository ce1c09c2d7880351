"""Who may do what with the role policy: role, list and second person, each on its own."""

from dataclasses import replace
from uuid import UUID

import pytest

from fhir_profiles.vocabulary import Category
from gateway.access.administration import NO_CHANGE, ChangeAtHand, PolicyAccess
from gateway.access.permit import Administering, PolicyPermit, RefusalReason
from gateway.errors import UnavailableError
from rbac.types import Act, Levels, OrganisationKind, Purpose
from tests.access.parts import Policies, Suspended
from tests.patient.factories import principal

PURPOSE = Purpose.HSYSADMIN
OTHERS = ChangeAtHand(proposed_by="other", approved_by="second")
ROLES = {
    "policy_admin": Act.EDIT_POLICY,
    "caldicott_guardian": Act.READ_AUDIT,
    "system_auditor": Act.READ_AUDIT,
    "gp": Act.SEARCH,
}


class Named:
    def __init__(self, *subjects):
        self.subjects = subjects

    async def named(self):
        return self.subjects


async def decided(role, administering, change=OTHERS, named=True, purpose=PURPOSE):
    levels = Levels({}, frozenset({(ROLES[role], Category.PROBLEMS)}))
    kind = OrganisationKind.ICB
    who = replace(principal(), role=role, organisation_kind=kind, purposes=frozenset({PURPOSE}))
    policies = Policies(levels, (role, kind, PURPOSE))
    administrators = Named(who.user_id) if named else Named("somebody")
    access = PolicyAccess(policies, administrators, lambda: UUID(int=1), Suspended())
    change = replace(change, proposed_by=who.user_id) if change.proposed_by == "self" else change
    found = await access.permit(who, purpose, administering, change)
    return "permitted" if isinstance(found, PolicyPermit) else found.reason


@pytest.mark.parametrize(
    ("role", "administering", "expected"),
    [
        *(("policy_admin", each, "permitted") for each in Administering),
        ("caldicott_guardian", Administering.LOOK, "permitted"),
        ("caldicott_guardian", Administering.APPROVE, "permitted"),
        ("caldicott_guardian", Administering.PROPOSE, RefusalReason.NOT_FOR_ROLE),
        ("caldicott_guardian", Administering.ACTIVATE, RefusalReason.NOT_FOR_ROLE),
        ("system_auditor", Administering.LOOK, "permitted"),
        ("system_auditor", Administering.APPROVE, RefusalReason.NOT_FOR_ROLE),
        ("gp", Administering.LOOK, RefusalReason.NOT_FOR_ROLE),
    ],
)
async def test_a_role_does_what_its_office_is(role, administering, expected):
    assert await decided(role, administering) == expected


@pytest.mark.parametrize("administering", Administering)
async def test_the_role_without_the_name_may_only_look(administering):
    found = await decided("policy_admin", administering, named=False)

    is_looking = administering is Administering.LOOK
    assert found == ("permitted" if is_looking else RefusalReason.NOT_ADMINISTRATOR)


async def test_a_guardian_approves_by_office():
    assert await decided("caldicott_guardian", Administering.APPROVE, named=False) == "permitted"


@pytest.mark.parametrize(
    ("role", "administering", "change", "expected"),
    [
        ("policy_admin", Administering.APPROVE, ChangeAtHand("self"), RefusalReason.OWN_CHANGE),
        (
            "caldicott_guardian",
            Administering.APPROVE,
            ChangeAtHand("self"),
            RefusalReason.OWN_CHANGE,
        ),
        (
            "policy_admin",
            Administering.APPROVE,
            replace(OTHERS, needs_guardian=True),
            RefusalReason.GUARDIAN_NEEDED,
        ),
        (
            "caldicott_guardian",
            Administering.APPROVE,
            replace(OTHERS, needs_guardian=True),
            "permitted",
        ),
        (
            "policy_admin",
            Administering.ACTIVATE,
            ChangeAtHand("other"),
            RefusalReason.SECOND_PERSON_NEEDED,
        ),
        (
            "policy_admin",
            Administering.ACTIVATE,
            ChangeAtHand("other", "other"),
            RefusalReason.SECOND_PERSON_NEEDED,
        ),
        (
            "policy_admin",
            Administering.ROLL_BACK,
            ChangeAtHand(is_widening=True),
            RefusalReason.SECOND_PERSON_NEEDED,
        ),
        ("policy_admin", Administering.ROLL_BACK, NO_CHANGE, "permitted"),
    ],
)
async def test_two_people_make_a_change(role, administering, change, expected):
    assert await decided(role, administering, change) == expected


async def test_a_purpose_that_is_not_held_is_refused_first():
    found = await decided("policy_admin", Administering.LOOK, purpose=Purpose.TREAT)

    assert found is RefusalReason.PURPOSE_NOT_ALLOWED


async def test_a_list_that_cannot_be_read_refuses():
    class Broken:
        async def named(self):
            return None

    levels = Levels({}, frozenset({(Act.EDIT_POLICY, Category.PROBLEMS)}))
    who = replace(principal(), role="policy_admin", purposes=frozenset({PURPOSE}))
    policies = Policies(levels, ("policy_admin", who.organisation_kind, PURPOSE))
    access = PolicyAccess(policies, Broken(), lambda: UUID(int=1), Suspended())

    with pytest.raises(UnavailableError):
        await access.permit(who, PURPOSE, Administering.PROPOSE)
