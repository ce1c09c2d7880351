"""T20, DE-05: whoever may not be used, or is not known, is left out of a release that is made now; without a list there is none."""

from datetime import timedelta

import pytest

from gateway.population.opt_outs import Exemption, OptOutRule, Refused
from gateway.vault.leaving_out import LeftOutByTheVault
from gateway.vault.vault import OptOutLists
from tests.population.opt_outs.conftest import exchange
from tests.vault.test_vault import named
from tests.vault.world import NUMBERS, OURS, STRANGER

__all__ = ["exchange"]

UNKNOWN, EVERYBODY = "a" * 26, frozenset(named(*NUMBERS))
TOLD = OptOutLists(frozenset(), frozenset({STRANGER}), frozenset({NUMBERS[2]}))


async def left_out(world, exchange, rule, everybody=None):
    exchange.at = world.at
    async with exchange.check() as check:
        release = LeftOutByTheVault(
            world.vault, check, lambda: TOLD, lambda: everybody or EVERYBODY
        )
        return await release.left_out(rule, world.at - timedelta(hours=1))


async def test_de_05_who_opted_out_objected_or_is_sensitive_or_unknown_is_left_out(world, exchange):
    exchange.mesh.opted_out.add(OURS)
    everybody = frozenset(named(*NUMBERS) | {UNKNOWN})

    found = await left_out(world, exchange, OptOutRule(), everybody)

    assert found == named(OURS, STRANGER, NUMBERS[2]) | {UNKNOWN}


async def test_t20_without_an_answer_in_time_there_is_no_release(world, exchange):
    exchange.mesh.listings_until_answer = 99

    assert await left_out(world, exchange, OptOutRule()) is Refused.NO_LIST


@pytest.mark.parametrize("exemption", [Exemption.ANONYMOUS])
async def test_where_the_national_opt_out_does_not_apply_no_number_goes_to_the_check(
    world, exchange, exemption
):
    exchange.mesh.opted_out.add(OURS)

    found = await left_out(world, exchange, OptOutRule(exemption))

    assert found == named(STRANGER, NUMBERS[2])
    assert not any(exchange.mesh.lying.values())
    assert exchange.paused == []
