"""What the log makes of a past instant agrees with what the real gateway did then.

Days are lived through in which policy, suspensions, teams, agreements, claims and emergencies change; then each past
instant is asked about. `SCR_PROVE_SEED` repeats a run.
"""

import os
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from adapters.simulators.demo_users import DEMO_USERS
from fhir_profiles.vocabulary import Category
from gateway.policy.as_at_unknown import Unknown
from tests.safety.past_lives import Life, Sighting, living
from tests.stack import Stack

RANDOM_SEED = int(os.environ["SCR_PROVE_SEED"])  # noqa: TID251 - a switch of the test run
STEPS = 30
OFFICER = "privacy-officer"
KINDS = {each.value for each in Category}
"""Beside these, row B counts what came along: who wrote it and where, and what the gateway itself made of it."""

RECORDED = {"referral", "referral-by-team"}


async def as_at(life: Life, seen: Sighting) -> Mapping[str, Any]:
    question = {
        "user": DEMO_USERS[seen.user].user_id,
        "at": seen.at.isoformat(),
        "patient": life.stack.patient(seen.person),
    }
    answer = await life.stack.send(OFFICER, "/privacy/as-at", question)
    assert answer.status_code == 200, answer.text
    told: Mapping[str, Any] = answer.json()
    return told


def could(told: Mapping[str, Any], seen: Sighting) -> Mapping[str, Any]:
    """Give what the answer says of the role and purpose in which somebody asked."""
    profile = DEMO_USERS[seen.user].role_profile_id
    [role] = [each for each in told["roles"] if each["role_profile_id"] == profile]
    found: Mapping[str, Any] = role["could"][seen.asked["purpose"]]
    return found


def must_allow(told: Mapping[str, Any], seen: Sighting) -> None:
    """Check that no less could be shown than was shown, and by the same policy, agreements and levels."""
    assert seen.disclosed is not None
    possible, row_a = could(told, seen), seen.asked
    assert possible["against"] is None
    assert told["policy"]["version"] == row_a["policy_version"]
    assert possible["levels_digest"] == row_a["levels"]
    assert possible["agreements"] == row_a["agreements"]
    assert {*seen.disclosed["shown"]} & KINDS <= possible["levels"].keys()
    person = told["person"]
    if row_a["purpose"] == "ETREAT":
        grants = {each["grant"] for each in person["emergencies"]}
        assert row_a["details"]["grant"] in grants
    elif row_a["relationship"] == "self_claimed":
        assert person["claims"]
    elif row_a["relationship"] in RECORDED:
        is_gone = Unknown.RELATIONSHIPS_REPLACED in told["cannot_be_rebuilt"]
        assert person["relationships"] or is_gone
    own = [each["shown"] for each in person["shown_before"] if _is(each, seen)]
    assert seen.disclosed["shown"] in own


def _is(access: Mapping[str, Any], seen: Sighting) -> bool:
    return bool(access["is_shown"]) and access["at"] == seen.asked["at"]


def must_have_been_refused(told: Mapping[str, Any], seen: Sighting) -> str | None:
    """Check that what the answer says was impossible was refused, and why; give the reason, None where it was possible."""
    against: str | None = could(told, seen)["against"]
    if against is not None:
        assert not seen.is_shown
        assert (seen.asked["decision"], seen.asked["reason"]) == ("refused", against)
    return against


async def compared(life: Life) -> Counter[str]:
    """Ask about every instant at which somebody asked, and count what came of it."""
    counted: Counter[str] = Counter()
    for seen in life.sightings:
        told = await as_at(life, seen)
        if seen.is_shown:
            must_allow(told, seen)
        against = must_have_been_refused(told, seen)
        counted["shown" if seen.is_shown else against or "refused by what is not kept"] += 1
    return counted


@pytest.mark.parametrize("seed", [1, RANDOM_SEED])
async def test_what_was_shown_was_possible_and_what_was_impossible_was_refused(
    stack: Stack, seed: int
):
    async with living(stack, seed) as life:
        for _ in range(STEPS):
            await life.step()

        counted = await compared(life)

    print(f"seed {seed}: {len(life.sightings)} instants, {dict(counted)}")  # noqa: T201 - the figures
    if seed == 1:
        assert {"shown", "suspended", "agreement-ended", "break-glass-required"} <= counted.keys()
