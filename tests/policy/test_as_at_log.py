"""Suspensions, teams and agreements are those that were on record by the instant."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from gateway.access.permit import RefusalReason
from gateway.policy.as_at_log import Team
from gateway.store.staff_suspensions import StaffSuspension
from gateway.store.team_members import TeamMember
from rbac.types import Purpose
from tests.policy.pasts import (
    HOSPITAL,
    PROFILE,
    RESTORED,
    SUSPENDED,
    TERMS,
    USER,
    added,
    agreement_ended,
    answer,
    hours,
    of,
    off_team,
    on_team,
    staff,
)


@pytest.mark.parametrize(
    ("entries", "is_suspended"),
    [
        ([(SUSPENDED, -1)], True),
        ([(SUSPENDED, -1, PROFILE)], True),
        ([(SUSPENDED, -1, "another")], False),
        ([(SUSPENDED, 1)], False),
        ([(SUSPENDED, -2), (RESTORED, -1)], False),
        ([(SUSPENDED, -2), (RESTORED, 1)], True),
        ([(SUSPENDED, -2), (RESTORED, -1, PROFILE)], True),
        ([(SUSPENDED, -3), (RESTORED, -2), (SUSPENDED, -1)], True),
    ],
)
def test_who_was_suspended_could_be_shown_nothing(entries: Sequence[Any], is_suspended):
    found = answer(staff=tuple(staff(*each) for each in entries))

    assert found.roles[0].is_suspended is is_suspended
    expected = RefusalReason.SUSPENDED if is_suspended else None
    assert of(Purpose.TREAT, found).against == expected


@pytest.mark.parametrize(("since", "is_suspended"), [(-1, True), (1, False)])
def test_a_suspension_that_the_log_no_longer_tells_counts_while_it_lasts(since, is_suspended):
    row = StaffSuspension(USER, "*", hours(since), "scr staff", "left")

    assert answer(suspended=(row,)).is_suspended is is_suspended


@pytest.mark.parametrize(
    ("entries", "is_on_it"),
    [
        ([on_team(-2, -2)], True),
        ([on_team(-2, -2, 1)], True),
        ([on_team(-2, -2, -1)], False),
        ([on_team(-2, 1)], False),
        ([on_team(1, -2)], False),
        ([on_team(-3, -3), off_team(-1, -1)], False),
        ([on_team(-3, -3), off_team(-1, -1, "another")], True),
        ([on_team(-3, -3), off_team(-1, 1)], True),
        ([on_team(-3, -3), off_team(1, -1)], True),
        ([on_team(-3, -3, -2), off_team(-1, -1)], False),
        ([on_team(-5, -5), off_team(-4, -4), on_team(-3, -3)], True),
    ],
)
def test_teams_are_those_that_were_on_record_by_then(entries, is_on_it):
    expected = (Team(HOSPITAL, "ward"),) if is_on_it else ()

    assert answer(staff=tuple(entries)).teams == expected


def test_a_membership_that_the_log_no_longer_tells_counts_by_its_row():
    row = TeamMember(UUID(int=1), HOSPITAL, "ward", USER, hours(-2), None)

    assert answer(members=(row,)).teams == (Team(HOSPITAL, "ward"),)
    assert answer(members=(row,), staff=(on_team(1, -2),)).teams == ()


@pytest.mark.parametrize(
    ("entries", "ends", "against"),
    [
        ([added(-9)], 1000, None),
        ([added(1)], 1000, RefusalReason.AGREEMENT_MISSING),
        ([added(-9), agreement_ended(-1, -1)], -1, RefusalReason.AGREEMENT_ENDED),
        ([added(-9), agreement_ended(1, 1)], 1, None),
        ([added(-9), agreement_ended(1, -1)], -1, None),
        ([added(-9), agreement_ended(-1, -1, "a2")], 1000, None),
        ([], -1, RefusalReason.AGREEMENT_ENDED),
    ],
)
def test_agreements_have_the_ends_that_were_on_record_by_then(entries, ends, against):
    terms = {HOSPITAL: (replace(TERMS, ends_at=hours(ends)),)}

    found = answer(agreements=tuple(entries), terms=terms)

    assert of(Purpose.TREAT, found).against == against
