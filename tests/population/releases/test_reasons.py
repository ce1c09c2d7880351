"""Planners read one reason why rows may not leave, whatever it is; whoever runs the service and the audit have the true one."""

import json

import pytest

from gateway.population.gate import Refusal, RowsRefusal
from gateway.population.releases.telling import (
    ROWS_MAY_NOT_LEAVE,
    line_of,
    reasons_for_planners,
    told_release,
)
from tests.population.releases.small_making import FEW
from tests.population.releases.small_store import PEOPLE
from tests.population.releases.test_desk import recorded

ALIKE = "fewer than 8 people are alike by area"
TOTAL = "a total of people tells a part of it, whatever is kept back"


@pytest.mark.parametrize("reasons", [(FEW,), (ALIKE,), (ALIKE, FEW)])
def test_t18_planners_cannot_tell_why_rows_may_not_leave(reasons):
    assert reasons_for_planners(RowsRefusal(reasons)) == (ROWS_MAY_NOT_LEAVE,)


def test_what_is_no_matter_of_rows_is_told_as_it_is():
    assert reasons_for_planners(Refusal((TOTAL,))) == (TOTAL,)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_t18_that_a_few_have_gone_is_told_to_who_runs_the_service_and_to_no_planner(
    deployment,
):
    deployment.making.judges = True
    await deployment.published()
    deployment.listed(usable=PEOPLE[1:])

    told = await deployment.published()

    kept = await deployment.desk.release(told.id)
    seen = json.dumps(told_release(kept)) + line_of(kept)
    assert (told.why, kept.why) == ((FEW,), (ROWS_MAY_NOT_LEAVE,))
    assert FEW not in seen
    assert recorded(deployment.desk.store)[-1]["why"] == [FEW]
