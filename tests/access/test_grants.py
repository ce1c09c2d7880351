"""A broken glass is open to one user in one role and session, about one person, for one step and one hour."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.access.grants import GRANT_LASTS, NoGrants, live_grant
from gateway.store.words import EmergencyReason
from rbac.types import Purpose
from tests.access.parts import grant
from tests.patient.factories import NOW, NUMBER, principal

KEY = "k" * 64
WHO = principal(session="5" * 64)
GRANT = grant(WHO, KEY)


def is_open(row=GRANT, who=WHO, key=KEY, step=Purpose.ETREAT, now=NOW):
    return live_grant((row,), who, key, step, now) is row


def test_a_grant_is_open_from_its_beginning_to_just_before_its_end():
    instants = [timedelta(seconds=-1), timedelta(), GRANT_LASTS - timedelta(seconds=1), GRANT_LASTS]

    assert [is_open(now=NOW + each) for each in instants] == [False, True, True, False]


def test_no_end_that_is_written_down_makes_it_longer_than_an_hour():
    endless = replace(GRANT, ends_at=NOW + timedelta(days=365))

    assert not is_open(endless, now=NOW + GRANT_LASTS)


@pytest.mark.parametrize(
    "changes",
    [
        {"user_id": "somebody"},
        {"session": "6" * 64},
        {"session": ""},
        {"role": "gp_nurse"},
        {"organisation": "RRV"},
        {"patient_key": "l" * 64},
        {"step": Purpose.BTG},
    ],
)
def test_a_grant_of_something_else_is_closed(changes):
    assert not is_open(replace(GRANT, **changes))


def test_nobody_without_a_session_has_a_grant():
    assert not is_open(replace(GRANT, session=""), principal(session=""))


def test_of_several_the_one_that_lasts_longest_counts():
    longer = replace(GRANT, id=UUID(int=9), granted_at=NOW - timedelta(minutes=1))
    shorter = replace(GRANT, ends_at=NOW + timedelta(minutes=1))

    assert live_grant((shorter, longer), WHO, KEY, Purpose.ETREAT, NOW) is longer


async def test_where_there_are_no_grants_there_is_none():
    nobodys = NoGrants()

    assert (await nobodys.of_session(WHO), nobodys.key_of(NUMBER)) == ((), "")


def test_reasons_are_a_closed_list():
    assert len(EmergencyReason) == 5
