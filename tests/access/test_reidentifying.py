"""Who may learn whose one coded record is: who treats people, for what somebody else agreed to, and that alone."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.access.permit import Refusal, RefusalReason, ReviewPermit
from gateway.access.reidentifying import MOST_A_DAY, ReidentifyAccess, ReidentifyPermit
from gateway.access.role_ground import Ground
from gateway.app_context import AppContext
from gateway.store.reidentifications import AskedLately, Reidentification
from gateway.store.words import ReidentificationReason
from rbac.types import Level, OrganisationKind, Purpose
from tests.access.parts import Parts, Policies, seen
from tests.patient.factories import NOW, levels, principal
from tests.vault.world import GUARDIAN, Rules

DOCTOR = principal()
HOUR = timedelta(hours=1)
ASKED = Reidentification(
    *(UUID(int=1), UUID(int=2), "costs", "QMJ", 1, "a" * 26, "u1", "gp", "F84004"),
    *(ReidentificationReason.RISK_FOUND, "many falls this year", NOW - HOUR, NOW + HOUR),
)
AGREED = replace(ASKED, approved_at=NOW, approved_by="g1")
NONE_YET = AskedLately(0, 0)


def access(policies=None):
    return ReidentifyAccess(Parts(policies=policies or Rules()).access)


def reason(decision):
    return decision.reason if isinstance(decision, Refusal) else None


async def test_who_treats_people_may_ask_about_one_more():
    asking = await access().asking(DOCTOR, Purpose.TREAT, AskedLately(19, 19))

    assert isinstance(asking, Ground)


@pytest.mark.parametrize("lately", [(MOST_A_DAY, 20), (0, 20), (20, 0), (21, 400)])
async def test_a_day_allows_twenty_to_a_person_and_to_an_organisation(lately):
    asking = await access().asking(DOCTOR, Purpose.TREAT, AskedLately(*lately))

    assert reason(asking) is RefusalReason.TOO_MANY_REIDENTIFICATIONS


SEES_NOTHING = Policies(levels=seen(view=levels(Level.NONE).view))
EMERGENCIES = Policies(
    levels=levels(), scope=("gp", OrganisationKind.GENERAL_PRACTICE, Purpose.HOPERAT)
)


@pytest.mark.parametrize(
    ("who", "purpose", "policies", "expected"),
    [
        (DOCTOR, None, None, RefusalReason.PURPOSE_NOT_ALLOWED),
        (DOCTOR, Purpose.HSYSADMIN, None, RefusalReason.PURPOSE_NOT_ALLOWED),
        (GUARDIAN, Purpose.HSYSADMIN, None, RefusalReason.PURPOSE_NOT_ALLOWED),
        (
            replace(DOCTOR, purposes=frozenset({Purpose.HOPERAT})),
            Purpose.HOPERAT,
            EMERGENCIES,
            RefusalReason.PURPOSE_NOT_ALLOWED,
        ),
        (DOCTOR, Purpose.TREAT, SEES_NOTHING, RefusalReason.NO_PATIENT_ACCESS),
        (
            replace(DOCTOR, app=AppContext(scope="user/*.rs")),
            Purpose.TREAT,
            None,
            RefusalReason.OUT_OF_SCOPE,
        ),
    ],
)
async def test_nobody_else_may_ask_or_be_told(who, purpose, policies, expected):
    rules = access(policies)

    assert reason(await rules.asking(who, purpose, NONE_YET)) is expected
    assert reason(await rules.permit(who, purpose, AGREED)) is expected


async def test_what_somebody_else_agreed_to_is_permitted_until_its_end():
    permit = await access().permit(DOCTOR, Purpose.TREAT, AGREED)

    assert isinstance(permit, ReidentifyPermit)
    assert (permit.project, permit.epoch, permit.expires_at) == ("costs", 1, NOW + HOUR)
    assert "a" * 26 not in repr(permit)


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (None, RefusalReason.NOT_APPROVED),
        (replace(AGREED, user_id="u2"), RefusalReason.NOT_APPROVED),
        (replace(AGREED, role="gp_nurse"), RefusalReason.NOT_APPROVED),
        (replace(AGREED, organisation="RRV"), RefusalReason.NOT_APPROVED),
        (replace(AGREED, person=None), RefusalReason.NOT_APPROVED),
        (replace(AGREED, ends_at=NOW), RefusalReason.NOT_APPROVED),
        (ASKED, RefusalReason.SECOND_PERSON_NEEDED),
        (replace(AGREED, approved_by="u1"), RefusalReason.SECOND_PERSON_NEEDED),
    ],
)
async def test_nothing_else_is_permitted(about, expected):
    refused = await access().permit(DOCTOR, Purpose.TREAT, about)

    assert reason(refused) is expected
    assert refused.looks_like_not_found == (expected is RefusalReason.NOT_APPROVED)


@pytest.mark.parametrize(
    ("who", "about", "expected"),
    [
        (GUARDIAN, ASKED, None),
        (GUARDIAN, None, RefusalReason.NOT_APPROVED),
        (replace(GUARDIAN, user_id="u1"), ASKED, RefusalReason.OWN_ACT),
        (DOCTOR, ASKED, RefusalReason.PURPOSE_NOT_ALLOWED),
    ],
)
async def test_a_guardian_agrees_to_what_somebody_else_asked(who, about, expected):
    decision = await access().agreeing(who, Purpose.HSYSADMIN, about)

    assert reason(decision) is expected
    assert isinstance(decision, ReviewPermit) == (expected is None)
